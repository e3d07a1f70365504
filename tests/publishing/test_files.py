"""File names of an export, and files that are whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.publishing.export.files import LONGEST_NAME, file_name, whole_file

ENDING = ".en.html"


@pytest.mark.parametrize("plain", ["nx-100417", "Straßenbahn_7", "2026.04.05", "a" * 240])
def test_a_plain_id_is_its_file_s_name(plain: str) -> None:
    assert file_name(plain, ENDING) == plain + ENDING


@pytest.mark.parametrize(
    "hostile",
    [
        "../../etc/passwd",
        "..",
        ".",
        "/etc/passwd",
        "a/b",
        "a\\b",
        ".htaccess",
        "-rf",
        "nul\x00byte",
        "line\nend",
        "C:",
        "tab\there",
        " ",
        "\u202etxt",
        "\ud800",
        "ü" * 200,
        "%2e%2e%2f",
        "*?<>|\"'",
    ],
)
def test_a_hostile_id_gives_a_harmless_name(hostile: str) -> None:
    name = file_name(hostile, ENDING)
    assert name.endswith(ENDING)
    assert len(name.encode()) <= LONGEST_NAME
    assert not name.startswith((".", "-"))
    assert all(c.isalnum() or c in "._-" for c in name)


@given(first=st.text(min_size=1, max_size=200), second=st.text(min_size=1, max_size=200))
def test_different_ids_give_different_names(first: str, second: str) -> None:
    assert (file_name(first, ENDING) == file_name(second, ENDING)) == (first == second)


@pytest.mark.parametrize(("first", "second"), [("a/b", "a_b"), ("a/b", "a:b"), ("ü" * 200, "ü" * 199)])
def test_ids_that_look_alike_when_made_safe_are_told_apart(first: str, second: str) -> None:
    assert file_name(first, ENDING) != file_name(second, ENDING)


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    with whole_file(path) as file:
        file.write(b"half")
        assert not path.exists()
        file.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert list(tmp_path.iterdir()) == [path]


def test_after_an_error_the_older_file_stays_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"older")
    with pytest.raises(TypeError), whole_file(path) as file:
        file.writelines([b"half", None])  # type: ignore[list-item]
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_nothing_was_written_to_does_not_replace_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    path.write_bytes(b"older")
    with whole_file(path):
        pass
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_at_the_file_s_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"not ours")
    path = tmp_path / "page.html"
    path.symlink_to(elsewhere)
    with whole_file(path) as file:
        file.write(b"ours")
    assert elsewhere.read_bytes() == b"not ours"
    assert path.read_bytes() == b"ours"
    assert not path.is_symlink()

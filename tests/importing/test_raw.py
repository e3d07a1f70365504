"""Raw files are kept once, whole, under the hash of their bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from pytest_django import Settings

from reviews.importing.raw import RawFileError, raw_path, read_raw, store_raw

PAGE = "<!DOCTYPE html><p>Gr\u00fc\u00dfe \u2013 an alle.</p>".encode()


@pytest.fixture(autouse=True)
def _data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.WORKBENCH_DATA = tmp_path


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_was_stored_is_read_back_byte_for_byte() -> None:
    raw_hash = store_raw(PAGE)
    assert raw_hash == hashlib.sha256(PAGE).hexdigest()
    assert read_raw(raw_hash) == PAGE


def test_an_empty_file_is_a_file_too() -> None:
    assert read_raw(store_raw(b"")) == b""


def test_the_same_bytes_are_stored_once_and_not_written_again(tmp_path: Path) -> None:
    path = raw_path(store_raw(PAGE))
    before = path.stat()
    assert store_raw(PAGE) == path.name
    assert files(tmp_path) == [path]
    # Whatever is written is written beside its place and renamed: the same file was not written.
    assert path.stat().st_ino == before.st_ino


def test_a_missing_file_is_named_with_the_remedy() -> None:
    raw_hash = hashlib.sha256(b"never stored").hexdigest()
    with pytest.raises(RawFileError, match=f"{raw_hash} is missing .*import the source again"):
        read_raw(raw_hash)


def test_a_changed_file_is_not_read_as_if_nothing_had_happened() -> None:
    raw_hash = store_raw(PAGE)
    raw_path(raw_hash).write_bytes(PAGE + b" ")
    with pytest.raises(RawFileError, match="was changed after the import"):
        read_raw(raw_hash)


def test_storing_the_bytes_again_mends_a_changed_file() -> None:
    raw_hash = store_raw(PAGE)
    raw_path(raw_hash).write_bytes(b"half a pa")
    assert store_raw(PAGE) == raw_hash
    assert read_raw(raw_hash) == PAGE


@pytest.mark.parametrize("wrong", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "0" * 65])
def test_what_is_no_hash_never_becomes_a_path(wrong: str) -> None:
    with pytest.raises(RawFileError, match="is not the hash of a raw file"):
        read_raw(wrong)


def test_a_disk_that_refuses_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reviews.importing.raw.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store_raw(PAGE)
    assert files(tmp_path) == []

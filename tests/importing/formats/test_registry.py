"""Which format a file is, and what the registry promises."""

import re

import pytest

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.registry import BY_NAME, FORMATS, sniff
from tests.shared import shared_path

from .reading import SAMPLES, options


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("article", "html"),
        ("article/source.de.html", "html"),
        ("rows.csv", "csv"),
        ("rows.tsv", "csv"),
        ("rows.xlsx", "xlsx"),
        ("rows.jsonl", "jsonl"),
        ("memories/regions.tmx", "tmx"),
        ("messages.po", "po"),
        ("translations/desk.xlf", "xliff"),
        ("translations/trados.sdlxliff", "xliff"),
        ("parallel/source.de", "parallel"),
        ("parallel/engine-a.en", "parallel"),
    ],
)
def test_samples_are_told_by_name(path, name):
    assert sniff(SAMPLES / path).name == name


@pytest.mark.parametrize(
    ("sample", "name"),
    [("memories/regions.tmx", "tmx"), ("translations/desk.xlf", "xliff"), ("translations/desk-2.xlf", "xliff")],
)
def test_translation_files_are_told_by_their_beginning(tmp_path, sample, name):
    path = tmp_path / "stdin"
    path.write_bytes((SAMPLES / sample).read_bytes())
    assert sniff(path).name == name


def test_json_lines_are_told_by_their_beginning(tmp_path):
    path = tmp_path / "export.data"
    path.write_bytes(b'\xef\xbb\xbf\n {"source": "x"}\n')
    assert sniff(path).name == "jsonl"


@pytest.mark.parametrize("name", ["binary.bin", "report.pdf", "catalogue.mo", "noext"])
def test_a_file_of_no_known_format_is_refused_with_the_formats_there_are(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\x00\x01")
    with pytest.raises(ReadError) as refused:
        sniff(path)
    assert refused.value.file == str(path)
    for known in BY_NAME:
        assert f"{known} (" in refused.value.reason


def test_a_folder_without_an_article_is_refused(tmp_path):
    with pytest.raises(ReadError, match=r"is a folder without a source\.<lang>\.html\. Name the format with --format"):
        sniff(tmp_path)


def test_a_missing_file_is_refused_by_the_name_it_was_given(tmp_path):
    with pytest.raises(ReadError) as refused:
        sniff(tmp_path / "no.csv", "upload.csv")
    assert str(refused.value) == "upload.csv: cannot be read: No such file or directory."


def test_names_are_unique_and_fit_for_the_command_line():
    assert len(BY_NAME) == len(FORMATS)
    assert all(re.fullmatch(r"[a-z0-9]+", name) for name in BY_NAME)


def test_every_format_says_what_it_is_and_has_a_test_file():
    folder = SAMPLES.parents[1] / "tests" / "importing" / "formats"
    tests = {"html": "test_folder.py", "csv": "test_table.py"}
    for format_ in FORMATS:
        assert format_.title
        assert format_.suffixes
        assert (type(format_).__doc__ or "").strip()
        assert (folder / tests.get(format_.name, f"test_{format_.name}.py")).exists()


def test_a_file_given_under_another_name_is_called_that_and_its_document_too(tmp_path):
    path = tmp_path / "tmp123"
    path.write_text('{"source": "Satz."}\n{\n')
    row, bad = BY_NAME["jsonl"].read(path, options(), name="stdin.jsonl")
    assert (row.document, bad.file, bad.document) == ("stdin", "stdin.jsonl", "stdin")


def test_the_shared_articles_are_html():
    for folder in shared_path("articles").iterdir():
        if folder.is_dir():
            assert sniff(folder).name == "html"

"""Texts into sentences on the command line: the shared cases, the gold file, any text."""

import io
import json
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.shared import shared_path


@pytest.fixture
def split_sentences(monkeypatch):
    """The answers to some texts."""

    def run(texts, lang="de"):
        given = "".join(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        out = io.StringIO()
        call_command("split_sentences", lang=lang, stdout=out)
        answers = [json.loads(line) for line in out.getvalue().splitlines()]
        assert [answer["id"] for answer in answers] == list(range(len(texts)))
        return [answer["sentences"] for answer in answers]

    return run


CASES = sorted(path.name for path in shared_path("cases").glob("seg-*"))


@pytest.mark.parametrize("name", CASES)
def test_the_shared_cases_come_out_right(split_sentences, name):
    case = shared_path(f"cases/{name}")
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    (sentences,) = split_sentences([(case / "input.txt").read_text(encoding="utf-8")])
    assert sentences == expected["sentences"]
    assert len(sentences) == expected["count"]


def test_there_are_shared_cases():
    assert len(CASES) >= 4


@pytest.mark.parametrize("lang", ["German", "", "de_DE", "d", "../x"])
def test_a_language_that_is_no_code_is_wrong_usage(split_sentences, lang):
    with pytest.raises(CommandError, match="is no language code: write one such as de or en-GB"):
        call_command("split_sentences", "--lang", lang)


def test_english_with_a_region_is_english(split_sentences):
    assert split_sentences(["Mr. Brown left. He smiled."], "en-GB") == [["Mr. Brown left.", "He smiled."]]

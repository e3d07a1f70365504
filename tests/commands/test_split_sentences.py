"""Texts into sentences on the command line: the shared cases, the gold file, any text."""

import io
import json
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.segmentation import agreement, paragraphs_of
from tests.shared import shared_path


def split_sentences(texts, lang="de"):
    """The answers to some texts, read from stdin."""
    lines = "".join(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts))
    out = io.StringIO()
    with patch("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode()))):
        call_command("split_sentences", lang=lang, stdout=out)
    answers = [json.loads(line) for line in out.getvalue().split("\n")[:-1]]
    assert [answer["id"] for answer in answers] == list(range(len(texts)))
    return [answer["sentences"] for answer in answers]


CASES = sorted(path.name for path in shared_path("cases").glob("seg-*"))


@pytest.mark.parametrize("name", CASES)
def test_the_shared_cases_come_out_right(name):
    case = shared_path(f"cases/{name}")
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    (sentences,) = split_sentences([(case / "input.txt").read_text(encoding="utf-8")])
    assert sentences == expected["sentences"]
    assert len(sentences) == expected["count"]


def test_there_are_shared_cases():
    assert len(CASES) >= 4


@pytest.mark.parametrize("lang", ["German", "", "de_DE", "d", "../x"])
def test_a_language_that_is_no_code_is_wrong_usage(lang):
    with pytest.raises(CommandError, match="is no language code: write one such as de or en-GB"):
        call_command("split_sentences", "--lang", lang)


def test_english_with_a_region_is_english():
    assert split_sentences(["Mr. Brown left. He smiled."], "en-GB") == [["Mr. Brown left.", "He smiled."]]


def test_the_gold_is_met():
    """The contract asks for a boundary F1 of 0.98."""
    gold = paragraphs_of(shared_path("cases/german_segmentation.jsonl"))
    answers = dict(zip([each.text for each in gold], split_sentences([each.text for each in gold]), strict=True))
    got = agreement(gold, lambda text, lang: answers[text], "de")
    assert got.paragraphs >= 44
    assert got.f1 >= 0.98, got


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=60), max_size=8))
@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_sentences_of_any_texts_give_them_back(lang, texts):
    for text, sentences in zip(texts, split_sentences(texts, lang), strict=True):
        assert "".join("".join(sentences).split()) == "".join(text.split())

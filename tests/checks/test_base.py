from __future__ import annotations

import pytest

from reviews.checks.base import Check, primary_language
from reviews.values import FindingValue, SegmentText
from tests.checks.texts import pair


class AnyLanguage(Check):
    id, version, name, description = "names.any", 1, "Any", "Knows any language."
    category, severity, examples = "accuracy/mistranslation", "minor", ()

    def run(self, text: SegmentText) -> list[FindingValue]:
        return []


class GermanAndEnglish(AnyLanguage):
    languages = frozenset({"de", "en"})


@pytest.mark.parametrize(
    ("tag", "primary"), [("de", "de"), ("de-AT", "de"), ("en_GB", "en"), ("EN", "en"), ("zh-Hant-TW", "zh")]
)
def test_a_language_tag_is_read_by_its_first_part(tag, primary):
    assert primary_language(tag) == primary


@pytest.mark.parametrize(
    ("languages", "known"),
    [(("de", "en"), True), (("en-GB", "de-CH"), True), (("de", "fr"), False), (("pl", "cs"), False)],
)
def test_a_check_knows_a_pair_only_if_it_knows_both_languages(languages, known):
    assert GermanAndEnglish.knows(pair("", "", languages=languages)) is known
    assert AnyLanguage.knows(pair("", "", languages=languages))


def test_a_check_must_say_how_it_runs():
    class Unfinished(Check):
        pass

    with pytest.raises(TypeError, match="abstract"):
        Unfinished()

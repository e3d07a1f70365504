from __future__ import annotations

import pytest

from reviews.checks.length_empty_target import LengthEmptyTarget
from reviews.values import SEGMENT_KINDS
from tests.checks.texts import article_pairs, human_pairs, pair, spans

CHECK = LengthEmptyTarget()


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Für das ältere Modell F5 stellt Fennek keine Patches mehr bereit.", ""),
        ("Für das ältere Modell F5 stellt Fennek keine Patches mehr bereit.", "   "),
        ("Titel", "\u00a0"),  # a no-break space
        ("Titel", "\n\t"),
        ("Titel", "\u200b"),  # a zero-width space
        ("Titel", "\ufeff"),  # a byte order mark
        ("Titel", "\u200e\u2060"),  # a left-to-right mark and a word joiner
        ("2026", ""),
        ("7", ""),
        ("é", ""),
        ("漢字", ""),
        ("٣", ""),  # an Arabic digit
        ("– Linux", ""),
        ("„Nein.“", ""),
        ("½", ""),
        ("A", ""),
    ],
)
def test_it_fires_when_a_text_has_no_translation(source, target):
    (finding,) = CHECK.run(pair(source, target))
    assert (finding.severity, finding.category) == ("critical", "accuracy/omission")
    assert finding.message == "The source has text, the translation is empty."
    assert spans(source, finding.source_spans) == (source,)
    assert finding.target_spans == ()


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("", ""),
        ("   ", ""),
        ("***", ""),
        ("…", ""),
        ("– – –", ""),
        ("→", "\u200b"),
        ("😀", ""),
        ("\ufeff", ""),
        ("Linux", "Linux"),
        ("Titel", "."),  # odd, but not empty
        ("Titel", "😀"),
        ("Titel", "0"),
        ("2026", "2026"),
        ("", "English only"),
        ("(…)", ""),
    ],
)
def test_it_stays_quiet_without_text_or_with_a_translation(source, target):
    assert CHECK.run(pair(source, target)) == []


def test_blanks_around_the_source_are_not_marked():
    (finding,) = CHECK.run(pair("  Ein Satz. ", ""))
    assert finding.source_spans == ((2, 11),)


@pytest.mark.parametrize("kind", SEGMENT_KINDS)
def test_no_kind_of_segment_may_be_dropped(kind):
    assert CHECK.run(pair("Titel", "", kind))


def test_it_knows_any_language():
    assert CHECK.knows(pair("漢字", "", languages=("zh", "pl")))


def test_in_the_shared_articles_it_finds_the_dropped_sentence_and_nothing_else():
    found = [(each.article, each.segment, each.engine) for each in article_pairs() if CHECK.run(each.text)]
    assert found == [("handy-sicherheitsluecke", "p5.s3", "engine-b")]


@pytest.mark.parametrize(("folder", "reference"), [("wmt22-de-en", "A"), ("wmt22-de-en", "B"), ("wmt21-de-en", "A")])
def test_human_translations_are_never_empty(folder, reference):
    assert not any(CHECK.run(text) for text in human_pairs(folder, reference))

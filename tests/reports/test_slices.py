"""Any part of a project has its exact corpus scores: sacrebleu's over the same lines, to the last digit."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone
from sacrebleu.metrics import BLEU, CHRF, TER

from reviews.metrics.runner import score_document
from reviews.models import Document
from reviews.reports.comparison import LENGTHS, Slice, compare
from tests.factories import make_document, make_project
from tests.wmt import lines

pytestmark = pytest.mark.django_db

KINDS = ("headline", "body", "quote")
FIRST_DAY = date(2026, 9, 1)
DAYS = 60
BY_SACREBLEU = {"bleu": BLEU(), "chrf": CHRF(), "chrf++": CHRF(word_order=2), "ter": TER()}


def line_statistics(metric, system, references, numbers):
    """sacrebleu's own statistics by line: what its corpus score adds up, so that TER is searched once a line."""
    texts, *streams = ([stream[i] for i in numbers] for stream in _streams(system, references))
    return dict(zip(numbers, BY_SACREBLEU[metric]._extract_corpus_statistics(texts, streams), strict=True))


def _streams(system, references):
    return [lines(name) for name in (f"systems/{system}.en", *(f"ref.{reference}.en" for reference in references))]


@dataclass(frozen=True)
class Line:
    """One line of WMT 2022 as it stands in the project."""

    number: int
    document: str
    section: str
    kind: str
    day: date
    words: int


def import_lines(systems: Sequence[str], references: Sequence[str], documents: int | None) -> list[Line]:
    """Every article of WMT 2022 (or so many), scored, with days and kinds drawn by a fixed seed.

    Written by the test's own hands: checks and routing are no part of it and take their time.
    """
    chance = random.Random(22)
    project = make_project("slices")
    rows = [row.split("\t") for row in lines("docs.tsv")[1:]]
    names = list(dict.fromkeys(row[1] for row in rows))
    sources = lines("source.de")
    found = []
    for name in chance.sample(names, documents or len(names)):
        numbers = [i for i, row in enumerate(rows) if row[1] == name]
        day = FIRST_DAY + timedelta(chance.randrange(DAYS))
        kinds = [chance.choice(KINDS) for _ in numbers]
        document = make_document(
            project,
            [sources[i] for i in numbers],
            {system: [lines(f"systems/{system}.en")[i] for i in numbers] for system in systems},
            {reference: [lines(f"ref.{reference}.en")[i] for i in numbers] for reference in references},
            kinds,
            external_id=name,
            section=rows[numbers[0]][2],
            published_at=timezone.make_aware(datetime.combine(day, time(chance.choice([0, 12, 23]), 30))),
        )
        score_document(document.pk)
        found += [
            Line(i, name, rows[i][2], kind, day, len(sources[i].split()))
            for i, kind in zip(numbers, kinds, strict=True)
        ]
    return found


def random_slices(all_lines: Sequence[Line], number: int) -> list[Slice]:
    """Parts by section, kind, length, days and articles, each of them given more often than not."""
    chance = random.Random(number)
    documents = sorted({line.document for line in all_lines})
    sections = sorted({line.section for line in all_lines})

    def sometimes(value):
        return value if chance.random() < 0.6 else None

    slices = []
    for _ in range(number):
        since, until = sorted(FIRST_DAY + timedelta(chance.randrange(DAYS)) for _ in range(2))
        chosen = frozenset(chance.sample(documents, chance.randint(len(documents) // 3, len(documents))))
        slices.append(
            Slice(
                section=sometimes(chance.choice(sections)),
                kind=sometimes(chance.choice(KINDS)),
                length=sometimes(chance.choice(list(LENGTHS))),
                since=sometimes(since),
                until=sometimes(until),
                documents=sometimes(chosen),
            )
        )
    return slices


def holds(part: Slice, line: Line) -> bool:
    least, most = LENGTHS[part.length] if part.length else (0, None)
    return (
        part.section in (None, line.section)
        and part.kind in (None, line.kind)
        and least <= line.words
        and (most is None or line.words <= most)
        and (part.since is None or part.since <= line.day)
        and (part.until is None or line.day <= part.until)
        and (part.documents is None or line.document in part.documents)
    )


def has_sacrebleus_scores(number: int, systems: Sequence[str], references: Sequence[str], documents: int | None):
    """Of `number` random parts those with lines in them, all of which are sacrebleu's to the last digit."""
    all_lines = import_lines(systems, references, documents)
    project = Document.objects.first().project
    every = [line.number for line in all_lines]
    statistics = {
        (name, system): line_statistics(name, system, references, every) for name in BY_SACREBLEU for system in systems
    }
    filled = 0
    for part in random_slices(all_lines, number):
        numbers = [line.number for line in all_lines if holds(part, line)]
        comparison = compare(project, "+".join(references), metrics=list(BY_SACREBLEU), part=part, samples=0)
        assert comparison.segments == len(numbers), part
        filled += bool(numbers)
        for system, scores in comparison.systems.items():
            assert {name: score.score for name, score in scores.items()} == {
                name: metric._aggregate_and_compute([statistics[name, system][i] for i in numbers]).score
                for name, metric in BY_SACREBLEU.items()
            }, part
    return filled


def test_random_parts_of_a_project_have_sacrebleus_scores():
    assert has_sacrebleus_scores(12, ("Online-B", "PROMT"), ("A",), documents=40) >= 6


@pytest.mark.long
def test_fifty_random_parts_of_all_of_wmt22_have_sacrebleus_scores_under_two_references():
    assert has_sacrebleus_scores(50, ("LT22", "Online-B", "PROMT"), ("A", "B"), documents=None) >= 25


# --- length in words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Wort", "short"),
        (" ".join(["Wort"] * 10), "short"),
        (" ".join(["Wort"] * 11), "medium"),
        (" ".join(["Wort"] * 20), "medium"),
        (" ".join(["Wort"] * 21), "long"),
        ("  ".join(["Wort"] * 11), "medium"),
        ("   ".join(["Wort"] * 10), "short"),
        ("\u00a0".join(["Wort"] * 11), "medium"),
        (" \u202f".join(["Wort"] * 10), "short"),
        ("\t".join(["Wort"] * 21), "long"),
        (f" \u00a0{' '.join(['Wort'] * 10)} \u00a0", "short"),
        ("", "short"),
        ("\u00a0", "short"),
    ],
)
def test_a_segment_is_as_long_as_its_source_has_words(text, length):
    project = make_project()
    score_document(make_document(project, [text], {"engine-a": ["Word."]}, {"A": ["Word."]}).pk)
    found = [name for name in LENGTHS if compare(project, part=Slice(length=name), samples=0).segments]
    least, most = LENGTHS[length]
    assert found == [length]
    assert least <= max(1, len(text.split())) <= (most or 100)


def test_lengths_leave_no_number_of_words_out_and_count_none_twice():
    for words in range(60):
        assert sum(least <= words and (most is None or words <= most) for least, most in LENGTHS.values()) == 1


def test_kind_and_length_are_those_of_the_segment_a_text_starts_at_today():
    project = make_project()
    document = make_document(
        project,
        ["Kurz.", " ".join(["Wort"] * 30)],
        {"engine-a": [("Short, then long.", 2), ""]},
        {"A": ["Short.", "Long."]},
        ["headline", "body"],
    )
    score_document(document.pk)
    assert compare(project, part=Slice(kind="headline"), samples=0).segments == 1
    assert compare(project, part=Slice(kind="body"), samples=0).systems == {}
    assert compare(project, part=Slice(length="short"), samples=0).segments == 1
    assert compare(project, part=Slice(length="long"), samples=0).systems == {}


def test_days_are_those_of_publication_else_of_import_both_ends_included():
    project = make_project()
    for day in (1, 2, 3):
        at = datetime(2026, 10, day, 12, tzinfo=UTC)
        score_document(make_document(project, ["Wort."], {"engine-a": ["Word."]}, {"A": ["Word."]}, published_at=at).pk)
    undated = make_document(project, ["Wort."], {"engine-a": ["Word."]}, {"A": ["Word."]})
    Document.objects.filter(pk=undated.pk).update(created_at=datetime(2026, 10, 2, 12, tzinfo=UTC))
    score_document(undated.pk)

    def segments(**days):
        return compare(project, part=Slice(**days), samples=0).segments

    assert segments(since=date(2026, 10, 2)) == 3
    assert segments(until=date(2026, 10, 2)) == 3
    assert segments(since=date(2026, 10, 2), until=date(2026, 10, 2)) == 2
    assert segments(until=date(2026, 9, 30)) == 0

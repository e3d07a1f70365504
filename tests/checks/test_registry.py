"""What holds for every check, read from the registry."""

from __future__ import annotations

import inspect
import re
import time
from pathlib import Path

import pytest

from benchmarks.checks_throughput import SHAPES, hostile
from reviews.checks import registry
from reviews.checks.registry import CHECKS, UnknownCheckError, checks_digest, get_check
from reviews.values import SEVERITIES
from tests.checks.texts import pair

#: The groups the design names.
GROUPS = frozenset(
    {
        "numbers", "dates", "negation", "speech", "quotes", "names", "language", "untranslated", "repetition", "length",
        "codes", "typography", "alignment", "glossary", "document",
    }
)  # fmt: skip
HERE = Path(__file__).parent

each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
each_example = pytest.mark.parametrize(
    ("check", "example"),
    [(check, example) for check in CHECKS for example in check.examples],
    ids=lambda value: getattr(value, "id", None),
)


def test_ids_and_names_are_unique():
    assert len({check.id for check in CHECKS}) == len(CHECKS)
    assert len({check.name for check in CHECKS}) == len(CHECKS)


@each_check
def test_an_id_is_a_group_and_a_name(check):
    group, name = check.id.split(".")
    assert group in GROUPS
    assert re.fullmatch("[a-z_]+", name)


@each_check
def test_a_check_describes_itself(check):
    assert check.version >= 1
    assert check.severity in SEVERITIES
    assert re.fullmatch("[a-z-]+/[a-z-]+", check.category)
    assert check.description.endswith(".")
    assert check.description.count(". ") == 0, "one sentence"


@each_check
def test_a_check_lives_in_a_module_of_its_name_and_has_a_test_file(check):
    module = inspect.getmodule(type(check))
    assert module is not None
    name = check.id.replace(".", "_")
    assert module.__name__ == f"reviews.checks.{name}"
    assert (HERE / f"test_{name}.py").exists()


@each_check
def test_a_check_shows_two_pairs_that_fire_and_two_that_do_not(check):
    fires = [example.fires for example in check.examples]
    assert fires.count(True) >= 2
    assert fires.count(False) >= 2


@each_example
def test_examples_do_what_they_say(check, example):
    assert bool(check.run(example.text())) is example.fires


@each_example
def test_findings_have_spans_inside_the_texts_and_a_message(check, example):
    pair_ = example.text()
    for finding in check.run(pair_):
        assert finding.severity in SEVERITIES
        assert finding.message.endswith(".")
        assert finding.source_spans or finding.target_spans
        for text, spans in ((pair_.source.text, finding.source_spans), (pair_.target.text, finding.target_spans)):
            assert all(0 <= start < end <= len(text) for start, end in spans)


@each_check
def test_a_check_of_one_direction_is_not_asked_about_the_other(check):
    english_to_german = pair("It is not over.", "Es ist vorbei.", languages=("en-GB", "de"))
    assert check.knows(english_to_german) is (check.direction is None)
    assert check.knows(pair("Es ist vorbei.", "It is over.", languages=("de-AT", "en")))


@each_check
def test_an_empty_pair_is_quiet(check):
    assert check.run(pair("", "")) == []


@each_check
def test_the_same_pair_always_gives_the_same_findings(check):
    text = pair("Am 3. Mai kamen 1.450 Gäste.", "Am 3. Mai kamen 1450 Gäste, or 17.")
    assert check.run(text) == check.run(text)


@each_check
def test_a_hostile_segment_costs_a_check_time_by_its_length(check):
    """A step that compares all with all takes tens of seconds on 20,000 characters; these take fractions of one."""
    for shape in SHAPES:
        text = hostile(shape, 20_000)
        start = time.process_time()
        check.run(text)
        assert time.process_time() - start < 2, shape


def test_a_check_is_found_by_its_id():
    for check in CHECKS:
        assert get_check(check.id) is check


def test_an_unknown_id_is_an_error_that_lists_the_known_ones():
    with pytest.raises(UnknownCheckError) as error:
        get_check("numbers.values")
    assert str(error.value) == (
        "There is no check 'numbers.values'. Known checks: numbers.value, numbers.units, numbers.limits, "
        "negation.polarity, negation.modal, speech.reported, speech.source, quotes.kept, quotes.pull, names.copied, "
        "untranslated.text, untranslated.words, length.empty_target, length.truncated, repetition.loop, codes.inline, "
        "typography.marks, glossary.false_friends, alignment.confidence, alignment.unaligned."
    )


def test_the_digest_names_every_check_with_its_version_whatever_the_order(monkeypatch):
    chosen = [get_check(name) for name in ("numbers.value", "untranslated.text", "length.empty_target")]
    monkeypatch.setattr(registry, "CHECKS", chosen)
    assert checks_digest() == "length.empty_target@1,numbers.value@3,untranslated.text@2"
    monkeypatch.setattr(registry, "CHECKS", chosen[::-1])
    assert checks_digest() == "length.empty_target@1,numbers.value@3,untranslated.text@2"


def test_the_digest_changes_with_a_version_and_with_a_new_check(monkeypatch):
    class Newer(type(CHECKS[0])):
        version = CHECKS[0].version + 1

    before = checks_digest()
    monkeypatch.setattr(registry, "CHECKS", (Newer(), *CHECKS[1:]))
    changed = checks_digest()

    class Another(type(CHECKS[0])):
        id = "numbers.another"

    monkeypatch.setattr(registry, "CHECKS", (*CHECKS, Another()))
    assert len({before, changed, checks_digest()}) == 3

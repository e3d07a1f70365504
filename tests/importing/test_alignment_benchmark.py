"""The gold of the alignment benchmark is one, its figures count what they say, and the aligner reaches its goals."""

from collections import Counter

import pytest

from benchmarks import alignment
from benchmarks.alignment_gold import (
    GAPS,
    Article,
    Counts,
    Document,
    Judged,
    Measured,
    articles,
    by_confidence,
    documents,
    measure,
    moved_about,
    split,
    together,
    type_of,
)
from tests.shared import shared_path

DATA = shared_path("data")

PAIRS = [
    ("Der Rat hat am 3. März 45 Bäume bestellt.", "The council ordered 45 trees on March 3."),
    ("Gepflanzt wird im Herbst an der Kornstraße.", "They will be planted in autumn on Kornstraße."),
    ("Ida Brook hält 45 Bäume für zu wenig.", "Ida Brook thinks that 45 trees are too few."),
]
TREES = Document("trees", "news", tuple(german for german, _ in PAIRS), tuple(english for _, english in PAIRS))
STRANGER = "Why (not)?"


@pytest.fixture(scope="module")
def held_out():
    return [document for document in documents(DATA) if document.half == "held-out"]


# --- the gold ------------------------------------------------------------------------------------


def test_both_halves_together_are_the_test_set():
    found = documents(DATA)
    assert (len(found), sum(len(document.german) for document in found)) == (271, 1984)
    assert Counter(document.half for document in found) == {"development": 149, "held-out": 122}


@pytest.mark.parametrize("paragraph", [None, 1, 3])
def test_every_unit_of_both_sides_is_in_exactly_one_bead_of_the_gold(held_out, paragraph):
    for article in articles(held_out, seed=7, paragraph=paragraph):
        for side, units in enumerate((article.german, article.english)):
            assert sorted(unit for pair in article.gold for unit in pair[side]) == list(range(len(units)))
            assert [block for _, block in units] == sorted(block for _, block in units)


def test_no_word_of_a_translation_is_lost_but_those_of_dropped_lines(held_out):
    for article in articles(held_out, seed=7):
        for source, target in article.gold:
            english = " ".join(article.english[j][0] for j in target)
            if source and target:
                assert english.split() == " ".join(article.document.english[i] for i in source).split()
            elif target:
                assert english not in article.document.english


def test_each_thing_is_done_to_about_a_tenth_of_the_lines(held_out):
    done = Counter(type_of(pair) for seed in range(5) for article in articles(held_out, seed) for pair in article.gold)
    lines = 5 * sum(len(document.german) for document in held_out)
    assert all(0.075 < done[kind] / lines < 0.105 for kind in ("2:1", "1:2", "1:0", "0:1"))
    assert done["2:2"] == 0


def test_a_seed_gives_the_same_article_again_and_another_seed_another():
    first, again, other = (moved_about(TREES, seed, 0.25, [STRANGER]) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_at_no_rate_nothing_is_done():
    article = moved_about(TREES, 1, 0.0, [STRANGER])
    assert article.english == tuple((english, 0) for _, english in PAIRS)
    assert article.gold == {(range(i, i + 1), range(i, i + 1)) for i in range(3)}


@pytest.mark.parametrize(
    ("line", "halves"),
    [
        ("He came early, but she was late.", ("He came early,", "but she was late.")),
        ("Now, she said that it was rather late.", ("Now, she said that", "it was rather late.")),
        ("He came. She went. They all stayed here.", ("He came. She went.", "They all stayed here.")),
        ("One two three four five six", ("One two three", "four five six")),
        ("Too few words, really.", None),
    ],
)
def test_a_line_is_split_at_the_clause_nearest_its_middle_else_between_words(line, halves):
    assert split(line) == halves


# --- the figures ---------------------------------------------------------------------------------


def test_a_bead_is_right_when_both_sides_are_exactly_those_of_the_gold():
    english = tuple((english, 0) for _, english in PAIRS)
    german = tuple((german, 0) for german, _ in PAIRS)
    gold = frozenset({(range(2), range(1)), (range(0), range(1, 2)), (range(2, 3), range(2, 3))})
    measured = measure([Article(TREES, english, german, gold)])
    assert measured.counts() == Counts(right=1, made=3, wanted=3)
    assert measured.counts(["1:1"]) == Counts(right=1, made=3, wanted=1)
    assert measured.counts(GAPS) == Counts(right=0, made=0, wanted=1)
    assert measured.counts(domain="social") == Counts(0, 0, 0)


def test_a_gap_is_the_same_on_either_side_of_another():
    german = tuple((german, 0) for german, _ in PAIRS)
    english = ((PAIRS[0][1], 0), (STRANGER, 0), (PAIRS[2][1], 0))
    pairs = {(range(1), range(1)), (range(2, 3), range(2, 3))}
    dropped_first = pairs | {(range(1, 2), range(1, 1)), (range(2, 2), range(1, 2))}
    inserted_first = pairs | {(range(1, 1), range(1, 2)), (range(1, 2), range(2, 2))}
    for gold in (dropped_first, inserted_first):
        measured = measure([Article(TREES, english, german, frozenset(gold))])
        assert measured.counts(GAPS) == Counts(right=2, made=2, wanted=2)


def test_measurements_add_up():
    one = Measured((Judged("1:1", "news", 0.9, True),), Counter({("news", "1:1"): 2}))
    assert together([one, one]).counts() == Counts(right=2, made=2, wanted=4)


def test_shares_are_those_of_counts():
    counts = Counts(right=6, made=8, wanted=12)
    assert (counts.precision, counts.recall, counts.f1) == (0.75, 0.5, 0.6)


def test_bins_of_confidence_hold_their_lower_edge_and_the_last_one_both():
    beads = [Judged("1:1", "news", confidence, True) for confidence in (0.0, 0.49, 0.5, 1.0)]
    bins = by_confidence(beads, (0.0, 0.25, 0.5, 1.0))
    assert [(low, high, [bead.confidence for bead in inside]) for low, high, inside in bins] == [
        (0.0, 0.25, [0.0]),
        (0.25, 0.5, [0.49]),
        (0.5, 1.0, [0.5, 1.0]),
    ]


def test_beads_below_a_threshold_are_told_apart_by_being_right_and_gaps_left_out():
    beads = [
        Judged("1:1", "news", 0.4, True),
        Judged("1:2", "news", 0.55, False),
        Judged("1:0", "news", 0.2, False),
        Judged("1:1", "news", 0.95, False),
    ]
    rows = [line.split() for line in alignment.thresholds(beads).splitlines()]
    assert rows[0][-4:] == ["of", "1", "and", "2"]
    assert ["0.30", "0", "0"] in rows
    assert ["0.50", "1", "0"] in rows
    assert ["0.60", "1", "1", "<-", "LOW_CONFIDENCE"] in rows


# --- the aligner ---------------------------------------------------------------------------------


def test_the_aligner_reaches_the_goals_on_documents_it_was_not_tuned_on(held_out):
    assert measure(articles(held_out, seed=0, rate=0.0)).counts().f1 >= 0.95
    mixed = measure(articles(held_out, seed=1))
    assert mixed.counts().f1 >= 0.90
    assert mixed.counts(GAPS).recall >= 0.90


def test_confidences_are_shares_of_right_beads(held_out):
    made = measure(articles(held_out, seed=2)).made
    sure = [bead.right for bead in made if bead.confidence >= 0.9]
    unsure = [bead.right for bead in made if bead.confidence < 0.7]
    assert sum(sure) / len(sure) > 0.98
    assert 0.4 < sum(unsure) / len(unsure) < 0.9


def test_a_yearbook_of_468_lines_meets_its_french_of_554(capsys):
    alignment.pair(shared_path("files"))
    title, types, gaps = capsys.readouterr().out.strip().splitlines()
    assert title.startswith("yearbook of 1957: 468 German and 554 French lines in ")
    made = {kind: int(count) for kind, count in (each.split() for each in types.split(", "))}
    sides = [sum(int(kind.split(":")[side]) * count for kind, count in made.items()) for side in (0, 1)]
    assert sides == [468, 554]
    assert gaps.startswith(f"gaps {made['1:0'] + made['0:1']}; ")


def test_missing_data_are_named(capsys, tmp_path):
    assert alignment.main(["gold", "--shared", str(tmp_path)]) == 2
    assert "docs.tsv" in capsys.readouterr().err


@pytest.mark.long
@pytest.mark.parametrize("reference", ["A", "B"])
@pytest.mark.parametrize("paragraph", [[], ["--paragraph", "3"]])
def test_the_benchmark_reaches_its_goals_on_all_seeds(capsys, reference, paragraph):
    assert alignment.main(["gold", "--reference", reference, *paragraph]) == 0
    assert "mean of seeds" in capsys.readouterr().out


@pytest.mark.long
def test_time_grows_with_the_length_of_a_text_and_not_with_its_square():
    seconds = {size: alignment.one_text(DATA, size)[1] for size in (2_500, 10_000)}
    assert seconds[10_000] < 1.75 * 4 * seconds[2_500]

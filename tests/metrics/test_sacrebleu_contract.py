"""What we take from sacrebleu's private interface, pinned: an upgrade that changes any of it fails here.

Sums of our statistics must give the corpus score sacrebleu publishes, to the last digit.
"""

import json
import random
from pathlib import Path

import pytest
import sacrebleu
from sacrebleu.metrics import BLEU, CHRF, TER

from reviews.metrics.base import Batch, ReferenceMetric
from reviews.metrics.registry import reference_metric
from reviews.metrics.ter.encoding import EncodedReference, split_words
from reviews.metrics.ter.search import count_edits
from tests.metrics.parallel import lines, wmt22

SYSTEMS = [
    "JDExploreAcademy",
    "LT22",
    "Lan-Bridge",
    "Online-A",
    "Online-B",
    "Online-G",
    "Online-W",
    "Online-Y",
    "PROMT",
]
METRICS = [reference_metric(metric_id) for metric_id in ("bleu", "chrf", "chrf++", "ter")]
SACREBLEU = {"bleu": BLEU, "chrf": CHRF, "chrf++": lambda: CHRF(word_order=2), "ter": TER}

# sacrebleu 2.6.0's corpus scores of WMT22 de-en Online-B
AGAINST_A = {
    "bleu": 33.25109007892432,
    "chrf": 58.283238322892736,
    "chrf++": 56.47214710762006,
    "ter": 51.69344203332934,
}
AGAINST_A_AND_B = {"bleu": 49.7376, "chrf": 65.6879, "chrf++": 64.0276, "ter": 41.4835}


def corpus_score(metric: ReferenceMetric, batch: Batch) -> float:
    sums = [sum(column) for column in zip(*(score.statistics for score in metric.scores(batch)), strict=True)]
    return metric.corpus(sums, batch.n_references)


@pytest.fixture(scope="module")
def against_a() -> Batch:
    return Batch(wmt22("systems/Online-B"), [(text,) for text in wmt22("ref.A")])


@pytest.fixture(scope="module")
def against_a_and_b() -> Batch:
    return Batch(wmt22("systems/Online-B"), list(zip(wmt22("ref.A"), wmt22("ref.B"), strict=True)))


def test_the_installed_version_is_the_one_the_numbers_come_from():
    assert sacrebleu.__version__ == "2.6.0"


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)
def test_summed_statistics_give_the_corpus_score(metric, against_a):
    assert corpus_score(metric, against_a) == AGAINST_A[metric.id]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)
def test_summed_statistics_give_the_corpus_score_of_two_references(metric, against_a_and_b):
    assert corpus_score(metric, against_a_and_b) == pytest.approx(AGAINST_A_AND_B[metric.id], abs=5e-5)


@pytest.mark.parametrize("metric_id", ["bleu", "chrf", "chrf++"])
def test_two_references_equal_sacrebleu_segment_by_segment(metric_id, against_a_and_b):
    theirs = SACREBLEU[metric_id]()
    metric = reference_metric(metric_id)
    hypotheses, references = wmt22("systems/Online-B"), [wmt22("ref.A"), wmt22("ref.B")]
    expected = theirs._extract_corpus_statistics(hypotheses, references)
    assert [score.statistics for score in metric.scores(against_a_and_b)] == [tuple(row) for row in expected]
    assert corpus_score(metric, against_a_and_b) == theirs._aggregate_and_compute(expected).score


PUBLIC = {
    "bleu": sacrebleu.sentence_bleu,
    "chrf": sacrebleu.sentence_chrf,
    "chrf++": lambda hypothesis, references: sacrebleu.sentence_chrf(hypothesis, references, word_order=2),
    "ter": sacrebleu.sentence_ter,
}
CORPUS = {
    "bleu": sacrebleu.corpus_bleu,
    "chrf": sacrebleu.corpus_chrf,
    "chrf++": lambda hypotheses, streams: sacrebleu.corpus_chrf(hypotheses, streams, word_order=2),
    "ter": sacrebleu.corpus_ter,
}


def assert_segments_equal(pairs: list[tuple[str, str]]) -> None:
    batch = Batch([hypothesis for hypothesis, _ in pairs], [(reference,) for _, reference in pairs])
    for metric in METRICS:
        expected = [PUBLIC[metric.id](hypothesis, [reference]).score for hypothesis, reference in pairs]
        assert [score.value for score in metric.scores(batch)] == expected


def test_segment_values_equal_the_public_functions():
    """One in twenty of the 17,856 pairs of nine systems with reference A; all of them in the long tier."""
    pairs = [(text, reference) for name in SYSTEMS for text, reference in zip(*of_system(name), strict=True)]
    assert_segments_equal(random.Random(22).sample(pairs, len(pairs) // 20))


@pytest.mark.long
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_segment_value_equals_the_public_functions(system):
    assert_segments_equal(list(zip(*of_system(system), strict=True)))


def of_system(name: str) -> tuple[list[str], list[str]]:
    return wmt22(f"systems/{name}"), wmt22("ref.A")


def assert_slices_equal(rng: random.Random, number: int, longest: int) -> None:
    """Any slice of the segments of one system, against one reference or both."""
    for _ in range(number):
        name, references = rng.choice(SYSTEMS), rng.choice([("A",), ("B",), ("A", "B")])
        places = sorted(rng.sample(range(1984), rng.randint(1, longest)))
        texts = wmt22(f"systems/{name}")
        hypotheses = [texts[place] for place in places]
        streams = [[stream[place] for place in places] for stream in (wmt22(f"ref.{label}") for label in references)]
        batch = Batch(hypotheses, list(zip(*streams, strict=True)))
        for metric in METRICS:
            assert corpus_score(metric, batch) == CORPUS[metric.id](hypotheses, streams).score, (name, references)


def test_slices_have_the_corpus_score_of_the_public_functions():
    assert_slices_equal(random.Random(5), 5, longest=40)


@pytest.mark.long
def test_fifty_random_slices_have_the_corpus_score_of_the_public_functions():
    assert_slices_equal(random.Random(50), 50, longest=200)


@pytest.mark.long
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_has_the_corpus_score_sacrebleu_gives_against_each_set(system):
    """The expected file is written by sacrebleu's `corpus_score` alone; see make_wmt22 beside it."""
    path = Path(__file__).parents[1] / "reports" / "expected" / "wmt22.json"
    expected = json.loads(path.read_text(encoding="utf-8"))
    assert expected["sacrebleu"] == sacrebleu.__version__
    for label, scores in expected["scores"].items():
        streams = [wmt22(f"ref.{name}") for name in label.split("+")]
        batch = Batch(wmt22(f"systems/{system}"), list(zip(*streams, strict=True)))
        assert {metric.id: corpus_score(metric, batch) for metric in METRICS} == scores[system], label


@pytest.mark.parametrize("n_references", [1, 2])
@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)
def test_signatures_are_sacrebleus_own(metric, n_references):
    theirs = SACREBLEU[metric.id]()
    theirs.corpus_score(["a b c d"], [["a b c d"]] * n_references)
    assert metric.signature(n_references) == str(theirs.get_signature())


def test_signatures_say_what_the_scores_were_made_with():
    assert [metric.signature(1) for metric in METRICS] == [
        "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
        "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0",
        "nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0",
        "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0",
    ]


def test_ter_of_three_references_equals_sacrebleu_up_to_its_rounded_means():
    """sacrebleu sums thirds, we divide the sum by three."""
    hypotheses = wmt22("systems/Online-B")[:120]
    references = [wmt22("ref.A")[:120], wmt22("ref.B")[:120], wmt22("systems/Online-W")[:120]]
    batch = Batch(hypotheses, list(zip(*references, strict=True)))
    expected = TER().corpus_score(hypotheses, references).score
    assert corpus_score(reference_metric("ter"), batch) == pytest.approx(expected, rel=1e-9)


def test_ter_reproduces_published_edit_rates():
    """HTER of 1,000 post-edited segments (MLQE-PE), published with six decimals."""
    published = [float(number) for number in lines("data/mlqe-pe-en-de-dev/dev.hter")]
    hypotheses, post_edits = lines("data/mlqe-pe-en-de-dev/dev.mt"), lines("data/mlqe-pe-en-de-dev/dev.pe")
    scores = reference_metric("ter").scores(Batch(hypotheses, [(text,) for text in post_edits]))
    assert len(published) == 1000
    assert [round(score.value / 100, 6) for score in scores] == published


@pytest.mark.long
@pytest.mark.parametrize("system", SYSTEMS)
def test_ter_statistics_equal_sacrebleus_for_every_segment(system):
    hypotheses, references = wmt22(f"systems/{system}"), wmt22("ref.A")
    scores = reference_metric("ter").scores(Batch(hypotheses, [(text,) for text in references]))
    expected = TER()._extract_corpus_statistics(hypotheses, [references])
    assert [list(score.statistics) for score in scores] == expected


@pytest.mark.long
def test_ter_of_two_references_equals_sacrebleu(against_a_and_b):
    theirs = TER()
    expected = theirs._extract_corpus_statistics(wmt22("systems/Online-B"), [wmt22("ref.A"), wmt22("ref.B")])
    ter = reference_metric("ter")
    statistics = [score.statistics for score in ter.scores(against_a_and_b)]
    assert statistics == [(edits, round(2 * mean)) for edits, mean in expected]
    assert corpus_score(ter, against_a_and_b) == theirs._aggregate_and_compute(expected).score


@pytest.mark.long
def test_ter_statistics_equal_sacrebleus_on_paragraphs():
    """Lines of up to 456 words, where sacrebleu's band decides; every fifth, sacrebleu needs seconds for some."""
    hypotheses, references = lines("data/wmt23-de-en/systems/AIRC.en")[::5], lines("data/wmt23-de-en/ref.A.en")[::5]
    ours = [
        [count_edits(split_words(hypothesis), reference), float(len(reference.text))]
        for hypothesis, reference in zip(
            hypotheses, (EncodedReference(split_words(text)) for text in references), strict=True
        )
    ]
    assert ours == TER()._extract_corpus_statistics(hypotheses, [references])

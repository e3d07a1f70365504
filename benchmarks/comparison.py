"""Nine engines compared from their stored statistics, beside sacrebleu's own paired bootstrap over the same texts.

WMT22 de-en, all nine systems against reference A, BLEU and chrF++, stands scored in a SQLite file of its own. `compare`
is asked for 1,000 samples by segment, as sacrebleu draws them, and by article, which is its default; sacrebleu reads
the texts and makes its paired test in the same process. Times are processor seconds, as both work in this process: the
best of three for ours, which tests by randomization besides, and one run of sacrebleu.

Both draw the same samples. What sacrebleu prints is held against ours: the half width of each interval and each p.
It keeps resampled sums in 32-bit floats and reckons scores with them; once more with 64 bits in their place, every
figure must be ours to the last digit, or the run ends with exit code 1.

With --coverage it says instead how often the 95 % interval of a difference holds the difference of all of WMT22, for
draws of so many articles or segments from it: why a comparison needs a least number of them.

    python -m benchmarks.comparison
    python -m benchmarks.comparison --coverage --draws 400
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby
from typing import Any, TypeVar

import numpy as np
import sacrebleu.significance
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from benchmarks.slices import SLUG, Corpus, write_once
from reviews.metrics.base import Batch
from reviews.metrics.registry import reference_metric

from .installation import install

METRICS = {"bleu": "BLEU", "chrf++": "chrF2++"}
SAMPLES = 1000
PASSES = 3
BASELINE = "Online-B"

#: For the coverage: units drawn, samples of each draw.
DRAWN = {"articles": (5, 10, 20, 30, 50, 100), "segments": (20, 50, 100, 200)}
RESAMPLES = 300


Result = TypeVar("Result")


class SixtyFourBits:
    """numpy for sacrebleu's significance module, but with sums that keep all their digits."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    @staticmethod
    def array(values: Any, dtype: Any = None) -> Any:
        return np.array(values, dtype=np.float64 if dtype == "float32" else dtype)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    corpus = Corpus()
    with ExitStack() as stack:
        install(stack, "sqlite")
        if options.coverage:
            coverage(corpus, options.draws)
            return 0
        write_once(corpus, tuple(METRICS))
        return agreement(corpus)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.comparison",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--coverage", action="store_true", help="how often intervals hold the truth")
    parser.add_argument("--draws", type=int, default=200, help="for --coverage (default 200 a metric and number)")
    return parser.parse_args(arguments)


# --- beside sacrebleu ----------------------------------------------------------------------------------


def agreement(corpus: Corpus) -> int:
    from reviews.models import Project
    from reviews.reports.comparison import Comparison, Unit, compare

    project = Project.objects.get(slug=SLUG)

    def ask(by: Unit) -> Comparison:
        return compare(project, metrics=list(METRICS), baseline=BASELINE, by=by, samples=SAMPLES)

    ours = {
        by: min((timed(lambda by=by: ask(by)) for _ in range(PASSES)), key=lambda run: run[0])
        for by in ("segment", "document")
    }
    slow, released = timed(lambda: by_sacrebleu(corpus))
    sacrebleu.significance.np = SixtyFourBits()
    try:
        exact = by_sacrebleu(corpus)
    finally:
        sacrebleu.significance.np = np
    print(f"{len(corpus.systems)} systems, {len(corpus.sources)} segments, {', '.join(METRICS)}, {SAMPLES} samples")
    print(f"sacrebleu's paired bootstrap: {slow:.2f} s")
    for by, (seconds, comparison) in ours.items():
        print(f"compare by {by} ({comparison.documents} articles): {seconds:.2f} s, {slow / seconds:.0f} times as fast")
    figures = list(side_by_side(ours["segment"][1], released))
    print(
        f"as released, the largest difference: half width {largest(figures, 'half width'):.1e}, "
        f"p {largest(figures, 'p'):.1e}, of {len(figures)} figures"
    )
    figures = list(side_by_side(ours["segment"][1], exact))
    equal = sum(theirs == mine for _, theirs, mine in figures)
    print(f"with 64-bit sums in sacrebleu: {equal} of {len(figures)} equal to the last digit")
    print()
    print_table(ours["document"][1])
    return 0 if equal == len(figures) else 1


def timed(call: Callable[[], Result]) -> tuple[float, Result]:
    started = time.process_time()
    result = call()
    return time.process_time() - started, result


def by_sacrebleu(corpus: Corpus) -> Mapping[str, Sequence[sacrebleu.significance.Result]]:
    """What `sacrebleu --paired-bs` prints, by metric and system, the baseline first."""
    references = [corpus.references]
    metrics = {"bleu": BLEU(references=references), "chrf++": CHRF(word_order=2, references=references)}
    named = [(name, corpus.systems[name]) for name in order(corpus)]
    test = sacrebleu.significance.PairedTest(named, metrics, None, test_type="bs", n_samples=SAMPLES)
    _, table = test()
    return table


def order(corpus: Corpus) -> list[str]:
    return [BASELINE, *(name for name in corpus.systems if name != BASELINE)]


def side_by_side(comparison: Any, theirs: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, float, float]]:
    """Each figure that both give: what it is, theirs, ours."""
    paired = {(row.system, row.metric): row for row in comparison.paired}
    systems = [BASELINE, *(name for name in comparison.systems if name != BASELINE)]
    for metric, column in METRICS.items():
        for name, result in zip(systems, theirs[column], strict=True):
            score = comparison.systems[name][metric]
            yield "half width", result.ci, 0.5 * (score.high - score.low)
            if name != BASELINE:
                yield "p", result.p_value, paired[name, metric].p_bootstrap


def largest(figures: Sequence[tuple[str, float, float]], what: str) -> float:
    return max(abs(theirs - ours) for kind, theirs, ours in figures if kind == what)


def print_table(comparison: Any) -> None:
    paired = {(row.system, row.metric): row for row in comparison.paired}
    for metric in METRICS:
        print(f"{metric} by article, against {BASELINE}")
        for name, scores in comparison.systems.items():
            score, row = scores[metric], paired.get((name, metric))
            words = (
                f"{row.difference:+.2f} ({row.low:+.2f} to {row.high:+.2f}), p {row.p_adjusted:.3f}: {row.verdict}"
                if row
                else ""
            )
            print(f"  {name:<20}{score.score:6.2f} ({score.low:.2f} to {score.high:.2f})  {words}")


# --- how often an interval holds the truth -------------------------------------------------------------


def coverage(corpus: Corpus, draws: int) -> None:
    from reviews.reports.formulas import corpus_scores_of
    from reviews.reports.statistics import interval

    places = [list(group) for _, group in groupby(range(len(corpus.sources)), key=lambda i: corpus.documents[i])]
    chance = np.random.default_rng(1)
    held: dict[tuple[str, int], list[bool]] = {}
    for name in (*METRICS, "ter"):
        metric = reference_metric(name)
        score = corpus_scores_of(metric, 1)
        pairs = [(reference,) for reference in corpus.references]
        segments = np.array(
            [[s.statistics for s in metric.scores(Batch(texts, pairs))] for texts in corpus.systems.values()]
        )
        articles = np.stack([segments[:, place].sum(axis=1) for place in places], axis=1)
        for unit, units in (("articles", articles), ("segments", segments)):
            truth = score(units.sum(axis=1))
            for number in DRAWN[unit]:
                for _ in range(draws):
                    one, other = chance.choice(len(truth), 2, replace=False)
                    drawn = units[:, chance.integers(0, units.shape[1], number)]
                    counts = chance.multinomial(number, [1 / number] * number, size=RESAMPLES)
                    differences = score(counts @ drawn[one]) - score(counts @ drawn[other])
                    held.setdefault((unit, number), []).append(interval(differences).holds(truth[one] - truth[other]))
    print(f"95 % intervals of differences that hold the true one ({draws} draws for each of BLEU, chrF++ and TER)")
    for (unit, number), hits in held.items():
        print(f"  {number:>4} {unit}: {100 * np.mean(hits):.1f} % (± {196 * np.std(hits) / len(hits) ** 0.5:.1f})")


if __name__ == "__main__":
    sys.exit(main())

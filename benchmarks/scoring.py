"""How many times faster one pass over a batch is than asking for each score by itself, and whether memory stays flat.

The same segments, in the same run, twice: the naive way, one call a segment and metric (`sacrebleu.sentence_bleu` and
so on, Levenshtein on words tokenised for the call, langdetect among its two languages), and ours, batches scored by
all metrics at once. Each is one cold pass on processor time; the values are compared, except languages, which are two
different answers. A difference ends the run with exit code 1.

Memory is measured first, by scoring the segments again and again, each time with other texts, as nothing must be kept
of them: the highest mark of the process after the first tenth of all passes and at the end.

    python -m benchmarks.scoring
    python -m benchmarks.scoring --segments 1984 --systems 9 --passes 40
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import langdetect
import sacrebleu
from langdetect.detector_factory import init_factory
from rapidfuzz.distance import Levenshtein
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from sacrebleu.tokenizers.tokenizer_re import TokenizerRegexp

from benchmarks.ter import positive, read_both, sample
from reviews.metrics.base import Batch, Languages
from reviews.metrics.language import Language
from reviews.metrics.registry import reference_metric
from reviews.values import in_batches

WMT22 = Path(__file__).resolve().parents[2] / "shared" / "data" / "wmt22-de-en"
LANGUAGES = Languages("de", "en")
REFERENCE_METRICS = ("bleu", "chrf++", "ter", "edit_rate")
BATCH = 500

Values = list[float | None]


class Segment(NamedTuple):
    source: str
    hypothesis: str
    reference: str


class Timing(NamedTuple):
    """Processor seconds and values of one metric."""

    seconds: float
    values: Values


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    segments = read_segments(options.systems, options.segments)
    first, last = memory(segments, options.passes)
    theirs = naive(segments)
    ours = one_pass(segments)
    print(f"{len(segments)} segments of {options.systems} systems, batches of {BATCH}")
    print(line("", "naive s", "one pass s", "ratio", "equal"))
    different = 0
    for name, slow in theirs.items():
        fast = ours[name]
        equal = sum(a == b for a, b in zip(slow.values, fast.values, strict=True))
        if name != "language":
            different += len(segments) - equal
        print(line(name, f"{slow.seconds:.2f}", f"{fast.seconds:.2f}", f"{slow.seconds / fast.seconds:.1f}", equal))
    slow_total, fast_total = (sum(timing.seconds for timing in side.values()) for side in (theirs, ours))
    print(line("total", f"{slow_total:.2f}", f"{fast_total:.2f}", f"{slow_total / fast_total:.1f}", ""))
    print(f"memory: {first:.1f} MB at most after a tenth of {options.passes} passes, {last:.1f} MB at the end")
    return 1 if different else 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scoring", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--segments", type=positive, default=300, help="of each system, spread over it (default 300)")
    parser.add_argument("--systems", type=positive, default=2, help="how many of WMT22 de-en (default 2, at most 9)")
    parser.add_argument("--passes", type=positive, default=20, help="for the measurement of memory (default 20)")
    return parser.parse_args(arguments)


def read_segments(systems: int, number: int) -> list[Segment]:
    sources, references = read_both(WMT22 / "source.de", WMT22 / "ref.A.en")
    segments: list[Segment] = []
    for path in sorted((WMT22 / "systems").glob("*.en"))[:systems]:
        hypotheses, _ = read_both(path, WMT22 / "ref.A.en")
        texts = zip(*(sample(lines, number) for lines in (sources, hypotheses, references)), strict=True)
        segments += [Segment(*one) for one in texts]
    return segments


def line(*cells: object) -> str:
    name, *numbers = map(str, cells)
    return " ".join([f"{name:<10}", *(f"{number:>12}" for number in numbers)])


# --- one call a segment and metric ------------------------------------------------------------------


def naive(segments: Sequence[Segment]) -> dict[str, Timing]:
    return {name: _each(score, segments) for name, score in NAIVE.items()}


def _each(score: Callable[[Segment], float | None], segments: Sequence[Segment]) -> Timing:
    forget_tokens()
    started = time.process_time()
    values = [score(segment) for segment in segments]
    return Timing(time.process_time() - started, values)


def _edit_rate(segment: Segment) -> float:
    hypothesis, reference = (BLEU()._preprocess_segment(text).split() for text in segment[1:])
    return 100 * (Levenshtein.distance(hypothesis, reference) / len(reference))


def _language(segment: Segment) -> float:
    return 1.0 if langdetect.detect(segment.hypothesis) == LANGUAGES.target else 0.0


NAIVE: dict[str, Callable[[Segment], float | None]] = {
    "bleu": lambda s: sacrebleu.sentence_bleu(s.hypothesis, [s.reference]).score,
    "chrf++": lambda s: sacrebleu.sentence_chrf(s.hypothesis, [s.reference], word_order=2).score,
    "ter": lambda s: sacrebleu.sentence_ter(s.hypothesis, [s.reference]).score,
    "edit_rate": _edit_rate,
    "language": _language,
}


def forget_tokens() -> None:
    """sacrebleu keeps every line it tokenised: a metric that comes later must not find them."""
    Tokenizer13a.__call__.cache_clear()
    TokenizerRegexp.__call__.cache_clear()


# --- ours -------------------------------------------------------------------------------------------


def one_pass(segments: Sequence[Segment]) -> dict[str, Timing]:
    """What the metrics share is made by the first that asks, and counts as its time."""
    seconds = dict.fromkeys(NAIVE, 0.0)
    values: dict[str, Values] = {name: [] for name in NAIVE}
    for name, took, scores in score_batches(segments):
        seconds[name] += took
        values[name] += scores
    return {name: Timing(seconds[name], values[name]) for name in NAIVE}


def score_batches(segments: Sequence[Segment]) -> Iterator[tuple[str, float, Values]]:
    language = Language()
    for part in in_batches(segments, BATCH):
        started = time.process_time()
        batch = Batch([segment.hypothesis for segment in part], [(segment.reference,) for segment in part])
        for name in REFERENCE_METRICS:
            scores = reference_metric(name).scores(batch)
            ended = time.process_time()
            yield name, ended - started, [score.value for score in scores]
            started = time.process_time()
        texts = [segment.hypothesis for segment in part], [segment.source for segment in part]
        scores = language.scores(*texts, LANGUAGES)
        yield language.id, time.process_time() - started, [score.value for score in scores]


def memory(segments: Sequence[Segment], passes: int) -> tuple[float, float]:
    """The process's highest mark in MB after a tenth of the passes, and after all."""
    first = 0.0
    for number in range(1, passes + 1):
        for _ in score_batches([Segment(*(f"{number} {text}" for text in segment)) for segment in segments]):
            pass
        if number == max(1, passes // 10):
            first = highest_mark()
    return first, highest_mark()


def highest_mark() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    init_factory()  # langdetect reads its profiles once a process: not the cost of a call
    sys.exit(main())

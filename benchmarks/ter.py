"""How many times faster than sacrebleu our TER is, on the same segments in the same run.

Both sides tokenise and count the edits of every segment in this one process; sacrebleu makes one pass, ours is the best
of three. The statistics are compared: a difference ends the run with exit code 1.

With --full that is done for all nine WMT22 de-en systems, 1,000 post-edited segments (mlqe-pe) and the paragraphs of
WMT23 de-en (AIRC), and single pairs are timed: the slowest of each set, and 300 words in any order. Five minutes.

    python -m benchmarks.ter
    python -m benchmarks.ter --full
    python -m benchmarks.ter --segments 1984 --system JDExploreAcademy
    python -m benchmarks.ter --hypotheses mt.txt --references reference.txt
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

from sacrebleu.metrics.ter import TER

from reviews.metrics.base import Batch
from reviews.metrics.ter.metric import Ter

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
WMT22 = DATA / "wmt22-de-en"
WMT23 = DATA / "wmt23-de-en"
MLQE = DATA / "mlqe-pe-en-de-dev"
PASSES = 3
SHUFFLED_WORDS = 300

Result = TypeVar("Result")
Statistics = list[tuple[int, ...]]


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    if options.full:
        return full()
    try:
        hypotheses, references, left_out = comparable(
            *read_both(options.hypotheses, options.references), options.segments
        )
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    theirs, slow = timed(lambda: by_sacrebleu(hypotheses, references), passes=1)
    ours, fast = timed(lambda: by_us(hypotheses, references), passes=PASSES)
    print(table(len(hypotheses), sum(len(text.split()) for text in references), slow, fast))
    unequal = [number for number, (a, b) in enumerate(zip(theirs, ours, strict=True), start=1) if a != b]
    print(f"statistics equal: {len(hypotheses) - len(unequal)} of {len(hypotheses)}; without a score: {left_out}")
    return 1 if unequal else 0


def full() -> int:
    """Every set, one after the other; 1 if a statistic differs anywhere."""
    print(row("", "segments", "sacrebleu s", "ours s", "ratio", "equal", "slowest pair ms"))
    unequal = 0
    totals = [0.0, 0.0]
    for name, hypotheses, references in full_sets():
        theirs, slow = timed(partial(by_sacrebleu, hypotheses, references), passes=1)
        ours, fast = timed(partial(by_us, hypotheses, references), passes=PASSES)
        equal = sum(a == b for a, b in zip(theirs, ours, strict=True))
        unequal += len(theirs) - equal
        ratio, longest = f"{slow / fast:.1f}", f"{slowest(hypotheses, references) * 1000:.1f}"
        print(row(name, len(theirs), f"{slow:.2f}", f"{fast:.4f}", ratio, equal, longest), flush=True)
        if name.startswith("WMT22"):
            totals = [totals[0] + slow, totals[1] + fast]
    print(f"WMT22, nine systems together: {totals[0]:.1f} s and {totals[1]:.2f} s, ratio {totals[0] / totals[1]:.1f}")
    return 1 if unequal else 0


def slowest(hypotheses: list[str], references: list[str]) -> float:
    """Our processor seconds for the pair that takes longest by itself."""
    pairs = zip(hypotheses, references, strict=True)
    return max(timed(partial(by_us, [hypothesis], [reference]), passes=1)[1] for hypothesis, reference in pairs)


def row(*cells: object) -> str:
    name, *numbers = map(str, cells)
    return " ".join([f"{name:<24}", *(f"{number:>15}" for number in numbers)])


def full_sets() -> Iterator[tuple[str, list[str], list[str]]]:
    for path in sorted((WMT22 / "systems").glob("*.en")):
        yield f"WMT22 {path.stem}", *read_both(path, WMT22 / "ref.A.en")
    yield "mlqe-pe", *read_both(MLQE / "dev.mt", MLQE / "dev.pe")
    yield "WMT23 AIRC", *read_both(WMT23 / "systems" / "AIRC.en", WMT23 / "ref.A.en")
    words = [f"w{number}" for number in range(SHUFFLED_WORDS)]
    yield (
        f"{SHUFFLED_WORDS} words shuffled",
        [" ".join(Random(SHUFFLED_WORDS).sample(words, len(words)))],
        [" ".join(words)],
    )


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ter", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="all sets; the other options are passed over")
    parser.add_argument("--segments", type=positive, default=300, help="how many, spread over the file (default 300)")
    parser.add_argument("--system", default="Online-B", help="a WMT22 de-en system (default Online-B)")
    parser.add_argument("--hypotheses", type=Path, help="another text, one segment a line")
    parser.add_argument("--references", type=Path, help="its reference, one segment a line")
    options = parser.parse_args(arguments)
    if (options.hypotheses is None) != (options.references is None):
        parser.error("give --hypotheses and --references together")
    if options.hypotheses is None:
        options.hypotheses = WMT22 / "systems" / f"{options.system}.en"
        options.references = WMT22 / "ref.A.en"
    return options


def positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def read_both(hypotheses: Path, references: Path) -> tuple[list[str], list[str]]:
    """The lines of both files. Raises ValueError for files of different length or not in UTF-8."""
    one, other = (path.read_text(encoding="utf-8").removesuffix("\n").split("\n") for path in (hypotheses, references))
    if len(one) != len(other):
        raise ValueError(f"{hypotheses} has {len(one)} lines, {references} has {len(other)}: give as many")
    return one, other


def comparable(hypotheses: list[str], references: list[str], number: int) -> tuple[list[str], list[str], int]:
    """A sample without the pairs that get no score from us (too long, empty reference), and how many those are."""
    pairs = list(zip(sample(hypotheses, number), sample(references, number), strict=True))
    scores = Ter().scores(Batch([hypothesis for hypothesis, _ in pairs], [(reference,) for _, reference in pairs]))
    kept = [pair for pair, score in zip(pairs, scores, strict=True) if score.value is not None]
    if not kept:
        raise ValueError("no pair of lines has a score")
    return [hypothesis for hypothesis, _ in kept], [reference for _, reference in kept], len(pairs) - len(kept)


def sample(lines: list[str], number: int) -> list[str]:
    """`number` lines spread evenly over all of them."""
    number = min(number, len(lines))
    return [lines[i * len(lines) // number] for i in range(number)]


def by_sacrebleu(hypotheses: list[str], references: list[str]) -> Statistics:
    return [(row[0], int(row[1])) for row in TER()._extract_corpus_statistics(hypotheses, [references])]


def by_us(hypotheses: list[str], references: list[str]) -> Statistics:
    return [score.statistics for score in Ter().scores(Batch(hypotheses, [(text,) for text in references]))]


def timed(run: Callable[[], Result], passes: int) -> tuple[Result, float]:
    """The result and the processor seconds of the fastest pass."""
    best = float("inf")
    for _ in range(passes):
        started = time.process_time()
        result = run()
        best = min(best, time.process_time() - started)
    return result, best


def table(segments: int, words: int, slow: float, fast: float) -> str:
    rows = [
        ("", "seconds", "segments/s", "ratio"),
        ("sacrebleu", f"{slow:.3f}", f"{segments / slow:,.0f}", "1"),
        ("ours", f"{fast:.3f}", f"{segments / fast:,.0f}", f"{slow / fast:.1f}"),
    ]
    lines = [f"{name:<10} {seconds:>9} {rate:>11} {ratio:>7}" for name, seconds, rate, ratio in rows]
    return "\n".join([f"{segments} segments, {words / segments:.1f} words a reference", *lines])


if __name__ == "__main__":
    sys.exit(main())

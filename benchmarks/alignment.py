"""How right, how sure and how fast sentences are aligned.

gold    WMT22 de-en documents whose human translation had sentences joined, split, dropped and inserted at seeded places
        (`alignment_gold.py` says how): strict F1, gaps found, a table per type of bead, and how right beads are by how
        sure they are. Bead F1 below 0.95 on clean or 0.90 on moved texts, or fewer than 90 % of the gaps found, ends
        the run with exit code 1.
pair    A German yearbook of 468 lines and its French translation of 554, without a gold.
speed   WMT21 and WMT22 with both references, over and over with other digits, as one text of so many sentences, moved
        about as above. Each size in a process of its own: processor time, its ratio to the smallest size, memory added
        to the peak.

    python -m benchmarks.alignment
    python -m benchmarks.alignment gold --half development --reference B --paragraph 3
    python -m benchmarks.alignment speed --sizes 5000 10000 20000
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import fmean

from reviews.importing.aligning import LOW_CONFIDENCE, Bead, sentence_beads

from .alignment_gold import (
    GAPS,
    RATE,
    TYPES,
    Article,
    Counts,
    Document,
    Half,
    Judged,
    Measured,
    articles,
    by_confidence,
    documents,
    lines,
    measure,
    moved_about,
    placed,
    together,
    type_of,
)

SHARED = Path(__file__).resolve().parents[2] / "shared"

GOALS = {"clean": 0.95, "mixed": 0.90, "gaps": 0.90}
BINS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
THRESHOLDS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9)

DIGITS = "0123456789"

Pairs = list[tuple[str, str]]


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    wanted = ("gold", "pair", "speed") if options.what == "all" else (options.what,)
    reached = True
    try:
        if "gold" in wanted:
            reached = gold(options)
        if "pair" in wanted:
            pair(options.shared / "files")
        if "speed" in wanted:
            speed(options.shared / "data", options.sizes)
    except OSError as error:
        print(f"{error}: the shared data has to lie beside the checkout.", file=sys.stderr)
        return 2
    return 0 if reached else 1


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.alignment",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="?", choices=("gold", "pair", "speed", "all"), default="all")
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder with the test data")
    parser.add_argument("--half", choices=("held-out", "development"), default="held-out", help="of the documents")
    parser.add_argument("--reference", choices=("A", "B"), default="A")
    parser.add_argument("--paragraph", type=int, help="German lines a paragraph; without: one paragraph a document")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 10_000, 20_000])
    return parser.parse_args(arguments)


# --- gold ----------------------------------------------------------------------------------------


def gold(options: argparse.Namespace) -> bool:
    """Print how right and how sure the aligner is; whether the goals are reached."""
    half: Half = options.half
    among = [document for document in documents(options.shared / "data", options.reference) if document.half == half]
    clean = measure(articles(among, seed=0, rate=0.0, paragraph=options.paragraph))
    by_seed = [measure(articles(among, seed, RATE, options.paragraph)) for seed in options.seeds]
    mixed = together(by_seed)
    print(f"WMT22 de-en, {half} half, reference {options.reference}: {len(among)} documents,", end=" ")
    print(f"{sum(len(document.german) for document in among)} lines")
    print(f"\n{'':<14} {'F1':>6}  gaps found  {'beads':>6}")
    for title, measured in (("clean", clean), *((f"seed {s}", m) for s, m in zip(options.seeds, by_seed, strict=True))):
        print(overall(title, measured))
    print(f"{'mean of seeds':<14} {fmean(m.counts().f1 for m in by_seed):6.4f}", end="")
    print(f"  {fmean(m.counts(GAPS).recall for m in by_seed):10.4f}")
    for domain in sorted({document.domain for document in among}):
        print(overall(f"  {domain}", mixed, domain))
    print(f"\nall seeds\n{'type':<6} {'precision':>9} {'recall':>7} {'F1':>7} {'made':>6} {'n':>6}")
    for title, types in (*((each, (each,)) for each in TYPES), ("gaps", GAPS)):
        print(per_type(title, mixed.counts(types)))
    print(f"\nconfidence, all seeds\n{reliability(mixed.made)}")
    for title, measured in (("clean", clean), ("all seeds", mixed)):
        print(f"\nlow confidence, {title}, beads of both sides\n{thresholds(measured.made)}")
    return (
        clean.counts().f1 >= GOALS["clean"]
        and fmean(m.counts().f1 for m in by_seed) >= GOALS["mixed"]
        and fmean(m.counts(GAPS).recall for m in by_seed) >= GOALS["gaps"]
    )


def overall(title: str, measured: Measured, domain: str | None = None) -> str:
    counts, gaps = measured.counts(domain=domain), measured.counts(GAPS, domain)
    found = f"{gaps.recall:10.4f}" if gaps.wanted else f"{'-':>10}"
    return f"{title:<14} {counts.f1:6.4f}  {found}  {counts.wanted:6}"


def per_type(title: str, counts: Counts) -> str:
    precision = f"{counts.precision:9.3f}" if counts.made else f"{'-':>9}"
    recall, f1 = (f"{counts.recall:7.3f}", f"{counts.f1:7.3f}") if counts.wanted else (f"{'-':>7}", f"{'-':>7}")
    return f"{title:<6} {precision} {recall} {f1} {counts.made:6} {counts.wanted:6}"


def reliability(made: Sequence[Judged]) -> str:
    """Bins of confidence with the mean of what was said and of what was so, and their mean distance over all beads."""
    out = [f"{'from':>5} {'to':>5} {'said':>6} {'right':>6} {'n':>6}"]
    distance = 0.0
    for low, high, beads in by_confidence(made, BINS):
        said, so = fmean(bead.confidence for bead in beads), fmean(bead.right for bead in beads)
        distance += abs(said - so) * len(beads) / len(made)
        out.append(f"{low:5.2f} {high:5.2f} {said:6.3f} {so:6.3f} {len(beads):6}")
    return "\n".join([*out, f"mean distance of said and so (expected calibration error): {distance:.4f}"])


def thresholds(made: Sequence[Judged]) -> str:
    """What would be called unsure, rightly or wrongly, below some confidences; gaps are shown as gaps anyway."""
    paired = [bead for bead in made if bead.type not in GAPS]
    wrong = sum(not bead.right for bead in paired)
    out = [f"{'below':>6} {'right ones':>10} {'wrong ones':>10}   of {len(paired) - wrong} and {wrong}"]
    for threshold in THRESHOLDS:
        below = [bead for bead in paired if bead.confidence < threshold]
        right = sum(bead.right for bead in below)
        mark = "  <- LOW_CONFIDENCE" if threshold == LOW_CONFIDENCE else ""
        out.append(f"{threshold:6.2f} {right:10} {len(below) - right:10}{mark}")
    return "\n".join(out)


# --- a pair of other lengths ---------------------------------------------------------------------


def pair(files: Path) -> None:
    german, french = ([line.strip() for line in lines(files / f"plain-eval1957.clean.{lang}")] for lang in ("de", "fr"))
    started = time.process_time()
    beads = sentence_beads(placed((t, 0) for t in german), placed((t, 0) for t in french), "de", "fr")
    seconds = time.process_time() - started
    types = Counter(type_of((range(b.source, b.source_end), range(b.target, b.target_end))) for b in beads)
    print(f"\nyearbook of 1957: {len(german)} German and {len(french)} French lines in {seconds:.2f} s processor time")
    print(", ".join(f"{kind} {types[kind]}" for kind in TYPES))
    paired = [bead.confidence for bead in beads if not bead.is_gap]
    low = sum(confidence < LOW_CONFIDENCE for confidence in paired)
    print(f"gaps {sum(types[kind] for kind in GAPS)}; mean confidence {fmean(paired):.3f}, low {low} of {len(paired)}")


# --- speed ---------------------------------------------------------------------------------------


def speed(data: Path, sizes: Sequence[int]) -> None:
    title = f"{'German':>7} {'English':>8} {'seconds':>8} {'ratio':>6} {'of sizes':>8} {'MiB':>6} {'F1':>7}"
    print(f"\none text, 10 % moved about\n{title}")
    first: tuple[int, float] | None = None
    for size in sizes:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            english, seconds, memory, f1 = pool.apply(one_text, (data, size))
        first = first or (size, seconds)
        ratios = f"{seconds / first[1]:6.2f} {size / first[0]:8.2f}"
        print(f"{size:7} {english:8} {seconds:8.1f} {ratios} {memory:6.0f} {f1:7.4f}")


def one_text(data: Path, size: int) -> tuple[int, float, float, float]:
    """English sentences, processor seconds, MiB the alignment added to the peak of the process, and F1."""
    article = text_of(list(islice(pairs(data), size)))
    before = peak()
    started = time.process_time()
    beads = article.aligned()
    seconds = time.process_time() - started
    return len(article.english), seconds, peak() - before, exactly(beads, article).f1


def pairs(data: Path) -> Iterator[tuple[str, str]]:
    """The lines without end; each time through with other digits, lest a long text be the same few over and over."""
    folders = (data / "wmt22-de-en", data / "wmt21-de-en")
    for time_through, reference in enumerate(cycle("AB")):
        shift = time_through % len(DIGITS)
        other_digits = str.maketrans(DIGITS, DIGITS[shift:] + DIGITS[:shift])
        for folder in folders:
            for pair in zip(lines(folder / "source.de"), lines(folder / f"ref.{reference}.en"), strict=True):
                yield pair[0].translate(other_digits), pair[1].translate(other_digits)


def text_of(rows: Pairs) -> Article:
    german, english = zip(*rows, strict=True)
    return moved_about(Document("all", "all", german, english), seed=1, rate=RATE, strangers=english)


def peak() -> float:
    """The most memory this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def exactly(beads: Sequence[Bead], article: Article) -> Counts:
    made = {(range(b.source, b.source_end), range(b.target, b.target_end)) for b in beads}
    return Counts(len(made & article.gold), len(beads), len(article.gold))


if __name__ == "__main__":
    sys.exit(main())

"""How fast the checks are: all together and one by one, beside Translate Toolkit's filters in the same run.

Rates are segments a second of processor time on one core, on WMT22 de-en (source and Online-B, 1,984 pairs), after a
first pass that fills what is remembered of words; the median of several rounds, in which ours and the toolkit's take
turns. A check measured alone reads the numbers and words itself that it else shares with others, so that the single
times sum up to more than all checks take together.

The toolkit is a tool set aside, no dependency: without --toolkit it is installed into a folder that goes afterwards.

Worst line: every pair of WMT21, WMT22 and WMT23 de-en (human and engines' translations); the slowest ones are timed
again, since other work on the machine counts too. Growth: hostile segments of 2,000 to 20,000 characters; ten times the
text may take ten times as long, with some room, and not a hundred times.

    python -m benchmarks.checks_throughput
    python -m benchmarks.checks_throughput --toolkit ../toolkit/bin/python

Exits with 1 where a check takes more than 20 ms on a real line, or grows like a square.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from reviews.checks.article import check_text
from reviews.checks.base import Check
from reviews.checks.registry import CHECKS
from reviews.values import CodedText, SegmentText

SHARED = Path(__file__).resolve().parents[2] / "shared"
TOOLKIT = "translate-toolkit==3.20.4"
ROUNDS = 5
MOST_MS = 20
#: Sets of WMT and the engines read of each, beside all of its references.
SETS = {"wmt21-de-en": ("Online-B", "UF"), "wmt22-de-en": ("Online-B", "LT22"), "wmt23-de-en": ("ONLINE-B", "AIRC")}
SIZES = (2_000, 5_000, 10_000, 20_000)
#: Ten times the characters in more than this many times the time is no straight line; a square would be 100.
MOST_GROWTH = 30
#: Below this a time is mostly chance.
NOTICEABLE_MS = 2.0

#: Hostile segments: what the source and the translation repeat.
SHAPES = {
    "repeated words": ("nicht müssen soll ", "not must no "),
    "modal verbs": ("muss ", "may "),
    "capitals": ("Konto Bank ", "Bank Account "),
    "one sentence over and over": ("Sie sei laut Polizei nicht in Berlin. ", "She is not in Berlin, they say. "),
    "words without end": ("ab cd ef gh ij kl mn op qr st uv ", "cd ab ef gh ij mn kl op qr uv st "),
    "digits in words": ("12 345 6,7 ", "13 345 6.7 "),
    "one long number": ("1234567890", "1234567891"),
    "points and digits": ("1.2,3-4/5:", "1,2.3-4/6:"),
    "amounts": ("5 km und 30 Euro am 3.4. ", "5 miles and $30 on 4/3 "),
    "opening quotes": ("„", "“"),
    "quoted words": ("„a“ »b« ‚c‘ 'd' ", "“a” ‘b' \"c "),
    "apostrophes": ("a'b ", "isn't 'a "),
    "brackets": ("([", "(["),
    "no spaces": ("abcdefghij", "abcdefghik"),
    "no spaces, capitals": ("aBcDeFgHiJ", "aBcDeFgHiK"),
    "hyphens": ("a-", "b-"),
    "points": ("a.", "b."),
    "an address without end": ("a@", "b@"),
    "white space": ("a" + " " * 49, "b" + " " * 47),
    "marks": ("?!…,;", "?!,,;:"),
    "unbroken negations": ("unfreinichtlos", "unlessnotfree"),
    "lines": ("darf\nnicht\n", "must\nnot\n"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """Segments a second, one figure a round."""

    rounds: tuple[float, ...]

    def __str__(self) -> str:
        return f"{median(self.rounds):,.0f} ({min(self.rounds):,.0f}–{max(self.rounds):,.0f})"


# --- texts -----------------------------------------------------------------------------------------


def pairs(data: Path, folder: str, translation: str) -> list[SegmentText]:
    """The pairs of a source and one translation of it. Raises OSError, ValueError for unequal numbers of lines."""
    source, target = _lines(data / folder / "source.de"), _lines(data / folder / translation)
    return [_pair(s, t) for s, t in zip(source, target, strict=True)]


def all_pairs(data: Path) -> Iterator[SegmentText]:
    """The pairs of all sets: every reference, and two engines."""
    for folder, engines in SETS.items():
        references = [path.name for path in sorted((data / folder).glob("ref.*.en"))]
        for translation in (*references, *(f"systems/{engine}.en" for engine in engines)):
            yield from pairs(data, folder, translation)


def hostile(shape: str, size: int) -> SegmentText:
    """A segment of that many characters on both sides."""
    source, target = (piece * (size // len(piece) + 1) for piece in SHAPES[shape])
    return _pair(source[:size], target[:size])


def _pair(source: str, target: str) -> SegmentText:
    return SegmentText(CodedText(source), CodedText(target), "de", "en")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


# --- measuring ---------------------------------------------------------------------------------------


def seconds(work: Callable[[], object]) -> float:
    """Processor time of this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


def run_all(texts: Sequence[SegmentText]) -> None:
    for text in texts:
        for _ in check_text([text], 0):
            pass


def run_one(check: Check, texts: Sequence[SegmentText]) -> None:
    for text in texts:
        check.run(text)


def rates(texts: Sequence[SegmentText], rounds: int, toolkit: Path | None, data: Path) -> tuple[float, Rate, Rate]:
    """Ours on the first pass, ours warm, and the toolkit's, which is empty if there is none."""
    first = len(texts) / seconds(lambda: run_all(texts))
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(len(texts) / seconds(lambda: run_all(texts)))
        if toolkit is not None:
            theirs.append(toolkit_rate(toolkit, data))
    return first, Rate(tuple(ours)), Rate(tuple(theirs))


def worst_line(check: Check, texts: Sequence[SegmentText]) -> tuple[float, SegmentText]:
    """The most milliseconds a check takes on one of these texts, and which one it is.

    A text counts with the best of a few times, so that only what it really takes counts.
    """
    times = [(seconds(lambda text=text: check.run(text)), i) for i, text in enumerate(texts)]  # type: ignore[misc]
    slowest = [texts[i] for _, i in sorted(times, reverse=True)[:20]]
    return max(((best_ms(check, text), text) for text in slowest), key=lambda entry: entry[0])


def best_ms(check: Check, text: SegmentText, times: int = 5) -> float:
    return 1000 * min(seconds(lambda: check.run(text)) for _ in range(times))


# --- the toolkit -------------------------------------------------------------------------------------

_TOOLKIT_SCRIPT = """
import sys, time
from translate.filters import checks
from translate.storage import base

source, target = (open(path, encoding="utf-8").read().split("\\n")[:-1] for path in sys.argv[1:])
units = []
for german, english in zip(source, target, strict=True):
    unit = base.TranslationUnit(german)
    unit.target = english
    units.append(unit)
checker = checks.StandardChecker()

def run():
    for unit in units:
        checker.run_filters(unit)

run()
start = time.process_time()
run()
print(len(units) / (time.process_time() - start))
"""


@contextmanager
def installed_toolkit(given: Path | None) -> Iterator[tuple[Path | None, str]]:
    """A Python that has the toolkit, and what it is; without one the reason why not."""
    if given is not None:
        yield given, f"Translate Toolkit of {given}, StandardChecker"
        return
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "bin" / "python"
        try:
            venv.create(folder, with_pip=True)
            subprocess.run(
                [python, "-m", "pip", "install", "--quiet", TOOLKIT], check=True, capture_output=True, text=True
            )
        except (OSError, subprocess.CalledProcessError) as error:
            last_words = str(getattr(error, "stderr", None) or error).strip().splitlines()[-1]
            yield None, f"{TOOLKIT} not installed: {last_words}"
            return
        yield python, f"{TOOLKIT}, StandardChecker"


def toolkit_rate(python: Path, data: Path) -> float:
    """Segments a second of the toolkit's filters, warm, in a process of its own. Raises OSError."""
    folder = data / "wmt22-de-en"
    arguments: list[str | Path] = [
        python,
        "-c",
        _TOOLKIT_SCRIPT,
        folder / "source.de",
        folder / "systems" / "Online-B.en",
    ]
    try:
        return float(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)
    except subprocess.CalledProcessError as error:
        raise OSError(f"{python} cannot run the toolkit: {error.stderr.strip().splitlines()[-1]}") from None


# --- printing ----------------------------------------------------------------------------------------


def print_rates(texts: Sequence[SegmentText], options: argparse.Namespace) -> None:
    with installed_toolkit(options.toolkit) as (python, what):
        first, ours, theirs = rates(texts, options.rounds, python, options.shared / "data")
    print(f"segments a second on one core, {len(texts):,} pairs, median (lowest–highest) of {options.rounds} rounds")
    print("| what | first pass | warm |\n|---|---|---|")
    print(f"| all {len(CHECKS)} checks | {first:,.0f} | {ours} |")
    print(f"| {what} | – | {theirs if python is not None else '–'} |")


def print_checks(texts: Sequence[SegmentText], real: Sequence[SegmentText], rounds: int) -> bool:
    """One row a check; whether each stays below the bound on every real line."""
    print(f"\nalone, warm, median of {rounds} rounds; worst of {len(real):,} real pairs, by the best of five times")
    print("| check | µs a segment | segments a second | worst real line, ms | its characters |\n|---|---|---|---|---|")
    fine = True
    for check in CHECKS:
        each = median(seconds(lambda check=check: run_one(check, texts)) for _ in range(rounds)) / len(texts)  # type: ignore[misc]
        worst, text = worst_line(check, real)
        fine = fine and worst <= MOST_MS
        length = max(len(text.source.text), len(text.target.text))
        print(f"| {check.id} | {each * 1e6:.0f} | {1 / each:,.0f} | {worst:.2f} | {length:,} |")
    return fine


def print_growth() -> bool:
    """One row a shape of hostile segments; whether no check grows like a square."""
    sizes = " | ".join(f"{size:,}" for size in SIZES)
    print(f"\nhostile segments, ms by characters, all checks; the check that grows most\n| shape | {sizes} | growth |")
    print("|---|" + "---|" * (len(SIZES) + 1))
    fine = True
    for shape in SHAPES:
        texts = [hostile(shape, size) for size in SIZES]
        table = {check.id: [best_ms(check, text, 3) for text in texts] for check in CHECKS}
        growth, check_id = max((_growth(row), check_id) for check_id, row in table.items())
        fine = fine and growth <= MOST_GROWTH
        times = " | ".join(f"{sum(row[i] for row in table.values()):.1f}" for i in range(len(SIZES)))
        print(f"| {shape} | {times} | × {growth:.0f} {check_id} |")
    return fine


def _growth(row: Sequence[float]) -> float:
    """How many times as long the longest takes as the shortest; 0 where it takes next to nothing."""
    return row[-1] / max(row[0], NOTICEABLE_MS / 10) if row[-1] >= NOTICEABLE_MS else 0


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    data = options.shared / "data"
    try:
        texts = pairs(data, "wmt22-de-en", "systems/Online-B.en")
        print_rates(texts, options)
        fine = print_checks(texts, list(all_pairs(data)), options.rounds)
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    return 0 if print_growth() and fine else 1


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.checks_throughput",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder with the test data")
    parser.add_argument("--toolkit", type=Path, metavar="PYTHON", help="a Python that has translate-toolkit")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

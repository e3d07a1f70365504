"""How fast and in how much memory files of translation tools are read, beside Translate Toolkit in the same run.

Both read the same TMX and XLIFF 1.2, made here of WMT22 de-en (source and Online-B), every fifth unit with codes,
each in a process of its own, by turns: units a second of processor time (median of several rounds) and the most memory
the process ever had. Ours makes rows as an import gets them: codes beside the text, ids, notes, every rule checked,
after a first pass that finds a file that is cut off. The toolkit makes its tree and gives each source and target, once
as text alone and once with codes, ids and notes, as an import needs them. Then ours reads files of --megabytes.

The toolkit is a tool set aside, no dependency: without --toolkit it is installed into a folder that goes afterwards.

    python -m benchmarks.formats
    python -m benchmarks.formats --toolkit ../toolkit/bin/python --megabytes 500

Exits with 1 where a large file takes more than 300 MB or a unit is missing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from xml.sax.saxutils import escape

from benchmarks.checks_throughput import SHARED, TOOLKIT, installed_toolkit

ROUNDS = 3
MEGABYTES = 500
#: Units of the files both read; the toolkit holds all of a file in memory.
UNITS = 50_000
MOST_MB = 300

_TMX = (
    '<tmx version="1.4"><header srclang="de" datatype="html"/><body>\n',
    '<tu tuid="{id}"><tuv xml:lang="de"><seg>{de}</seg></tuv><tuv xml:lang="en-GB"><seg>{en}</seg></tuv></tu>\n',
    "</body></tmx>\n",
    '<bpt i="1">&lt;b></bpt>{}<ept i="1">&lt;/b></ept>',
)
_XLIFF = (
    '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
    '<file original="x" source-language="de" target-language="en" datatype="html"><body>\n',
    '<trans-unit id="{id}"><source>{de}</source><target state="final">{en}</target><note>{id}</note></trans-unit>\n',
    "</body></file></xliff>\n",
    '<g id="1">{}</g>',
)
#: By format: what a file begins with, one unit, its end, codes around a text.
SHAPES = {"tmx": _TMX, "xliff": _XLIFF}

_MEASURED = """
import resource, sys, time
start = time.process_time()
{body}
print(count, time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""

_OURS = """
from pathlib import Path
from zoneinfo import ZoneInfo
from reviews.importing.formats.base import ReadOptions
from reviews.importing.formats.registry import BY_NAME
from reviews.values import ImportedRow
path = Path(sys.argv[1])
start = time.process_time()
items = BY_NAME[sys.argv[2]].read(path, ReadOptions("de", "en", ZoneInfo("UTC")))
count = sum(isinstance(item, ImportedRow) for item in items)
"""

_THEIRS = """
from translate.storage import factory
start = time.process_time()
units = [unit for unit in factory.getobject(sys.argv[1]).units if unit.istranslatable()]
count = sum({each} for unit in units)
"""

#: What is asked of each unit of the toolkit.
EACH = {
    "text alone": "bool(unit.source) and unit.target is not None",
    "codes, ids, notes": "bool(unit.rich_source and unit.rich_target and unit.getid()) and unit.getnotes() is not None",
}


@dataclass(frozen=True)
class Reading:
    """One reading of a file: units, seconds of processor time, megabytes at most."""

    units: int
    seconds: float
    megabytes: float

    @property
    def rate(self) -> float:
        return self.units / self.seconds


def texts(shared: Path) -> list[tuple[str, str]]:
    folder = shared / "data" / "wmt22-de-en"
    sides = (folder / "source.de", folder / "systems" / "Online-B.en")
    german, english = (path.read_text(encoding="utf-8").split("\n")[:-1] for path in sides)
    return [(escape(de), escape(en)) for de, en in zip(german, english, strict=True) if de.strip() and en.strip()]


def units(shape: tuple[str, str, str, str], pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    _, unit, _, codes = shape
    for number, (de, en) in enumerate(cycle(pairs)):
        if number % 5 == 0:
            de, en = codes.format(de), codes.format(en)
        yield unit.format(id=f"unit-{number}", de=de, en=en)


def write(path: Path, shape: tuple[str, str, str, str], parts: Iterator[str], most_bytes: int | None = None) -> int:
    """Write a file of these units, or of as many as fit; how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(shape[0])
        for part in parts:
            file.write(part)
            count += 1
            if most_bytes is not None and count % 1000 == 0 and file.tell() >= most_bytes:
                break
        file.write(shape[2])
    return count


def read(python: Path | str, body: str, path: Path, name: str) -> Reading:
    """Read a file in a process of its own. Raises OSError when that fails."""
    arguments: list[str | Path] = [python, "-c", _MEASURED.format(body=body), path, name]
    try:
        said = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.split()
    except subprocess.CalledProcessError as error:
        raise OSError(f"{python} cannot read {path.name}: {error.stderr.strip().splitlines()[-1]}") from None
    return Reading(int(said[0]), float(said[1]), float(said[2]))


def in_words(readings: Sequence[Reading]) -> str:
    rates = sorted(reading.rate for reading in readings)
    most = max(reading.megabytes for reading in readings)
    return f"{median(rates):,.0f} ({rates[0]:,.0f}–{rates[-1]:,.0f}) | {most:,.0f}"


def compare(folder: Path, pairs: Sequence[tuple[str, str]], options: argparse.Namespace, stack: ExitStack) -> bool:
    """A row a format and reader; whether ours found every unit."""
    python, what = stack.enter_context(installed_toolkit(options.toolkit))
    print(f"{options.units:,} units, median (lowest–highest) of {options.rounds} rounds")
    print("| format | MB | read by | units a second | most memory, MB |\n|---|---|---|---|---|")
    fine = True
    for name, shape in SHAPES.items():
        path = folder / f"small.{'tmx' if name == 'tmx' else 'xlf'}"
        write(path, shape, islice(units(shape, pairs), options.units))
        readings: dict[str, list[Reading]] = {}
        for _ in range(options.rounds):
            readings.setdefault("ours", []).append(read(sys.executable, _OURS, path, name))
            if python is not None:
                for asked, each in EACH.items():
                    reading = read(python, _THEIRS.format(each=each), path, name)
                    readings.setdefault(f"{TOOLKIT}, {asked}", []).append(reading)
        for reader, times in readings.items():
            print(f"| {name} | {path.stat().st_size / 1e6:,.0f} | {reader} | {in_words(times)} |")
        fine = fine and all(reading.units == options.units for reading in readings["ours"])
    if python is None:
        print(what)
    return fine


def grow(folder: Path, pairs: Sequence[tuple[str, str]], megabytes: int) -> bool:
    """A row a large file; whether ours found every unit within the memory allowed."""
    print("\n| large file | units | units a second | most memory, MB |\n|---|---|---|---|")
    fine = True
    for name, shape in SHAPES.items():
        path = folder / f"large.{'tmx' if name == 'tmx' else 'xlf'}"
        count = write(path, shape, units(shape, pairs), megabytes * 1_000_000)
        reading = read(sys.executable, _OURS, path, name)
        print(f"| {name}, {path.stat().st_size / 1e6:,.0f} MB | {count:,} | {in_words([reading])} |")
        fine = fine and reading.units == count and reading.megabytes <= MOST_MB
        path.unlink()
    return fine


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workbench-formats-")))
        try:
            pairs = texts(options.shared)
            fine = compare(folder, pairs, options, stack)
            fine = grow(folder, pairs, options.megabytes) and fine
        except OSError as error:
            print(error, file=sys.stderr)
            return 2
    return 0 if fine else 1


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.formats",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder with the test data")
    parser.add_argument("--toolkit", type=Path, metavar="PYTHON", help="a Python that has translate-toolkit")
    parser.add_argument("--units", type=int, default=UNITS, help="units of the files both read")
    parser.add_argument("--megabytes", type=int, default=MEGABYTES, help="size of the large files")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

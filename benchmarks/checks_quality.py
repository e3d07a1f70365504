"""How good the checks are: planted errors in whole articles, and injected ones in news segments.

python -m benchmarks.checks_quality                  # both
python -m benchmarks.checks_quality articles
python -m benchmarks.checks_quality injected --seeds 1 2 3 --alarms 50
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import checks_injected, checks_planted

SHARED = Path(__file__).resolve().parents[2] / "shared"


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    try:
        if options.what in ("articles", "all"):
            checks_planted.print_report(checks_planted.measure(options.shared / "articles"))
        if options.what in ("injected", "all"):
            pairs = checks_injected.news(options.shared / "data")
            checks_injected.print_report(checks_injected.measure(pairs, options.seeds), alarms=options.alarms)
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.checks_quality",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="?", choices=("articles", "injected", "all"), default="all")
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder with the test data")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--alarms", type=int, default=0, help="how many alarms on human references to print")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

"""Human scores against what was published of them, and how well metrics find the worst texts.

Everything is read from the shared WMT data by the product's own readers:

- MQM marks scored again: the TED talks (6,877 published averages) and WMT23 English-German (5,980 published scores);
- `.seg.score` files read and written again, byte by byte;
- ESA forms of Appraise against the published ESA scores, where the file tells which segment a score is of;
- per metric, against the mean of two ESA campaigns: the area under the ROC curve for the worst tenth; against MQM:
  Pearson, Kendall's tau-b and pairwise accuracy with ties.

A difference to what was published ends the run with exit code 1.

    python -m benchmarks.human_scores
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from reviews.importing.scorefiles import appraise, mqm, segscore, spans
from reviews.importing.scorefiles.base import Judgement, Mark
from reviews.importing.scorefiles.places import Place, read_places
from reviews.metrics.mqm import rating_score, segment_score
from reviews.reports.correlation import kendall_tau_b, pairwise_accuracy, pearson, worst_auc

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
TED = DATA / "mqm-spans"
WMT23 = DATA / "wmt23-en-de"
CAMPAIGN = WMT23 / "human" / "esa-campaign"

#: The human translation is no engine.
NO_ENGINE = frozenset({"refA", "synthetic_ref"})

#: System and segment.
Key = tuple[str, Place]
Scores = dict[Key, float]


def main(arguments: Sequence[str] | None = None) -> int:
    argparse.ArgumentParser(
        prog="python -m benchmarks.human_scores",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    places = read_places(WMT23 / "docs.txt")
    right = [ted(), wmt23(places), round_trips(), esa_forms(places)]
    worst_tenth(places)
    against_mqm(places)
    return 0 if all(right) else 1


def report(what: str, equal: int, of: int, seconds: float, remark: str = "") -> bool:
    print(f"{what}: {equal:,} of {of:,} equal, {seconds:.1f} s{f' ({remark})' if remark else ''}")
    return equal == of


# --- MQM ------------------------------------------------------------------------------------------------


def ted() -> bool:
    started = time.perf_counter()
    path = TED / "mqm_ted_ende.tsv"
    numbers = _segment_numbers(path)
    ratings: defaultdict[tuple[str, str], list[tuple[Mark, ...]]] = defaultdict(list)
    for item in mqm.read_judgements(path):
        if isinstance(item, Judgement):
            ratings[item.system, numbers[item.document, item.segment]].append(item.marks)
    published = dict(_averages(TED / "mqm_ted_ende.avg_seg_scores.tsv"))
    both = published.keys() & ratings.keys()
    equal = sum(abs(segment_score(ratings[key]) - published[key]) < 1e-9 for key in both)
    return report("MQM, TED talks", equal, len(both), time.perf_counter() - started)


def _segment_numbers(path: Path) -> dict[tuple[str, str], str]:
    """The averages go by a number over all talks, which the rows give beside that within the talk."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").split("\n")[1:-1])
    return {(document, within): overall for _, document, within, overall, *_ in rows}


def _averages(path: Path) -> Iterator[tuple[tuple[str, str], float]]:
    for line in path.read_text(encoding="utf-8").split("\n")[1:-1]:
        system, score, segment = line.split()
        if score != "None":
            yield (system, segment), float(score)


def wmt23(places: Sequence[Place]) -> bool:
    started = time.perf_counter()
    published = scores(WMT23 / "human" / "mqm.seg.score", places)
    rated = spans.read_judgements(WMT23 / "human" / "mqm.merged.seg.rating", places)
    ours = {_key(one): rating_score(one.marks) for one in rated}
    equal = sum(ours.get(key) == score for key, score in published.items())
    return report("MQM, WMT23", equal, len(published), time.perf_counter() - started, "to the last digit")


# --- files ----------------------------------------------------------------------------------------------


def round_trips() -> bool:
    started = time.perf_counter()
    files = sorted(WMT23.rglob("*.seg.score"))
    equal = 0
    for path in files:
        stream = io.BytesIO()
        segscore.write_values(stream, ((value.system, value.text) for value in segscore.read_values(path)))
        equal += stream.getvalue() == path.read_bytes()
    return report(".seg.score files, byte by byte", equal, len(files), time.perf_counter() - started)


def esa_forms(places: Sequence[Place]) -> bool:
    started = time.perf_counter()
    sizes: defaultdict[str, int] = defaultdict(int)
    for place in places:
        sizes[place.document] += 1
    published = scores(CAMPAIGN / "ESA-1.seg.score", places)
    items = appraise.read_judgements(CAMPAIGN / "ESA-1.appraise.csv")
    judgements = [item for item in items if isinstance(item, Judgement)]
    whole = [one for one in judgements if one.of == sizes[one.document]]
    equal = sum(published[_key(one)] == one.value for one in whole)
    remark = f"of {len(judgements):,}; the others' documents were shown in part"
    return report("ESA forms of whole documents", equal, len(whole), time.perf_counter() - started, remark)


# --- metrics --------------------------------------------------------------------------------------------


def worst_tenth(places: Sequence[Place]) -> None:
    first, second = (engines(scores(CAMPAIGN / f"ESA-{number}.seg.score", places)) for number in (1, 2))
    human = {key: (first[key] + second[key]) / 2 for key in first}
    print(f"\nworst tenth by ESA (mean of two annotators, {len(human):,} texts)\n{'':26}{'AUC':>8}")
    for name, values in metrics(places):
        print(f"{name:26}{_rounded(worst_auc(list(human.values()), [values[key] for key in human]))}")
    agreement = worst_auc(list(first.values()), [second[key] for key in first])
    print(f"{'ESA-2 for ESA-1':26}{_rounded(agreement)}")


def against_mqm(places: Sequence[Place]) -> None:
    human = engines(scores(WMT23 / "human" / "mqm.seg.score", places))
    print(f"\nagainst MQM ({len(human):,} texts)\n{'':26}{'Pearson':>8}{'tau-b':>8}{'acc':>8}{'epsilon':>9}{'s':>6}")
    for name, values in metrics(places):
        started = time.perf_counter()
        groups: defaultdict[Place, list[tuple[float, float]]] = defaultdict(list)
        for key, score in human.items():
            groups[key[1]].append((score, values[key]))
        pairs = list(human.values()), [values[key] for key in human]
        linear, ranked, accuracy = pearson(*pairs), kendall_tau_b(*pairs), pairwise_accuracy(groups.values())
        seconds = time.perf_counter() - started
        if accuracy is not None:
            ties = f"{_rounded(accuracy.accuracy)}{accuracy.epsilon:9.4f}"
            print(f"{name:26}{_rounded(linear)}{_rounded(ranked)}{ties}{seconds:6.2f}")


def metrics(places: Sequence[Place]) -> Iterator[tuple[str, Scores]]:
    for path in sorted((WMT23 / "metric-scores").glob("*.seg.score")):
        yield path.name.removesuffix(".seg.score"), scores(path, places)


def scores(path: Path, places: Sequence[Place]) -> Scores:
    read = segscore.read_judgements(path, places)
    return {_key(one): one.value for one in read if one.value is not None}


def engines(values: Scores) -> Scores:
    return {key: value for key, value in values.items() if key[0] not in NO_ENGINE}


def _key(one: Judgement) -> Key:
    return one.system, Place(one.document, one.segment)


def _rounded(value: float | None) -> str:
    return f"{'–':>8}" if value is None else f"{value:8.3f}"


if __name__ == "__main__":
    sys.exit(main())

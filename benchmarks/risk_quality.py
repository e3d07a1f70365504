"""How well the risk model finds the worst texts: against what people said of WMT23 English-German, 557 paragraphs.

The features are the product's own, computed by its own functions; only those that know no language are used (the
differences from the other engines), as the checks and words of law read German. An order is measured by the area under
the ROC curve for the worst tenth by human score (ties included; 0.5 is chance), and by the share of these in its first
fifth. Intervals: 95 %, bootstrap over documents. Beside it, on the same texts:

- consensus, one feature alone, and what the risk gains over it (paired);
- the length against the source alone, which is what is left with one engine;
- the features by their shares of this very queue, in place of the frozen ones;
- CometKiwi as published, a neural metric: a scale, and what both find together;
- the worst texts found in a fifth of the *words*, in the order of risk and of risk for each word.

An order below its floor ends the run with exit code 1. `pairs` measures what two engines give, for which no ranking is
claimed: means over all pairs. `table` prints the points for reviews/routing/weights.toml, from WMT22 and WMT23
German-English; no human score is read for it.

    python -m benchmarks.risk_quality [quality|pairs|table] [--draws 400]
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import combinations, groupby
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks.human_scores import CAMPAIGN, DATA, WMT23, Scores, scores
from reviews.importing.scorefiles.places import Place, read_places
from reviews.metrics.consensus import MIN_ENGINES, Consensus, agreement
from reviews.metrics.length_ratio import LengthRatio
from reviews.metrics.registry import metric
from reviews.routing.risk import (
    Estimate,
    Features,
    engine_difference,
    odd_length,
    per_word,
    segment_risk,
    usual_log_ratio,
)
from reviews.routing.risk_engines import EngineFeatures, Profiles, engine_features, neighbouring
from reviews.routing.risk_weights import WEIGHTS

WORST, FIRST = 0.1, 0.2
SEED = 23
STRONG: Final = ("GPT4-5shot", "ONLINE-A", "ONLINE-B", "ONLINE-G", "ONLINE-M", "ONLINE-W", "ONLINE-Y")
QUANTILES: Final = (0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
FEATURES: Final = tuple(entry.name for entry in fields(WEIGHTS.engines))

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Floor:
    """What the order by risk has to reach; the floors are the issue's."""

    area: float
    found: float


FLOORS: Final[Mapping[str, Floor]] = {
    "ESA, all systems": Floor(0.86, 0.71),
    "ESA, news": Floor(0.90, 0.80),
    "ESA, seven strong": Floor(0.66, 0.33),
    "DA+SQM, all systems": Floor(0.81, 0.62),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.risk_quality",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="?", choices=["quality", "pairs", "table"], default="quality")
    parser.add_argument("--draws", type=int, default=400, help="of the bootstrap")
    options = parser.parse_args(arguments)
    if options.what == "table":
        print_table()
        return 0
    if options.what == "pairs":
        print_pairs()
        return 0
    return print_quality(options.draws)


# --- texts and features ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """One engine's text for one line, with what the product knows of it."""

    system: str
    place: Place
    domain: str
    source: str
    target: str
    engines: EngineFeatures
    odd_length: float | None


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def features(
    by_system: Mapping[str, Sequence[str]], documents: Sequence[str]
) -> Iterator[tuple[str, list[EngineFeatures]]]:
    """Each engine's texts, line by line, as the product sees them beside the other engines'."""
    profiles = Profiles()
    for system, own in by_system.items():
        others = list(zip(*(texts for name, texts in by_system.items() if name != system), strict=True))
        agreed = _agreed(own, others)
        beside: list[float | None] = []
        for _, numbers in groupby(range(len(own)), key=lambda line: documents[line]):
            beside += neighbouring([agreed[line] for line in numbers])
        yield (
            system,
            [
                engine_features(profiles[text], [profiles[o] for o in other], consensus=value, neighbours=near)
                for text, other, value, near in zip(own, others, agreed, beside, strict=True)
            ],
        )


def _agreed(own: Sequence[str], others: Sequence[Sequence[str]]) -> list[float]:
    """Consensus, and of two engines what it is made of."""
    if len(others[0]) + 1 < MIN_ENGINES:
        return agreement([(text, other) for text, (other,) in zip(own, others, strict=True)])
    values = [score.value for score in Consensus().scores(own, others)]
    return [value for value in values if value is not None]


def wmt23_texts(systems: Sequence[str] | None = None) -> list[Text]:
    """The texts of these engines (None: all) as if there were no others."""
    places = read_places(WMT23 / "docs.txt")
    domains = [line.split("\t")[0] for line in lines(WMT23 / "docs.txt")]
    sources = lines(WMT23 / "source.en")
    names = systems or sorted(path.stem for path in (WMT23 / "systems").glob("*.de"))
    by_system = {name: lines(WMT23 / "systems" / f"{name}.de") for name in names}
    ratios = {name: _length_ratios(texts, sources) for name, texts in by_system.items()}
    usual = usual_log_ratio([ratio for values in ratios.values() for ratio in values])
    return [
        Text(system, place, domain, source, target, beside, odd_length(source, ratio, usual))
        for system, found in features(by_system, [place.document for place in places])
        for place, domain, source, target, beside, ratio in zip(
            places, domains, sources, by_system[system], found, ratios[system], strict=True
        )
    ]


def _length_ratios(targets: Sequence[str], sources: Sequence[str]) -> list[float]:
    found = metric(LengthRatio.id)
    assert isinstance(found, LengthRatio)
    return [score.value or 0.0 for score in found.scores(targets, sources, None)]


# --- orders -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Queue:
    """Texts with a human score, in one queue; `worst` marks those that should come first."""

    texts: Sequence[Text]
    worst: Truths

    @classmethod
    def of(cls, texts: Sequence[Text], human: Scores) -> Queue:
        judged = [text for text in texts if (text.system, text.place) in human]
        values = np.array([human[text.system, text.place] for text in judged])
        return cls(judged, values <= np.sort(values)[max(0, round(WORST * len(values)) - 1)])

    def each(self, value: Callable[[Text], float]) -> Floats:
        return np.array([value(text) for text in self.texts])

    def documents(self) -> npt.NDArray[np.int64]:
        numbers = {name: i for i, name in enumerate(sorted({text.place.document for text in self.texts}))}
        return np.array([numbers[text.place.document] for text in self.texts])


def risk(text: Text, *estimates: Estimate) -> float:
    return segment_risk(Features(kind="body", engines=text.engines, length=text.odd_length, estimates=estimates)).score


def consensus(text: Text) -> float:
    return text.engines.consensus


def length(text: Text) -> float:
    """An empty text has no length against its source; nothing is odder."""
    return float("inf") if text.odd_length is None else abs(text.odd_length)


def by_own_shares(queue: Queue) -> Floats:
    """The same weights on the shares of this queue."""
    total = np.zeros(len(queue.texts))
    for name in FEATURES:
        values = queue.each(lambda text, name=name: getattr(text.engines, name))
        total += getattr(WEIGHTS.engines, name).weight * shares(values, np.sort(values))
    return total


def with_estimates(queue: Queue, published: Scores) -> Floats:
    """The risk where a score file says what CometKiwi thinks."""
    values = queue.each(lambda text: -published[text.system, text.place])
    better = shares(values, np.sort(values))
    return np.array([risk(text, Estimate("CometKiwi", float(b))) for text, b in zip(queue.texts, better, strict=True)])


def shares(values: Floats, known: Floats) -> Floats:
    """For each value the share of the sorted `known` ones that are less, ties counting half."""
    found: Floats = (np.searchsorted(known, values, "left") + np.searchsorted(known, values, "right")) / 2 / len(known)
    return found


# --- how good an order is ---------------------------------------------------------------------------------


def area(worst: Truths, order: Floats) -> float:
    """The probability that a text of the worst comes before another one, a tie counting half."""
    others = np.sort(order[~worst])
    return float(shares(order[worst], others).mean())


def found_first(worst: Truths, order: Floats) -> float:
    """The share of the worst in the first fifth of the texts."""
    first = np.argsort(-order, kind="stable")[: round(FIRST * len(order))]
    return float(worst[first].sum() / worst.sum())


def found_in_words(worst: Truths, order: Floats, words: Floats) -> float:
    """The share of the worst among the texts that are read in full with time for a fifth of the words."""
    by_order = np.argsort(-order, kind="stable")
    read = by_order[np.cumsum(words[by_order]) <= FIRST * words.sum()]
    return float(worst[read].sum() / worst.sum())


def bootstrap(queue: Queue, order: Floats, base: Floats, draws: int) -> tuple[Floats, Floats, Floats]:
    """Of each draw of documents the area, the share found, and the gain in area over another order."""
    random = np.random.default_rng(SEED)
    documents = queue.documents()
    rows = [np.flatnonzero(documents == number) for number in range(documents.max() + 1)]
    areas, shares_found, gains = [], [], []
    while len(areas) < draws:
        drawn = np.concatenate([rows[number] for number in random.integers(0, len(rows), len(rows))])
        worst = queue.worst[drawn]
        if 0 < worst.sum() < len(worst):
            areas.append(area(worst, order[drawn]))
            shares_found.append(found_first(worst, order[drawn]))
            gains.append(areas[-1] - area(worst, base[drawn]))
    return np.array(areas), np.array(shares_found), np.array(gains)


# --- what is printed ----------------------------------------------------------------------------------------


def human_scores() -> dict[str, Scores]:
    places = read_places(WMT23 / "docs.txt")
    first, second = (scores(CAMPAIGN / f"ESA-{number}.seg.score", places) for number in (1, 2))
    esa = {key: (first[key] + second[key]) / 2 for key in first}
    return {"ESA": esa, "DA+SQM": scores(WMT23 / "human" / "da-sqm.seg.score", places)}


def queues() -> dict[str, Queue]:
    """The queues that are measured: those with a floor and two more."""
    esa, da = human_scores().values()
    everything, strong = wmt23_texts(), wmt23_texts(STRONG)
    news = [text for text in everything if text.domain == "news"]
    return {
        "ESA, all systems": Queue.of(everything, esa),
        "ESA, news": Queue.of(news, esa),
        "ESA, seven strong": Queue.of(strong, esa),
        "DA+SQM, all systems": Queue.of(everything, da),
        "DA+SQM, news": Queue.of(news, da),
        "DA+SQM, seven strong": Queue.of(strong, da),
    }


def below_floor(name: str, queue: Queue) -> bool:
    """Whether the order by risk misses the floor of its queue."""
    order, floor = queue.each(risk), FLOORS.get(name)
    return floor is not None and (
        area(queue.worst, order) < floor.area or found_first(queue.worst, order) < floor.found
    )


def print_quality(draws: int) -> int:
    published = scores(WMT23 / "metric-scores" / "CometKiwi-src.seg.score", read_places(WMT23 / "docs.txt"))
    failed = 0
    for name, queue in queues().items():
        base = queue.each(consensus)
        orders = {
            "risk (engines)": queue.each(risk),
            "shares of this queue": by_own_shares(queue),
            "consensus alone": base,
            "length ratio alone": queue.each(length),
            "CometKiwi": queue.each(lambda text: -published[text.system, text.place]),
            "risk and CometKiwi": with_estimates(queue, published),
        }
        documents = queue.documents().max() + 1
        print(f"\n{name}: {len(queue.texts):,} texts, {queue.worst.sum()} worst, {documents} documents")
        print(f"  {'':22}{'area':>6}{'95 %':>16}{'found':>8}{'95 %':>14}   against consensus")
        for label, order in orders.items():
            areas, found, gains = bootstrap(queue, order, base, draws)
            gain = "" if order is base else f"{gains.mean():+.3f} {_interval(gains, '+.3f')}"
            print(
                f"  {label:22}{area(queue.worst, order):6.3f}{_interval(areas, '.3f'):>16}"
                f"{found_first(queue.worst, order):8.2f}{_interval(found, '.2f'):>14}   {gain}"
            )
        print_words(queue)
        if below_floor(name, queue):
            print(f"  BELOW THE FLOOR of {FLOORS[name].area} and {FLOORS[name].found}")
            failed = 1
    return failed


def print_words(queue: Queue) -> None:
    words = queue.each(lambda text: len(text.target.split()))
    orders = {
        "risk": queue.each(risk),
        "risk for each word": queue.each(lambda text: per_word(risk(text), text.target)),
        "shortest first": -words,
    }
    found = ", ".join(f"{label} {found_in_words(queue.worst, order, words):.2f}" for label, order in orders.items())
    print(f"  found in a fifth of the words: {found}")


def print_pairs() -> None:
    """Two engines at a time; each pair is a queue of its own."""
    found: defaultdict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    human = human_scores()
    engines = sorted(path.stem for path in (WMT23 / "systems").glob("*.de"))
    for pair in combinations(engines, 2):
        texts = wmt23_texts(pair)
        for campaign, judged in human.items():
            queue = Queue.of(texts, judged)
            for label, value in {"risk": risk, "differences": _difference, "length ratio": length}.items():
                order = queue.each(value)
                found[campaign, label].append((area(queue.worst, order), found_first(queue.worst, order)))
    print(f"two engines at a time, means over {len(found['ESA', 'risk'])} pairs: area and share found")
    for (campaign, label), values in found.items():
        areas, shares_found = zip(*values, strict=True)
        low, high = np.quantile(areas, [0.1, 0.9])
        means = f"{np.mean(areas):6.3f}{np.mean(shares_found):6.2f}"
        spread = f"area of a tenth of the pairs below {low:.2f}, of a tenth above {high:.2f}"
        print(f"  {campaign:7} {label:13}{means}; {spread}")


def _difference(text: Text) -> float:
    return engine_difference(text.engines)


def _interval(values: Floats, form: str) -> str:
    low, high = np.quantile(values, [0.025, 0.975])
    return f"[{low:{form}},{high:{form}}]"


# --- the frozen shares ----------------------------------------------------------------------------------


def frozen_points() -> dict[str, list[list[float]]]:
    """By feature the quantiles of both sets together, and the share of texts that have less."""
    found = [beside for texts in (_wmt22_features(), _wmt23_de_en_features()) for beside in texts]
    return {name: _points(np.sort([getattr(beside, name) for beside in found])) for name in FEATURES}


def _wmt22_features() -> Iterator[EngineFeatures]:
    folder = DATA / "wmt22-de-en"
    yield from _all_features(folder, [line.split("\t")[1] for line in lines(folder / "docs.tsv")[1:]])


def _wmt23_de_en_features() -> Iterator[EngineFeatures]:
    """Which lines are one document is not known here: all are taken for one."""
    folder = DATA / "wmt23-de-en"
    yield from _all_features(folder, [""] * len(lines(folder / "source.de")))


def _all_features(folder: Path, documents: Sequence[str]) -> Iterator[EngineFeatures]:
    by_system = {path.stem: lines(path) for path in sorted((folder / "systems").glob("*.en"))}
    for _, found in features(by_system, documents):
        yield from found


def _points(values: Floats) -> list[list[float]]:
    points: list[list[float]] = []
    for value in np.quantile(values, QUANTILES):
        if not points or value > points[-1][0]:
            points.append([float(value), float(shares(np.array([value]), values)[0])])
    return [[round(value, 3), round(share, 3)] for value, share in points]


def print_table() -> None:
    for name, points in frozen_points().items():
        print(f"[engines.{name}]\nweight = {getattr(WEIGHTS.engines, name).weight}\npoints = {points}\n")


if __name__ == "__main__":
    sys.exit(main())

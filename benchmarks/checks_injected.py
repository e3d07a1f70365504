"""The checks on news segments with errors put into human translations: recall against false alarms.

The references of WMT21 and WMT22 de-en news are taken for right, as far as people are; one error at a time is put into
each that has room for it, at a seeded place. An error counts as found when the damaged pair has a finding that the
sound one had not.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reviews.checks.article import check_text
from reviews.values import SEVERITIES, CodedText, FindingValue, SegmentText, Severity

#: An error made in a translation of this source, or None where the pair has no room for it.
Injection = Callable[[str, str, random.Random], str | None]
Findings = list[tuple[str, FindingValue]]


def news(data: Path) -> list[tuple[str, str]]:
    """Source and reference A of the news segments of WMT22 and WMT21 de-en. Raises OSError."""
    domains = [row.split("\t")[2] for row in _lines(data / "wmt22-de-en" / "docs.tsv")[1:]]
    pairs = _pairs(data / "wmt22-de-en")
    return [pair for pair, domain in zip(pairs, domains, strict=True) if domain == "news"] + _pairs(
        data / "wmt21-de-en"
    )


def _pairs(folder: Path) -> list[tuple[str, str]]:
    return list(zip(_lines(folder / "source.de"), _lines(folder / "ref.A.en"), strict=True))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


# --- the errors ----------------------------------------------------------------------------------

_NEGATION = re.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should)(?P<not> not\b|n't\b)"
)
_NO = re.compile(r"\b(?P<no>no|never|without)\b ", re.IGNORECASE)
_GERMAN_NEGATION = re.compile(r"\b(?:nicht|kein\w*|nie|niemals|ohne|weder|kaum)\b", re.IGNORECASE)
_MAGNITUDE = re.compile(r"\b(million|billion)\b")


def digit_changed(source: str, target: str, rng: random.Random) -> str | None:
    """One digit becomes another, in a translation whose source has digits too."""
    places = [match.start() for match in re.finditer(r"[0-9]", target)]
    if not places or not re.search(r"[0-9]", source):
        return None
    at = rng.choice(places)
    others = [d for d in "0123456789" if d != target[at] and not (d == "0" and not target[at - 1 : at].isdigit())]
    return target[:at] + rng.choice(others) + target[at + 1 :]


def magnitude_changed(source: str, target: str, rng: random.Random) -> str | None:
    places = list(_MAGNITUDE.finditer(target))
    if not places:
        return None
    match = rng.choice(places)
    return target[: match.start()] + ("billion" if match[1] == "million" else "million") + target[match.end() :]


def negation_dropped(source: str, target: str, rng: random.Random) -> str | None:
    """The only negation of the translation goes, where the source has one."""
    if not _GERMAN_NEGATION.search(source):
        return None
    places = [m.span("not") for m in _NEGATION.finditer(target)] + [m.span("no") for m in _NO.finditer(target)]
    if len(places) != 1:
        return None
    start, end = places[0]
    return (target[:start] + target[end:].removeprefix(" ")) if target[start] != " " else target[:start] + target[end:]


def cut_short(source: str, target: str, rng: random.Random) -> str | None:
    """The first 60 % of the words stay."""
    words = target.split()
    return " ".join(words[: round(0.6 * len(words))]) if len(words) >= 8 else None


def looped(source: str, target: str, rng: random.Random) -> str | None:
    """Three words are said four times over."""
    words = target.split()
    if len(words) < 6:
        return None
    at = rng.randrange(len(words) - 3)
    return " ".join([*words[:at], *words[at : at + 3] * 4, *words[at + 3 :]])


def copied(source: str, target: str, rng: random.Random) -> str | None:
    return source if source != target else None


def half_german(source: str, target: str, rng: random.Random) -> str | None:
    """The second half is German."""
    german, english = source.split(), target.split()
    if len(german) < 8:
        return None
    return " ".join([*english[: len(english) // 2], *german[len(german) // 2 :]])


INJECTIONS: dict[str, Injection] = {
    "digit changed": digit_changed,
    "million and billion": magnitude_changed,
    "negation dropped": negation_dropped,
    "cut to 60 %": cut_short,
    "loop": looped,
    "source copied": copied,
    "second half German": half_german,
}


# --- measuring -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Report:
    """Findings on sound references and on damaged ones; the counts of errors go by their name."""

    segments: int
    alarms: list[tuple[str, str, Findings]] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    found_by: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    missed: defaultdict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def recall(self, name: str) -> float:
        return self.found[name] / self.injected[name]

    def alarm_share(self, *severities: Severity, check: str | None = None) -> float:
        """The share of sound references with a finding of these severities (of this check)."""
        hit = sum(
            any(f.severity in severities and check in (None, id_) for id_, f in findings)
            for _, _, findings in self.alarms
        )
        return hit / self.segments

    def checks(self) -> list[str]:
        return sorted({id_ for _, _, findings in self.alarms for id_, _ in findings})


def measure(pairs: Sequence[tuple[str, str]], seeds: Sequence[int]) -> Report:
    report = Report(len(pairs))
    sound = [findings_of(source, target) for source, target in pairs]
    report.alarms = [(*pair, findings) for pair, findings in zip(pairs, sound, strict=True) if findings]
    for seed in seeds:
        for (source, target), before in zip(pairs, sound, strict=True):
            for name, damaged in injections(source, target, seed):
                _count(report, name, source, damaged, before)
    return report


def injections(source: str, target: str, seed: int) -> Iterator[tuple[str, str]]:
    """The damaged versions of a translation; the same for the same seed, whatever other pairs there are."""
    for name, inject in INJECTIONS.items():
        damaged = inject(source, target, random.Random(f"{seed} {name} {source}"))
        if damaged is not None and damaged != target:
            yield name, damaged


def _count(report: Report, name: str, source: str, damaged: str, before: Findings) -> None:
    known = {(check, finding.message, finding.severity) for check, finding in before}
    new = {c for c, f in findings_of(source, damaged) if (c, f.message, f.severity) not in known}
    report.injected[name] += 1
    report.found_by[name].update(new)
    if new:
        report.found[name] += 1
    else:
        report.missed[name].append((source, damaged))


def findings_of(source: str, target: str) -> Findings:
    text = SegmentText(CodedText(source), CodedText(target), "de", "en")
    return [(result.check.id, finding) for result in check_text([text], 0) for finding in result.findings]


def print_report(report: Report, *, alarms: int = 0, missed: int = 5) -> None:
    print(f"\n{report.segments} news segments with human references")
    print("| error | put in | found | by |\n|---|---|---|---|")
    for name in INJECTIONS:
        by = ", ".join(f"{check} {n}" for check, n in report.found_by[name].most_common(4))
        print(f"| {name} | {report.injected[name]} | {report.recall(name):.1%} | {by} |")
    print("\n| findings on the references | critical | critical and major | any |\n|---|---|---|---|")
    for check in [*report.checks(), None]:
        shares = [report.alarm_share(*SEVERITIES[:n], check=check) for n in (1, 2, 3)]
        print(f"| {check or 'all checks'} | " + " | ".join(f"{share:.2%}" for share in shares) + " |")
    for name, pairs in report.missed.items():
        for source, damaged in pairs[:missed]:
            print(f"missed {name}:\n  {source}\n  {damaged}")
    chosen = random.Random(0).sample(report.alarms, min(alarms, len(report.alarms)))
    for source, target, findings in chosen:
        print(f"alarm:\n  {source}\n  {target}")
        for check, finding in findings:
            print(f"  {finding.severity} {check}: {finding.message}")

from __future__ import annotations

import pytest

from reviews.checks.names_copied import NamesCopied
from tests.checks.texts import human_pairs, only_finding, pair, share_with_findings

CHECK = NamesCopied()


@pytest.mark.parametrize(
    ("source", "target", "severity", "in_source", "in_target"),
    [
        (
            "Mehr auf www.beispiel.de/hilfe.",
            "More at www.beispeil.de/hilfe.",
            "major",
            ("www.beispiel.de/hilfe",),
            ("www.beispeil.de/hilfe",),
        ),
        ("Schreiben Sie an info@amt.de.", "Write to us.", "major", ("info@amt.de",), ()),
        ("Die Karte RTX4090 ist knapp.", "The RTX4080 card is scarce.", "major", ("RTX4090",), ("RTX4080",)),
        ("Öffnen Sie setup.exe nicht.", "Do not open setup.exa.", "major", ("setup.exe",), ()),
    ],
)
def test_it_finds_and_marks(source, target, severity, in_source, in_target):
    assert only_finding(CHECK, source, target) == (severity, in_source, in_target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Mehr auf www.beispiel.de.", "More at www.beispiel.de!"),
        ("Die 5G-Antenne und WPA2 fehlen.", "The 5G antenna and WPA2 are missing."),
        ("Der US-Konzern baut E-Autos.", "The US company builds electric cars."),
        ("CVE-2026-10417", "CVE-2026-10471"),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize(("folder", "reference"), [("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt22-de-en", "B")])
def test_human_translations_seldom_give_an_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) <= 0.005

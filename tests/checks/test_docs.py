from __future__ import annotations

from pathlib import Path

from reviews.checks.docs import checks_page
from reviews.checks.registry import CHECKS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "checks.md"


def test_the_page_is_what_the_registry_says():
    assert PAGE.read_text("utf-8") == checks_page(), "run: python -m reviews.checks.docs > docs/checks.md"


def test_the_page_names_and_describes_every_check():
    page = checks_page()
    for check in CHECKS:
        assert f"`{check.id}`, version {check.version}" in page
        assert check.description in page


def test_every_example_is_one_row_of_three_cells():
    rows = [line for line in checks_page().splitlines() if line.endswith(("| yes |", "| no |"))]
    assert len(rows) == sum(len(check.examples) for check in CHECKS)
    assert all(row.replace("\\|", "").count("|") == 4 for row in rows)

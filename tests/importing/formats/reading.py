"""Reading small files in tests."""

from pathlib import Path
from zoneinfo import ZoneInfo

from reviews.importing.formats.base import Notice, ReadError, ReadOptions
from reviews.importing.formats.registry import BY_NAME
from reviews.values import ImportedArticle, ImportedRow, Rejected

SAMPLES = Path(__file__).resolve().parents[3] / "fixtures" / "formats"
BERLIN = ZoneInfo("Europe/Berlin")


def options(**given):
    return ReadOptions(**{"source_lang": "de", "target_lang": "en", "zone": BERLIN, **given})


def read(name, path, **given):
    """Everything a format yields for a path."""
    return list(BY_NAME[name].read(path, options(**given)))


def refusal(name, path, **given):
    """The (line, reason) for which a whole file is refused."""
    try:
        items = read(name, path, **given)
    except ReadError as error:
        return error.line, error.reason
    raise AssertionError(f"{path} was read: {items}")


def rows(items):
    return [item for item in items if isinstance(item, ImportedRow)]


def articles(items):
    return [item for item in items if isinstance(item, ImportedArticle)]


def rejected(items):
    """(line, document, reason) of everything rejected."""
    return [(item.line, item.document, item.reason) for item in items if isinstance(item, Rejected)]


def notices(items):
    return [(item.line, item.message) for item in items if isinstance(item, Notice)]


def pairs(items, system="imported"):
    return [(row.source.text, row.hypotheses[system].text) for row in rows(items)]

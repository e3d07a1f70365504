"""Parallel text of the shared data: one segment a line, no empty lines."""

from tests.shared import shared_path


def lines(relative: str) -> list[str]:
    return shared_path(relative).read_text(encoding="utf-8").split("\n")[:-1]


def wmt22(name: str) -> list[str]:
    """A text of the WMT22 German-English test set, such as `ref.A` or `systems/Online-B`: 1984 segments."""
    return lines(f"data/wmt22-de-en/{name}.en")

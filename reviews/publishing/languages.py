"""Languages by their English names, for sentences."""

from __future__ import annotations

from django.utils.translation import get_language_info


def language_name(code: str) -> str:
    """The English name of a language code (`de`, `de-AT`): "German"; the code itself where none is known."""
    try:
        return str(get_language_info(code.lower())["name"])
    except KeyError:
        return code

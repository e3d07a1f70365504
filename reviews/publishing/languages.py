"""Languages by their English names, for sentences."""

from __future__ import annotations

from django.utils.translation import get_language_info


def language_name(code: str) -> str:
    """The English name of a language code (`de`, `de-AT`): "German"; the code itself where none is known."""
    return _named(code, "name")


def name_on_page(code: str) -> str:
    """The same in the language of the page."""
    return _named(code, "name_translated")


def _named(code: str, form: str) -> str:
    try:
        return str(get_language_info(code.lower())[form])
    except KeyError:
        return code

"""What stands under a published article: what was corrected, and how it came about, made of what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from string import Formatter

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from reviews.models import Project, System
from reviews.models.publication import NoteKind

from .languages import language_name, name_on_page
from .standing import StandingRun

#: What a project's own line may ask for, and what stands there.
PLACEHOLDERS = ("source_language", "target_language", "engines", "assistance")

#: The standard line and what stands for `assistance` where an engine's text was the start, by target language. It is
#: printed as true, so it says nothing of assistance where there was none.
_STANDARD = {
    "en": (
        "This article was originally published in {source_language}. "
        "It was translated{assistance} and editorially reviewed before publication.",
        " with technical assistance",
    ),
    "de": (
        "Dieser Artikel ist zuerst auf {source_language} erschienen. "
        "Er wurde{assistance} übersetzt und vor der Veröffentlichung redaktionell geprüft.",
        " mit technischer Unterstützung",
    ),
}

#: What a note to readers begins with, by target language; the English words where there are none.
_NOTES = {
    "en": {NoteKind.CORRECTION: "Correction", NoteKind.UPDATE: "Update"},
    "de": {NoteKind.CORRECTION: "Korrektur", NoteKind.UPDATE: "Aktualisierung"},
}

#: The longest line a publication keeps, in characters.
LONGEST = 1000


class DisclosureError(ValueError):
    """A line of a project's own that cannot be printed; the message says what to change."""


def check_template(template: str) -> None:
    """Raise DisclosureError for a line that asks for what is not known, or cannot be read."""
    try:
        asked = [(name, spec, conversion) for _text, name, spec, conversion in Formatter().parse(template)]
    except ValueError as error:
        raise DisclosureError(_("The braces do not match: %(problem)s. Write { as {{.") % {"problem": error}) from None
    for name, spec, conversion in asked:
        if name is not None and (name not in PLACEHOLDERS or spec or conversion):
            raise DisclosureError(
                _("{%(name)s} is not known. Write one of: %(known)s.")
                % {"name": name, "known": ", ".join(f"{{{known}}}" for known in PLACEHOLDERS)}
            )


def disclosure_line(project: Project, engines: Sequence[str]) -> str:
    """The project's own line, else the standard one of its target language, else the English one.

    Only for articles that went through the gate. `engines` are those whose texts people started from (`engines_of`).
    Raises DisclosureError for a line that cannot be printed.
    """
    language = _language(project.target_lang)
    standard, assistance = _STANDARD.get(language, _STANDARD["en"])
    template = project.disclosure or standard
    check_template(template)
    line = template.format(
        source_language=_named(project.source_lang, language),
        target_language=_named(project.target_lang, language),
        engines=", ".join(engines),
        assistance=assistance if engines else "",
    )
    if len(line) > LONGEST:
        raise DisclosureError(_("The line under the article has more than 1,000 characters. Shorten it."))
    return line


def note_line(kind: str, text: str, at: datetime, target_lang: str) -> str:
    """A note to readers as it is printed: `Correction, 1 December 2026: …`, with the day in the newsroom's zone."""
    language = _language(target_lang)
    words = _NOTES.get(language, _NOTES["en"])
    with override(language if language in _NOTES else "en"):
        day = date_format(timezone.localtime(at), "j. F Y" if language == "de" else "j F Y")
    return f"{words[NoteKind(kind)]}, {day}: {text}"


def _language(code: str) -> str:
    return code.lower().partition("-")[0]


def _named(code: str, language: str) -> str:
    """A language's name in the language of the line."""
    if language == "en" or language not in _STANDARD:
        return language_name(code)
    with override(language):
        return name_on_page(code)


def engines_of(runs: Iterable[StandingRun]) -> list[str]:
    """The engines whose texts stand behind what would be published: people began with them, or took parts of them."""
    found: set[str] = set()
    untouched: set[int] = set()
    for run in runs:
        if run.revision is None:
            untouched.update([run.hypothesis.system_id] if run.hypothesis is not None else [])
            continue
        if run.revision.started_from is not None:
            found.add(run.revision.started_from.system.label)
        found.update(entry["system"] for entry in run.revision.derived_from if "system" in entry)
    if untouched:
        found.update(system.label for system in System.objects.filter(pk__in=untouched))
    return sorted(found)

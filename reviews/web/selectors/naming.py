"""What engines are called where people work on their texts: by name, or in a project that says so by letters."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from hashlib import sha256
from string import ascii_uppercase

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from reviews.models import Document, Hypothesis, System
from reviews.web.veiled import veiled


class EngineNames:
    """The engines of an article as its pages name them.

    Blind, they have letters in an order that is the same for everybody and whenever one looks, and that follows from
    nothing one could know: it is another one in every article. One query then, none otherwise.
    """

    def __init__(self, document: Document) -> None:
        self.blind = document.project.blind_engines
        self._letters: dict[int, str] = {}
        self._named: re.Pattern[str] | None = None
        if self.blind:
            here = Exists(Hypothesis.objects.filter(system=OuterRef("pk"), document=document))
            systems = list(System.objects.filter(project=document.project).annotate(here=here))
            drawn = sorted((row.pk for row in systems if row.here), key=lambda pk: _lot(document.pk, pk))
            self._letters = {pk: _letter(place) for place, pk in enumerate(drawn)}
            self._named = _mentions(systems)

    def of(self, system: System) -> str:
        """Its name and version, or its letter."""
        return _("Engine %(letter)s") % {"letter": self._letters[system.pk]} if self.blind else system.label

    def in_order(self, systems: Iterable[System]) -> list[System]:
        """As they stand in the project, or by their letters."""
        if not self.blind:
            return sorted(systems, key=lambda system: system.position)
        order = {pk: place for place, pk in enumerate(self._letters)}
        return sorted(systems, key=lambda system: order[system.pk])

    def id_of(self, hypothesis: int | None) -> int | None:
        """By what number pages and forms know a text of an engine (`veiled.unveiled` is the way back)."""
        return hypothesis if hypothesis is None or not self.blind else veiled(hypothesis)

    def may_say(self, *texts: str) -> bool:
        """Whether words of people or rules may stand on the page: they name no engine that has a letter there."""
        return self._named is None or not any(self._named.search(text) for text in texts)


def _lot(document: int, system: int) -> bytes:
    """What an engine's place is drawn by: nobody without the installation's secret can tell it."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"engines of an article:{document}:{system}".encode(), sha256)


def _letter(place: int) -> str:
    """A to Z, then AA, AB …"""
    before, last = divmod(place, len(ascii_uppercase))
    return (_letter(before - 1) if before else "") + ascii_uppercase[last]


def _mentions(systems: Iterable[System]) -> re.Pattern[str] | None:
    """What finds the name of one of the engines in a text."""
    names = sorted({re.escape(row.name) for row in systems}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", re.IGNORECASE) if names else None

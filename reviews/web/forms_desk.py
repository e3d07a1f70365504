"""What the desk head's page is narrowed to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.models import Project
from reviews.reports.desk.base import USUAL_PERIOD, Scope
from reviews.web.forms import NOT_LISTED, Day


class DashboardQuery(forms.Form):
    """What the desk head's page is narrowed to: a section and days. Everything may be left out."""

    since = Day(label=gettext_lazy("From"), required=False)
    until = Day(label=gettext_lazy("To"), required=False)

    def __init__(self, data: QueryDict, *, counts: Mapping[str, Mapping[str, int]], today: date) -> None:
        """`counts` are those of the whole project, by section."""
        super().__init__(data, auto_id="%s")
        self._counts = counts
        self._today = today
        # The sign in front tells articles without a section from all articles.
        choices = [(f"={name}", name or _("no section")) for name in sorted(counts)]
        self.fields["section"] = forms.ChoiceField(
            label=gettext_lazy("Section"),
            required=False,
            choices=[("", _("all")), *choices],
            error_messages=NOT_LISTED,
        )
        self.order_fields(["section", "since", "until"])

    def clean(self) -> dict[str, Any]:
        """Days that are left out are the last four weeks, or those up to, or from, the day that is named."""
        found = super().clean() or {}
        until = found.get("until") or max(self._today, found.get("since") or self._today)
        since = found.get("since") or until - USUAL_PERIOD + timedelta(days=1)
        if since > until:
            self.add_error("since", _("The first day is after the last one."))
        return {**found, "since": since, "until": until}

    def scope(self, project: Project, now: datetime) -> Scope:
        """What is asked for; of a question with mistakes, what can be read."""
        found = self.cleaned_data
        section = found["section"][1:] if found.get("section") else None
        until = found.get("until") or self._today
        since = min(found.get("since") or until, until)
        counts = self._counts if section is None else {section: self._counts[section]}
        return Scope(project, section, since, until, now, counts)

    @property
    def query(self) -> str:
        """All of it as the query of an address."""
        return urlencode({name: value for name in self.fields if (value := self.data.get(name))})

"""Which work and which articles the page "My work" is to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.models import DocumentState, Project, Step
from reviews.web.selectors.work import WorkFilter

DUE = [
    ("overdue", _("Overdue")),
    ("today", _("Until tonight")),
    ("day", _("Within 24 hours")),
    ("week", _("Within 7 days")),
    ("none", _("Without a deadline")),
]
CHANGED = [
    ("source", _("Original changed")),
    ("engine", _("Translated again by an MT engine")),
    ("news", _("Changed since I was there")),
]
NEEDS = [
    ("waiting", _("Not approved yet")),
    ("critical", _("Open critical findings")),
    ("outdated", _("Published, original changed")),
]
WHOSE = [("mine", _("Mine")), ("open", _("Nobody’s"))]
STEPS = [(step.value, step.label) for step in Step]


class WorkQuery(forms.Form):
    """Filters of work and articles; what cannot be read filters nothing."""

    project = forms.SlugField(required=False)
    section = forms.CharField(required=False, max_length=120)
    step = forms.ChoiceField(required=False, choices=STEPS)
    due = forms.ChoiceField(required=False, choices=DUE)
    changed = forms.ChoiceField(required=False, choices=CHANGED)
    needs = forms.ChoiceField(required=False, choices=NEEDS)
    whose = forms.ChoiceField(required=False, choices=WHOSE)
    state = forms.ChoiceField(required=False, choices=DocumentState.choices)
    q = forms.CharField(required=False, max_length=200, strip=True)
    page = forms.IntegerField(required=False, min_value=1)

    #: What narrows work and articles alike; state and words are about articles only.
    FILTERS = ("project", "section", "step", "due", "changed", "needs", "whose")

    def __init__(self, *args: Any, projects: Sequence[Project], **options: Any) -> None:
        super().__init__(*args, **options)
        self._projects = {project.slug: project.pk for project in projects}
        self.is_valid()

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, by field; "" for nothing."""
        found = {name: self.cleaned_data.get(name) or "" for name in (*self.FILTERS, "state", "q")}
        return found | {"project": found["project"] if found["project"] in self._projects else ""}

    @property
    def page_number(self) -> int:
        return self.cleaned_data.get("page") or 1

    @property
    def filter(self) -> WorkFilter:
        asked = self.asked
        return WorkFilter(
            project=self._projects.get(asked["project"]), **{name: asked[name] for name in self.FILTERS[1:]}
        )

    @property
    def address(self) -> str:
        """All of it as the query of an address, but for the page."""
        return urlencode({name: value for name, value in self.asked.items() if value})

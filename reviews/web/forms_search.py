"""What a search asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.models import SegmentState
from reviews.models.document import KIND_CHOICES

#: Longer than anything people type; a longer one is told so.
LONGEST_SEARCH = 500

STATES = [(state.value, state.label) for state in SegmentState if state != SegmentState.RETIRED]


class SearchQuery(forms.Form):
    """Words to look for, on which side, and which texts to look at. A filter that is none is left out."""

    q = forms.CharField(
        required=False,
        max_length=LONGEST_SEARCH,
        strip=True,
        error_messages={
            "max_length": _("This search has %(show_value)s characters; it may have %(limit_value)s."),
            "null_characters_not_allowed": _("This search holds a character nobody can type. Type the words instead."),
        },
    )
    side = forms.ChoiceField(required=False, choices=[("both", ""), ("source", ""), ("target", "")])
    state = forms.ChoiceField(required=False, choices=STATES)
    kind = forms.ChoiceField(required=False, choices=KIND_CHOICES)
    section = forms.CharField(required=False, max_length=120)
    before = forms.IntegerField(required=False, min_value=1)

    def __init__(self, *args: Any, languages: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        source, target = languages
        self.sides = [
            ("both", _("%(source)s or %(target)s") % {"source": source, "target": target}),
            ("source", _("%(language)s only") % {"language": source}),
            ("target", _("%(language)s only") % {"language": target}),
        ]

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked for, without what could not be read."""
        self.is_valid()
        found = {name: self.cleaned_data.get(name) or "" for name in ("q", "state", "kind", "section")}
        return {**found, "side": self.cleaned_data.get("side") or "both", "before": self.cleaned_data.get("before")}

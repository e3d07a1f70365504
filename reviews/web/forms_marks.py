"""What a page of marks sends: one mark, one taken back, one text judged."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from reviews.editing.marking import BEST, SEVERITIES
from reviews.importing.scorefiles.base import LONGEST_COMMENT, Mark
from reviews.metrics.mqm import CATEGORIES
from reviews.models.annotations import MARK_SIDES

from .forms import EngineTextId


class _TextForm(forms.Form):
    """Something about one engine's text; `base` is the number of the rating the page showed."""

    text = EngineTextId()
    base = forms.IntegerField(min_value=0)


class MarkForm(_TextForm):
    """An error: where it stands in code points of its side, what kind it is, how grave."""

    side = forms.ChoiceField(choices=[(side, side) for side in MARK_SIDES])
    start = forms.IntegerField(min_value=0)
    end = forms.IntegerField(min_value=0)
    category = forms.ChoiceField(required=False, choices=[(each.id, each.id) for each in CATEGORIES])
    severity = forms.ChoiceField(required=False, choices=[(each, each) for each in SEVERITIES["mqm"]])
    comment = forms.CharField(required=False, max_length=LONGEST_COMMENT)

    def mark(self) -> Mark:
        data = self.cleaned_data
        span = data["start"], data["end"]
        return Mark(data["side"], span, data["category"], data["severity"], data["comment"])


class UnmarkForm(_TextForm):
    """A mark by its place among those the page showed."""

    ordinal = forms.IntegerField(min_value=0)


class RateForm(_TextForm):
    """The text is judged, by a number where the project asks for one."""

    value = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=BEST,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            gettext_lazy("Give a whole number from 0 to %(best)s.") % {"best": BEST},
        ),
    )

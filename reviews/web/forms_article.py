"""What the addresses of an article and of its parts may ask for."""

from __future__ import annotations

from django import forms
from django.db.models import BigIntegerField

from .forms import ArticleQuery
from .selectors.walking import AIMS

MOST = BigIntegerField.MAX_BIGINT


class PageQuery(ArticleQuery):
    """Besides, a text the page is to be at, and whether the gate of a long article is to be asked at once."""

    at = forms.IntegerField(required=False, min_value=1, max_value=MOST)
    gate = forms.BooleanField(required=False)


class WindowQuery(forms.Form):
    """The part of an article that stands between two ranks, both included."""

    first = forms.IntegerField(min_value=0, max_value=MOST)
    last = forms.IntegerField(min_value=0, max_value=MOST)


class NextQuery(forms.Form):
    """Which text to go to, and the one somebody comes from."""

    aim = forms.ChoiceField(required=False, choices=[(aim, aim) for aim in AIMS])
    after = forms.IntegerField(required=False, min_value=1, max_value=MOST)

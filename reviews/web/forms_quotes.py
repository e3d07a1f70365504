"""What the form for the provenance of a quotation sends."""

from __future__ import annotations

from django import forms

from reviews.editing.quoting import LONGEST_LINK, LONGEST_NOTE, LONGEST_TAG
from reviews.models import Wording


class QuoteForm(forms.Form):
    base = forms.IntegerField(min_value=0)
    language = forms.CharField(required=False, max_length=LONGEST_TAG)
    wording = forms.ChoiceField(required=False, choices=Wording.choices)
    link = forms.CharField(required=False, max_length=LONGEST_LINK)
    note = forms.CharField(required=False, max_length=LONGEST_NOTE)

"""What the forms for dividing and joining texts send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.editing.drafts import MAX_DRAFT_LENGTH

from .forms import Hash

#: A run of more sentences is no run that anybody divides by hand.
MOST_PARTS = 100


class Several(forms.Field):
    """All values of one name, as they were sent."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        return [str(each) for each in value or []]


class PartsForm(forms.Form):
    """A typed text for each sentence: `segment` and `text` repeated in the same order."""

    segment = Several()
    text = Several(required=False)
    base = forms.IntegerField(min_value=0)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        ids, texts = data.get("segment", []), data.get("text", [])
        damaged = len(ids) != len(texts) or len(ids) > MOST_PARTS or len(set(ids)) != len(ids)
        if damaged or not all(each.isascii() and each.isdecimal() and len(each) < 19 for each in ids):
            raise forms.ValidationError(_("The form is damaged. Reload the article and divide the text again."))
        if sum(map(len, texts)) > MAX_DRAFT_LENGTH:
            raise forms.ValidationError(_("The texts are too long for one passage."))
        data["texts"] = {int(each): text for each, text in zip(ids, texts, strict=True)}
        return data


class DivideForm(PartsForm):
    source_hash = Hash()
    save_key = forms.CharField(max_length=64)


class DivisionDraftForm(PartsForm):
    sequence = forms.IntegerField(min_value=1, max_value=2**62)


class JoinForm(forms.Form):
    """Which of the two texts the person had before them."""

    base = forms.IntegerField(min_value=0)
    base_before = forms.IntegerField(min_value=0)
    save_key = forms.CharField(max_length=64)

"""The form for adding a sentence that only the English has."""

from __future__ import annotations

from django import forms


class AddForm(forms.Form):
    """The sentence, and the key that makes it count once."""

    typed = forms.CharField(max_length=20_000, strip=False)
    save_key = forms.CharField(max_length=64)

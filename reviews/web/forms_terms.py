"""Forms of the glossary: a term, a table of terms, and which part of it is looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from reviews.glossary.tables import MOST_BYTES
from reviews.glossary.terms import TermError, TermValue, UseOfTerm, term_value
from reviews.models import Use

LONGEST_SEARCH = 200


class GlossaryQuery(forms.Form):
    """Words to look for, the page, and the term whose form is open. What cannot be read is left out."""

    q = forms.CharField(required=False, max_length=LONGEST_SEARCH)
    page = forms.IntegerField(required=False, min_value=1)
    change = forms.IntegerField(required=False, min_value=1)

    @property
    def asked(self) -> dict[str, Any]:
        self.is_valid()
        found = self.cleaned_data
        return {"q": found.get("q") or "", "page": found.get("page") or 1, "change": found.get("change")}


class TermForm(forms.Form):
    """A term as it is written down; `value` is what is kept of it once the form is valid."""

    source = forms.CharField(required=False)
    target = forms.CharField(required=False)
    use = forms.ChoiceField(required=False, choices=Use.choices)
    note = forms.CharField(required=False)

    value: TermValue

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            use: UseOfTerm = "avoid" if cleaned["use"] == Use.AVOID else "preferred"
            self.value = term_value(cleaned["source"], cleaned["target"], use, cleaned["note"])
        except TermError as error:
            raise ValidationError(str(error)) from error
        return cleaned


class TableForm(forms.Form):
    """A table of terms: a file, or rows that were pasted."""

    file = forms.FileField(required=False, allow_empty_file=True)
    rows = forms.CharField(required=False, strip=False, widget=forms.Textarea)

    def clean_file(self) -> UploadedFile[Any] | None:
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > MOST_BYTES:
            raise ValidationError(_("The file has more than %(bytes)s bytes. Split it.") % {"bytes": f"{MOST_BYTES:,}"})
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned["file"] is None and not cleaned["rows"].strip():
            raise ValidationError(_("Choose a file, or paste rows."))
        return cleaned

    def table(self) -> tuple[bytes, str]:
        """What was sent, and what it is called."""
        file = self.cleaned_data["file"]
        if file is None:
            return self.cleaned_data["rows"].encode("utf-8", "surrogatepass"), "rows"
        return file.read(), file.name

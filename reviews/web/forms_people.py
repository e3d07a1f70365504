"""Forms about who does what: passing work on, and what people say of their time and skills."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.editing.people import Time
from reviews.models import Person, Skill

EVERYBODY = "everybody"
LONGEST_SKILL = Skill._meta.get_field("name").max_length or 0
MOST_NAMES = 30


class LocalTime(forms.DateTimeField):
    """A date and time of the project's zone, as a browser's field gives it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **options: Any) -> None:
        messages = {"invalid": gettext_lazy("Write a day and a time, such as 2026-12-24 18:00.")}
        super().__init__(required=False, error_messages=messages, **options)


class Names(forms.CharField):
    """Names with commas between them, each once."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(required=False, max_length=2000, **options)
        self.longest = longest

    def to_python(self, value: Any) -> tuple[str, ...]:  # type: ignore[override]
        names = [" ".join(part.split()) for part in (super().to_python(value) or "").split(",")]
        return tuple(dict.fromkeys(name for name in names if name))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > MOST_NAMES:
            raise forms.ValidationError(_("Name at most %(most)s.") % {"most": MOST_NAMES})
        for name in value:
            if len(name) > self.longest:
                raise forms.ValidationError(
                    _("“%(name)s…” has more than %(longest)s characters.")
                    % {"name": name[:40], "longest": self.longest}
                )

    def run_validators(self, value: Any) -> None:
        """The length of the whole was the text's; of each name it is looked at above."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, (list, tuple)) else value


class PassOnForm(forms.Form):
    """To whom work goes (a colleague by public id, or everybody), why, and until when it is kept for them."""

    to = forms.ChoiceField(error_messages={"required": gettext_lazy("Choose who gets it.")})
    reason = forms.CharField(
        required=False,
        max_length=300,
        error_messages={"max_length": gettext_lazy("Keep the reason under 300 characters.")},
    )
    until = LocalTime()

    def __init__(self, people: Sequence[Person], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._people = {str(person.public_id): person for person in people}
        choices = [(EVERYBODY, "Everybody"), *((key, each.shown_name) for key, each in self._people.items())]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def person(self) -> Person | None:
        """Who gets it; None for everybody."""
        return self._people.get(self.cleaned_data["to"])


class TimeForm(forms.Form):
    """When somebody is away and how much they take on."""

    away_from = LocalTime(label=gettext_lazy("Away from"))
    away_until = LocalTime(label=gettext_lazy("Away until"))
    most_open = forms.IntegerField(label=gettext_lazy("Pieces of work at one time"), min_value=0, max_value=50)
    sections = Names(label=gettext_lazy("Sections I take on first"), longest=120)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        away_from, away_until = cleaned.get("away_from"), cleaned.get("away_until")
        if away_from is not None and away_until is not None and away_until <= away_from:
            self.add_error("away_until", _("This is before you leave. Choose a later time."))
        return cleaned

    def time(self) -> Time:
        asked = self.cleaned_data
        return Time(asked["away_from"], asked["away_until"], asked["most_open"], asked["sections"])


class AssignsForm(forms.Form):
    assigns = forms.TypedChoiceField(choices=[("1", "by rule"), ("0", "by taking")], coerce=lambda value: value == "1")


class SkillsForm(forms.Form):
    skills = Names(label=gettext_lazy("What I know"), longest=LONGEST_SKILL)


def local(moment: datetime | None) -> datetime | None:
    """As a field of `LocalTime` shows it."""
    return timezone.localtime(moment) if moment is not None else None

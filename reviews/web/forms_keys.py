"""The keys of the article screen as a person writes them down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from .keys import ACTIONS, ActionKeys, Keys, KeysError, check

#: Longer than any keys are in whatever spelling.
LONGEST = 40


class KeysForm(forms.Form):
    """A field for each action whose keys may be others; an empty one means the action's own. `reset` empties all."""

    reset = forms.BooleanField(required=False)

    def __init__(self, keys: Keys, data: Any = None) -> None:
        super().__init__(data, initial={each.action.name: each.aria for each in keys})
        self._keys = keys
        for action in ACTIONS:
            if not action.fixed:
                attributes = {"data-chord": True, "autocomplete": "off", "spellcheck": "false"}
                self.fields[action.name] = forms.CharField(
                    required=False,
                    max_length=LONGEST,
                    label=str(action.help),
                    widget=forms.TextInput(attributes),
                    error_messages={"max_length": _("These are no keys.")},
                )

    def clean(self) -> dict[str, Any]:
        written = self.cleaned_data
        if not written.get("reset"):
            try:
                self.chosen = check(written)
            except KeysError as error:
                for name, problem in error.problems.items():
                    self.add_error(name, problem)
        else:
            self.chosen = {}
        return written

    @property
    def lines(self) -> list[tuple[ActionKeys, forms.BoundField]]:
        return [(each, self[each.action.name]) for each in self._keys if not each.action.fixed]

"""What can be done by key on the article screen, in one list, and the keys each person chose for it.

To add an action: one line in ACTIONS, a function of that name handed to `listen` in a browser module, and
`aria-keyshortcuts="{{ keys.<name>.aria }}"` and `<kbd>{{ keys.<name>.shown }}</kbd>` at its button. Buttons, help,
the page of keys and the script all read the list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviews.models import Person

from .chords import Chord, ChordError, check_free

GOING = _("Through the article")
TEXT = _("The text")
FINDINGS = _("Findings")
SCREEN = _("The screen")


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done by key, under the name by which the browser's modules know it.

    `apart` says whether a second review apart from the article has it. A `numbered` action has keys for each number,
    of which the first are chosen. A `fixed` one keeps its keys; `also` are more of them.
    """

    name: str
    keys: str
    group: Promise | str
    help: Promise | str
    apart: bool = True
    numbered: bool = False
    fixed: bool = False
    also: tuple[str, ...] = ()


ACCEPT = _(
    "Accept and next: saves what you typed, or accepts the text as it stands. On a reviewed text, for approvers: "
    "approve and next."
)
DISMISS = _(
    "Dismiss the first finding of this text; again for the one after it. Where a reason is asked for, its field opens."
)

#: Everything that can be done by key, in the order of the help.
ACTIONS: tuple[Action, ...] = (
    Action("accept", "Control+Enter", GOING, ACCEPT),
    Action("next", "Alt+ArrowDown", GOING, _("Next text.")),
    Action("previous", "Alt+ArrowUp", GOING, _("Previous text.")),
    Action(
        "risky", "Alt+R", GOING, _("The riskiest text that is open for you; again for the one after it."), apart=False
    ),
    Action("save", "Control+S", TEXT, _("Save, and stay.")),
    Action("adopt", "Alt+1", TEXT, _("Put the text of this engine into the field."), apart=False, numbered=True),
    Action(
        "history",
        "Alt+H",
        TEXT,
        _("The history of this text: earlier texts with what changed, and back to one of them."),
        apart=False,
    ),
    Action("undo", "Control+Z", TEXT, _("Undo, also what was saved already."), fixed=True),
    Action("redo", "Control+Shift+Z", TEXT, _("Do it again."), fixed=True, also=("Control+Y",)),
    Action(
        "part",
        "Alt+P",
        TEXT,
        _("Use a part of an engine’s text: what you selected there, or a change you choose with the arrows."),
        apart=False,
    ),
    Action("omit", "Alt+O", TEXT, _("Omit this text from the article: the field for the reason opens.")),
    Action("term", "Alt+G", TEXT, _("Put in what the glossary says; again for its next term."), apart=False),
    Action("copy", "Alt+C", TEXT, _("Copy the original as it stands, for what is not translated.")),
    Action(
        "divide", "Alt+D", TEXT, _("Divide a text that serves several sentences: a field for each opens."), apart=False
    ),
    Action(
        "border_left",
        "Alt+Shift+ArrowLeft",
        TEXT,
        _("While dividing: the last word goes to the next field."),
        apart=False,
    ),
    Action(
        "border_right",
        "Alt+Shift+ArrowRight",
        TEXT,
        _("While dividing: the next field's first word comes here."),
        apart=False,
    ),
    Action("join", "Alt+Shift+D", TEXT, _("Join this text with the one it was divided from."), apart=False),
    Action("add", "Alt+A", TEXT, _("Add a sentence behind this text that only the translation has."), apart=False),
    Action("quote", "Alt+Q", TEXT, _("Note where the quotation in this text comes from."), apart=False),
    Action(
        "mark",
        "Alt+M",
        TEXT,
        _("Mark errors in the texts of the engines; the keys for that are shown there."),
        apart=False,
    ),
    Action("codes", "Alt+K", TEXT, _("Put a missing link or emphasis around the selected words; again for another.")),
    Action("both", "Alt+T", TEXT, _("Of two texts of one passage, take the changes of both where they do not clash.")),
    Action("mine", "Alt+Shift+T", TEXT, _("Of two texts of one passage, keep yours on top.")),
    Action("next_finding", "Alt+F", FINDINGS, _("The next finding, with its words selected."), apart=False),
    Action("previous_finding", "Alt+Shift+F", FINDINGS, _("The finding before it."), apart=False),
    Action("suggestion", "Alt+U", FINDINGS, _("Put in what the check suggests."), apart=False),
    Action("dismiss", "Alt+X", FINDINGS, DISMISS, apart=False),
    Action(
        "bring_back", "Alt+Shift+X", FINDINGS, _("Bring back the finding dismissed last in this text."), apart=False
    ),
    Action("preview", "Alt+V", SCREEN, _("The article as readers will see it, at this text."), apart=False),
    Action("search", "Control+K", SCREEN, _("Search all texts of the project; Escape leads back here."), fixed=True),
    Action("open", "Enter", SCREEN, _("On a text that is not open: open its field."), fixed=True),
    Action("leave", "Escape", SCREEN, _("Leave the field; what you typed stays in it."), fixed=True),
    Action("log_in", "Alt+L", SCREEN, _("Where you were logged out: to the password, for going on in place.")),
    Action("help", "F1", SCREEN, _("This help.")),
)

BY_NAME: Mapping[str, Action] = {action.name: action for action in ACTIONS}


@dataclass(frozen=True, slots=True)
class ActionKeys:
    """An action with the keys it has for a person."""

    action: Action
    chord: Chord

    @property
    def aria(self) -> str:
        """For `aria-keyshortcuts`."""
        return str(self.chord)

    @property
    def shown(self) -> str:
        """For a `kbd` in a button: "Alt ⇧ X"."""
        return " ".join(self.chord.caps)

    @property
    def aria_stem(self) -> str:
        """What stands before the number of a numbered action, for `aria-keyshortcuts`."""
        return self.aria[:-1]

    @property
    def shown_stem(self) -> str:
        """The same for a `kbd`."""
        return self.shown[:-1]

    @property
    def usual(self) -> str:
        """The action's own keys, for people."""
        return " ".join(Chord.parse(self.action.keys).caps)

    @property
    def changed(self) -> bool:
        return str(self.chord) != self.action.keys


class Keys:
    """The keys of one person by the action's name, as templates ask for them: `keys.accept.shown`."""

    def __init__(self, chosen: Mapping[str, Any]) -> None:
        self._by_name = {
            action.name: ActionKeys(action, _chosen(action, chosen.get(action.name))) for action in ACTIONS
        }

    def __getitem__(self, name: str) -> ActionKeys:
        return self._by_name[name]

    def __iter__(self) -> Iterator[ActionKeys]:
        return iter(self._by_name.values())

    @cached_property
    def groups(self) -> list[tuple[Promise | str, list[ActionKeys]]]:
        """All actions of the article under their headings."""
        return self._grouped(list(self._by_name.values()))

    @cached_property
    def groups_apart(self) -> list[tuple[Promise | str, list[ActionKeys]]]:
        """Those a second review has."""
        return self._grouped([each for each in self._by_name.values() if each.action.apart])

    def _grouped(self, shown: list[ActionKeys]) -> list[tuple[Promise | str, list[ActionKeys]]]:
        headings = dict.fromkeys(each.action.group for each in shown)
        return [(heading, [each for each in shown if each.action.group is heading]) for heading in headings]

    @property
    def bindings(self) -> str:
        """For the script: JSON of every chord with the name of its action, and its number where it has one."""
        # A release may bring an action whose keys somebody gave to another: their choice stays.
        by_choice = sorted(self._by_name.values(), key=lambda each: each.changed)
        return json.dumps({chord: name for each in by_choice for chord, name in _bound(each).items()})


def _chosen(action: Action, keys: Any) -> Chord:
    """What a person chose; the action's own keys where that is nothing, or nothing that may be used any more."""
    try:
        chord = Chord.parse(str(keys or action.keys))
        if keys:
            check_free(chord, numbered=action.numbered)
    except ChordError:
        return Chord.parse(action.keys)
    return chord


def _bound(keys: ActionKeys) -> dict[str, str]:
    name = keys.action.name
    if keys.action.numbered:
        return {str(chord): f"{name} {number}" for number, chord in keys.chord.numbered()}
    return dict.fromkeys([str(keys.chord), *keys.action.also], name)


class KeysError(ValueError):
    """Keys that cannot be chosen; `problems` says why by the action's name."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


def check(written: Mapping[str, str]) -> dict[str, str]:
    """What a person wrote down, by action, as it is kept: only keys that are not the action's own.

    An empty one means the action's own. Raises KeysError where keys cannot be used or are given twice.
    """
    chords, problems = {}, {}
    for action in ACTIONS:
        try:
            chords[action.name] = Chord.parse(written.get(action.name) or action.keys)
            if not action.fixed and str(chords[action.name]) != action.keys:
                check_free(chords[action.name], numbered=action.numbered)
        except ChordError as error:
            problems[action.name] = str(error)
    problems = _clashes(chords) | problems
    if problems:
        raise KeysError(problems)
    return {name: str(chord) for name, chord in chords.items() if str(chord) != BY_NAME[name].keys}


def choose(person: Person, chosen: Mapping[str, str]) -> None:
    """Keep the keys a person chose, as `check` gave them; what was chosen before and is not among them is forgotten."""
    Person.objects.filter(pk=person.pk).update(keys=dict(chosen))


def _clashes(chords: Mapping[str, Chord]) -> dict[str, str]:
    """Of two actions with the same keys the one that was given them, with the other in words."""
    taken: dict[str, Action] = {}
    problems = {}
    own_first = sorted(chords.items(), key=lambda item: str(item[1]) != BY_NAME[item[0]].keys)
    for name, chord in own_first:
        for bound in _bound(ActionKeys(BY_NAME[name], chord)):
            first = taken.setdefault(bound, BY_NAME[name])
            if first.name != name:
                problems[name] = gettext("%(keys)s is taken already: %(action)s") % {
                    "keys": bound,
                    "action": first.help,
                }
    return problems


def person_keys(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the keys of whoever is logged in, looked at only by pages that show some."""
    return {"keys": SimpleLazyObject(lambda: Keys(getattr(request.user, "keys", {})))}

"""Duty, permission and ban, which "müssen" and "dürfen" keep apart otherwise than "must" and "may" do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviews.values import FindingValue, SegmentText, gettext_noop

from .base import Check, Example
from .phrases.vocabulary import words_of

_NO = r"(?:nicht|nichts|kein\w*|nie|niemals|niemand\w*|ohne)"
_MAY = (
    r"may|can|could|might|allow\w*|permit\w*|permission|authori[sz]\w*|licen[sc]e\w*|entitled|eligible|able|free to|"
    r"right to|let"
)
_MUST = (
    r"must|ha[sd] (?:\w+ )?to|have (?:\w+ )?to|having to|had better|need\w*|should|ought|requir\w*|oblig\w*|forced|"
    r"compel\w*|necess\w*|mandatory|bound to|supposed|be to|is to|are to|gotta|got to|due|demand\w*"
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A German modal that does not mean an English one; quiet where the text has one that fits."""

    german: re.Pattern[str]
    wrong: re.Pattern[str]
    right: re.Pattern[str]
    message: str


def _rule(german: str, wrong: str, right: str, message: str) -> _Rule:
    return _Rule(
        re.compile(german, re.IGNORECASE),
        re.compile(rf"\b(?:{wrong})\b(?:\s[\w’'-]+){{0,2}}", re.IGNORECASE),
        re.compile(rf"\b(?:{right})\b", re.IGNORECASE),
        message,
    )


_MUESSEN_FORMS = ("muss", "müssen", "musste", "mussten", "müsse", "müsste", "müssten")
_DUERFEN_FORMS = ("darf", "dürfen", "durfte", "durften", "dürfe")
_MODALS = frozenset((*_MUESSEN_FORMS, *_DUERFEN_FORMS))
_MUESSEN = rf"\b(?:{'|'.join(_MUESSEN_FORMS)})\b"
_DUERFEN = rf"\b(?:{'|'.join(_DUERFEN_FORMS)})\b"
_RULES = (
    _rule(
        rf"{_MUESSEN}(?: \w+){{0,3}} {_NO}\b|\b{_NO}(?: \w+){{1,3}} {_MUESSEN}",
        r"must not|mustn[’']t|may not|(?:is|are|was|were) not allowed",
        r"need\w*|(?:not|n[’']t) have to|unnecess\w*|(?:not|n[’']t) require\w*|without having|no (?:need|obligation)",
        "“müssen” with a negation says that there is no need; this forbids it.",
    ),
    _rule(
        rf"{_DUERFEN}(?: \w+){{0,3}} {_NO}\b|\b{_NO}(?: \w+){{1,3}} {_DUERFEN}",
        r"need not|needn[’']t|(?:do|does|did)(?: not|n[’']t) (?:need|have) to",
        r"must not|mustn[’']t|may not|cannot|can[’']t|could(?: not|n[’']t)|allow\w*|permit\w*|forbid\w*|prohibit\w*|"
        r"bann?\w*",
        "“dürfen” with a negation forbids; this says that there is no need.",
    ),
    _rule(
        rf"{_DUERFEN}(?!.*\b{_NO}\b)(?!.*\bnur\b)",
        r"must|ha[sd] to|have to",
        _MAY,
        "“dürfen” gives permission; this makes it a duty.",
    ),
    _rule(
        rf"{_MUESSEN}(?!.*\b{_NO}\b)",
        r"(?:is|are|was|were) allowed to|may",
        _MUST,
        "“müssen” is a duty; this makes it a permission.",
    ),
)


class NegationModal(Check):
    """Looks for a modal verb with the wrong sense where the translation has none with the right one."""

    id = "negation.modal"
    version = 1
    name = gettext_noop("Must, may, need not")
    description = gettext_noop("A duty, a permission or a ban became another of the three.")
    category = "accuracy/mistranslation"
    severity = "major"
    direction = ("de", "en")
    examples = (
        Example("Das Opfer muss sie nicht öffnen.", "The victim must not open it.", fires=True),
        Example("Sie darf mit Hilfe bauen.", "It must build with help.", fires=True),
        Example("Er darf nicht bleiben.", "He does not have to stay.", fires=True),
        Example("Das Opfer muss sie nicht öffnen.", "The victim need not open it.", fires=False),
        Example("Er darf nicht bleiben.", "He must not stay.", fires=False),
        Example("Man darf gespannt sein, muss aber warten.", "We may be curious but must wait.", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text, text.target.text
        if words_of(source).isdisjoint(_MODALS):
            return []
        for rule in _RULES:
            german, wrong = rule.german.search(source), rule.wrong.search(target)
            if german and wrong and not rule.right.search(target):
                return [
                    FindingValue(
                        severity="major",
                        category="accuracy/mistranslation",
                        message=rule.message,
                        source_spans=(german.span(),),
                        target_spans=(wrong.span(),),
                    )
                ]
        return []

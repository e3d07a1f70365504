"""Links, emphasis and other markup of the source that the translation lost, added or tangled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reviews.values import CodedText, FindingValue, InlineCode, SegmentText, Severity, Span, gettext_noop

from .base import Check, Example

_NAMES = {"em": "emphasis", "strong": "strong emphasis", "br": "line break", "image": "picture"}
#: What a reader misses: a link is content, emphasis is style.
_CONTENT = frozenset({"link", "image"})


class CodesInline(Check):
    """Goes by the ids of codes, which an import gives the codes of a translation from those of its source.

    A missing link is major if the code must not be deleted, else minor, as every other code; codes that are not closed,
    closed before they are opened, or overlap are major: the page would break.
    """

    id = "codes.inline"
    version = 1
    name = gettext_noop("Links and markup")
    description = gettext_noop("A link, an emphasis or other markup is missing, was added or is badly nested.")
    category = "design-and-markup/markup"
    severity = "minor"
    examples = (
        Example("Das ⟦1⟧Gesetz⟦/1⟧ gilt.", "The law applies.", fires=True),
        Example("Das Gesetz gilt.", "The ⟦1⟧law⟦/1⟧ applies.", fires=True),
        Example("Das ⟦1⟧Gesetz⟦/1⟧ gilt.", "The ⟦1⟧law⟦/1⟧ applies.", fires=False),
        Example("⟦1⟧Das⟦/1⟧ ⟦2⟧Gesetz⟦/2⟧", "The ⟦2⟧law⟦/2⟧, ⟦1⟧that⟦/1⟧", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        if not text.target.text.strip():
            return []
        return [*_missing(text), *_added(text), *_tangled(text.target)]


def _missing(text: SegmentText) -> Iterator[FindingValue]:
    kept = {code.id for code in text.target.codes}
    for code in _firsts(text.source.codes):
        if code.id not in kept:
            span = _span(text.source, code)
            must: Severity = "minor" if code.can_delete else "major"
            yield FindingValue(
                severity=must,
                category="design-and-markup/missing-markup",
                message=f"{_name(code)}{_around(text.source, span)} in the source: the translation has none there.",
                source_spans=(span,),
            )


def _added(text: SegmentText) -> Iterator[FindingValue]:
    known = {code.id for code in text.source.codes}
    for code in _firsts(text.target.codes):
        if code.id not in known:
            span = _span(text.target, code)
            yield FindingValue(
                severity="major" if code.kind in _CONTENT else "minor",
                category="design-and-markup/markup",
                message=f"{_name(code)}{_around(text.target, span)} in the translation: the source has none.",
                target_spans=(span,),
            )


def _tangled(target: CodedText) -> Iterator[FindingValue]:
    """Codes that are never closed or opened, or that overlap another: the first of them."""
    open_now: list[InlineCode] = []
    wrong: InlineCode | None = None
    for code in target.codes:
        if code.part == "open":
            open_now.append(code)
        elif code.part == "close":
            if not open_now or open_now[-1].id != code.id:
                wrong = code
                break
            open_now.pop()
    wrong = wrong or (open_now[-1] if open_now else None)
    if wrong is not None:
        yield FindingValue(
            severity="major",
            category="design-and-markup/markup",
            message=f"{_name(wrong)} in the translation is not opened and closed in order.",
            target_spans=((max(wrong.pos - 1, 0), min(wrong.pos + 1, len(target.text))),),
        )


def _firsts(codes: Sequence[InlineCode]) -> Iterable[InlineCode]:
    """One code per id, in order."""
    first: dict[str, InlineCode] = {}
    for code in codes:
        first.setdefault(code.id, code)
    return first.values()


def _span(text: CodedText, code: InlineCode) -> Span:
    """What a pair of codes encloses; the character beside a single one."""
    end = next((other.pos for other in text.codes if other.id == code.id and other.part == "close"), code.pos)
    if end > code.pos:
        return code.pos, end
    return max(code.pos - 1, 0), min(code.pos + 1, len(text.text))


def _around(text: CodedText, span: Span) -> str:
    passage = text.text[slice(*span)].strip()
    return f" around “{passage[:40]}”" if len(passage) > 1 else ""


def _name(code: InlineCode) -> str:
    return f"A {_NAMES.get(code.kind, code.kind)}"

"""A review record as a PDF, for whoever files paper."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from reviews.values import sha256_hex

from .offline.verify_record import Verdict
from .record_words import Section, sections_of

_FONTS = Path(__file__).parent / "fonts"
_LABEL, _WHOLE = 52, 0
_LINE = 5.2

#: What each sign of a change looks like, beside its colour, which paper may not have.
_SIGNS = {"=": ("", (40, 40, 40)), "-": ("[− {}]", (150, 30, 30)), "+": ("[+ {}]", (20, 90, 40))}


class _Sheet(FPDF):
    """A4 pages that each say of which publication they are, and their number."""

    def __init__(self, title: str, mark: str) -> None:
        super().__init__(format="A4", unit="mm")
        self.mark = mark
        self.set_title(title)
        self.set_margins(20, 18)
        self.set_auto_page_break(True, margin=22)
        self.add_font("DejaVu", "", _FONTS / "DejaVuSans.ttf")
        self.add_font("DejaVu", "B", _FONTS / "DejaVuSans-Bold.ttf")
        self.alias_nb_pages()

    def footer(self) -> None:
        self.set_y(-16)
        self.set_font("DejaVu", size=6.5)
        self.set_text_color(90, 90, 90)
        self.cell(140, 4, self.mark)
        self.cell(0, 4, _("Page %(number)s of {nb}") % {"number": self.page_no()}, align="R")


def pdf_of(record: Mapping[str, Any], verdict: Verdict) -> bytes:
    """The record on A4 pages, with what verification says of it; the hash of the frozen text stands on each.

    What the font has no sign for, such as an emoji, is an empty box; the JSON has every character.
    """
    # One line of log for each sign the font lacks says nothing to an operator.
    logging.getLogger("fpdf").setLevel(logging.ERROR)
    title = _("Review record: %(title)s") % {"title": record["document"]["title"] or record["document"]["id"]}
    sheet = _Sheet(title, sha256_hex(record["publication"]["body"]))
    sheet.add_page()
    sheet.set_font("DejaVu", "B", 15)
    sheet.multi_cell(_WHOLE, 7.5, title, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for section in sections_of(record, verdict):
        _section(sheet, section)
    return bytes(sheet.output())


def _section(sheet: _Sheet, section: Section) -> None:
    # A heading at the foot of a page belongs to the next one.
    if sheet.will_page_break(24):
        sheet.add_page()
    sheet.ln(4)
    sheet.set_font("DejaVu", "B", 11)
    sheet.set_text_color(20, 20, 20)
    sheet.multi_cell(_WHOLE, 6, section.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    sheet.ln(1)
    for line in section.lines:
        size = 7.5 if line.code else 9
        _labelled(sheet, line.label, partial(_value, sheet, line.value, size))
    for change in section.changes:
        _labelled(sheet, change.label, partial(_pieces, sheet, change.pieces))
    if not section.lines and not section.changes:
        sheet.set_font("DejaVu", size=9)
        sheet.multi_cell(_WHOLE, _LINE, section.otherwise, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _labelled(sheet: _Sheet, label: str, write: Callable[[], None]) -> None:
    """A label and, beside it and down from there, what `write` puts there."""
    top, page = sheet.get_y(), sheet.page
    sheet.set_font("DejaVu", size=9)
    sheet.set_text_color(90, 90, 90)
    sheet.multi_cell(_LABEL - 3, _LINE, label, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    below = sheet.get_y()
    if sheet.page != page:
        top = sheet.t_margin
    sheet.set_y(top)
    sheet.set_text_color(20, 20, 20)
    left = sheet.l_margin
    sheet.set_left_margin(left + _LABEL)
    page = sheet.page
    write()
    sheet.set_left_margin(left)
    sheet.set_xy(left, sheet.get_y() if sheet.page != page else max(sheet.get_y(), below))
    sheet.ln(0.8)


def _value(sheet: _Sheet, value: str, size: float) -> None:
    sheet.set_font("DejaVu", size=size)
    sheet.multi_cell(_WHOLE, _LINE, value or "–", align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _pieces(sheet: _Sheet, pieces: Sequence[tuple[str, str]]) -> None:
    sheet.set_font("DejaVu", size=9)
    for sign, text in pieces:
        form, colour = _SIGNS[sign]
        sheet.set_text_color(*colour)
        sheet.write(_LINE, form.format(text) if form else text)
    sheet.set_text_color(20, 20, 20)
    sheet.ln(_LINE)

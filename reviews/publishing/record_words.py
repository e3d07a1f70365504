"""A review record as people read it: the same sections on the page and in the PDF."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .languages import name_on_page
from .offline.verify_record import Verdict, removed_in_words


@dataclass(frozen=True, slots=True)
class Line:
    """One thing the record says. `code` is for hashes, which are compared letter by letter.

    What verification says is `english` whatever the page is in, because the offline script says the same.
    """

    label: str
    value: str
    code: bool = False
    english: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A text that is otherwise than the machine's: pieces kept (`=`), taken out (`-`) and put in (`+`)."""

    label: str
    pieces: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines, changes, and what is said where there are none. `long` is folded on the page."""

    key: str
    title: str
    lines: Sequence[Line] = ()
    changes: Sequence[Change] = ()
    otherwise: str = ""
    long: bool = False


def sections_of(record: Mapping[str, Any], verdict: Verdict) -> list[Section]:
    """The record in the language of the reader; of one whose frozen body cannot be read, only what is wrong with it."""
    items = record["items"]
    if items is None:
        return [_proof(record, verdict)]
    body = _body(record)
    return [
        _published(record, items, body),
        _source(items),
        Section(
            "engines",
            _("Machine translation"),
            [
                Line(
                    engine["engine"],
                    ngettext("began %(number)d text", "began %(number)d texts", engine["texts"])
                    % {"number": engine["texts"]}
                    + f" · {_time(engine['first'])}",
                )
                for engine in items["engines"]
            ],
            otherwise=_("No engine's text stood behind this article."),
        ),
        Section("reviewers", _("Who reviewed"), list(_reviewers(record, items))),
        _times(items),
        _counts(items["segments"]),
        Section("checks", _("Let through, with reasons"), list(_checks(record, items)), otherwise=_("Nothing.")),
        Section(
            "changes",
            _("What people changed"),
            changes=[
                Change(_text_number(change["position"]), [(sign, text) for sign, text in change["diff"]])
                for change in items["changes"]
            ],
            otherwise=_("Nothing: every text is as the machine wrote it."),
        ),
        _corrections(items),
        Section(
            "machine_texts",
            _("Hashes of the machine's texts"),
            [
                Line(f"{_text_number(_position(body, each['segment']))} · {each['engine']}", each["hash"], code=True)
                for each in items["machine_texts"]
            ],
            long=True,
        ),
        _proof(record, verdict),
    ]


def _body(record: Mapping[str, Any]) -> Mapping[str, Any]:
    body: Mapping[str, Any] = json.loads(record["publication"]["body"])
    return body


def _position(body: Mapping[str, Any], segment: int) -> int:
    return next(int(row["position"]) for row in body["segments"] if row["segment"] == segment)


def _published(record: Mapping[str, Any], items: Mapping[str, Any], body: Mapping[str, Any]) -> Section:
    lines = [
        Line(_("Article"), body["title"] or body["document"]),
        Line(_("Languages"), f"{name_on_page(body['source_lang'])} → {name_on_page(body['target_lang'])}"),
        Line(_("Publication"), str(body["number"])),
        Line(_("Published"), _time(items["published"]["at"])),
        Line(_("Responsible"), _name(record, items["responsible"])),
        Line(_("Address of the original"), items["published"]["url"] or _("none")),
        Line(_("Line under the article"), items["disclosure"]),
        *(Line(_("Told to readers"), note["text"]) for note in body.get("notes", [])),
    ]
    return Section("published", _("What was published"), lines)


def _source(items: Mapping[str, Any]) -> Section:
    source = items["source"]
    return Section(
        "source",
        _("The original"),
        [
            Line(_("Id"), source["document"]),
            Line(_("State of the original"), str(source["number"])),
            Line(_("File"), source["raw_name"] or _("none kept")),
            Line(_("Hash"), source["hash"], code=True),
            *([Line(_("Hash of the file"), source["raw_hash"], code=True)] if source["raw_hash"] else []),
        ],
    )


def _reviewers(record: Mapping[str, Any], items: Mapping[str, Any]) -> Iterator[Line]:
    acts = {"wrote": _("wrote"), "reviewed": _("reviewed"), "approved": _("approved")}
    roles = {
        "editor": _("editor"),
        "approver": _("approver"),
        "desk_head": _("desk head"),
        "researcher": _("researcher"),
    }
    for reviewer in items["reviewers"]:
        done = [acts[act] for act in acts if act in reviewer["acts"]]
        held = ", ".join(roles.get(role, role) for role in reviewer["roles"]) or _("no role any more")
        yield Line(_name(record, reviewer["person"]), f"{held} · {', '.join(done)}")


def _times(items: Mapping[str, Any]) -> Section:
    labels = {
        "imported": _("Original came in"),
        "first_saved": _("First text saved"),
        "last_saved": _("Last text saved"),
        "last_approved": _("Last text approved"),
    }
    times = items["times"]
    return Section("times", _("When"), [Line(label, _time(times[name])) for name, label in labels.items()])


def _counts(counts: Mapping[str, int]) -> Section:
    labels = {
        "segments": _("Passages of the original"),
        "texts": _("English texts for them"),
        "seen": _("Decided on by a person"),
        "edited": _("Changed by people"),
        "accepted_unchanged": _("Accepted as the machine wrote them"),
        "omitted": _("Left out"),
    }
    return Section(
        "segments", _("What became of the texts"), [Line(label, str(counts[name])) for name, label in labels.items()]
    )


def _checks(record: Mapping[str, Any], items: Mapping[str, Any]) -> Iterator[Line]:
    for waived in items["checks"]["waived"]:
        who = _name(record, items["responsible"])
        yield Line(
            capfirst(waived["finding"]), _("waived by %(who)s: %(reason)s") % {"who": who, "reason": waived["reason"]}
        )
    for dismissed in items["checks"]["dismissed"]:
        who = _name(record, dismissed["by"])
        reason = dismissed["reason"] or _("no reason given")
        yield Line(
            capfirst(dismissed["finding"]), _("dismissed by %(who)s: %(reason)s") % {"who": who, "reason": reason}
        )


def _corrections(items: Mapping[str, Any]) -> Section:
    lines = [
        Line(
            _("Publication %(number)d") % {"number": later["number"]},
            " · ".join(filter(None, [_time(later["at"]), later.get("note", "")])),
        )
        for later in items["corrections"]
    ]
    return Section("corrections", _("Published again later"), lines, otherwise=_("No."))


def _proof(record: Mapping[str, Any], verdict: Verdict) -> Section:
    events = record["events"]
    lines = [
        Line(_("Events in the chain"), str(len(events))),
        *([Line(_("Head of the chain"), events[-1]["hash"], code=True)] if events else []),
        *(Line(_("Wrong"), problem, english=True) for problem in verdict.problems),
        *(Line(_("To be known"), note, english=True) for note in verdict.notes),
    ]
    return Section("proof", _("Proof"), lines)


def _name(record: Mapping[str, Any], public_id: str) -> str:
    """A person's name as the workbench knows it now, or that and when it was removed."""
    person = record["people"].get(public_id)
    if person is None:
        return _("unknown person %(id)s") % {"id": public_id[:8]}
    if not person["removed"]:
        return str(person["name"])
    if not person["removed_at"]:
        return f"{removed_in_words(person)} ({public_id[:8]})"
    day = date_format(timezone.localtime(datetime.fromisoformat(person["removed_at"])), "DATE_FORMAT")
    return f"{_('name removed on %(day)s') % {'day': day}} ({public_id[:8]})"


def _text_number(position: int) -> str:
    return _("Text %(number)d") % {"number": position}


def _time(iso: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(iso)), _("j F Y, H:i"))

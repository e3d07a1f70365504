#!/usr/bin/env python3
"""Verify a review record without the workbench: Python 3.11 or later and its standard library are enough.

    python3 verify_record.py record.json [--heads chain-heads.jsonl]

Exit code 0: everything fits. 1: something was changed, and the place is named. 2: the file cannot be read. The
workbench itself verifies with this very file, so both always say the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

FORMAT = "review-record/1"
GENESIS = "0" * 64

#: Actions whose event says what was decided on which text.
DECIDED = "decision."
RELEASED = "publication.released"


@dataclass(slots=True)
class Verdict:
    """What does not fit (`problems`), and what a reader should know although nothing is wrong (`notes`)."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def canonical_json(value: Any) -> str:
    """The one JSON text of a value, as the workbench hashed it."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sha256_hex(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def text_hash(columns: dict[str, Any]) -> str:
    """The hash of a text and its inline codes."""
    return sha256_hex(canonical_json([columns["text"], columns["codes"]]))


# --- verifying ------------------------------------------------------------------------------------------------


def verify(record: dict[str, Any]) -> Verdict:
    """Hold every part of a record against every hash that speaks of it."""
    verdict = Verdict()
    events = _verify_chain(record, verdict)
    rows = {f"{table}:{row['id']}": row for table, listed in record["rows"].items() for row in listed}
    _verify_texts(record, verdict)
    _verify_rows(record, events, rows, verdict)
    body = _verify_release(record, events, verdict)
    if body is not None:
        _verify_body(body, events, rows, verdict)
    _verify_people(record, events, verdict)
    if not verdict.problems and record["items"] != items_of(record):
        verdict.problems.append("items: the summary does not say what the record says")
    return verdict


def _verify_chain(record: dict[str, Any], verdict: Verdict) -> list[dict[str, Any]]:
    """Each event hashes to its hash, follows the one before, and its columns say what its body says."""
    stream = record["document"]["stream"]
    bodies: list[dict[str, Any]] = []
    previous = GENESIS
    for expected, event in enumerate(record["events"], 1):
        place = f"event {expected} of {stream}"
        if event["number"] != expected:
            verdict.problems.append(f"{place} is missing or out of order: number {event['number']} stands there")
        if event["previous"] != previous:
            verdict.problems.append(f"{place} does not follow the event before it")
        previous = event["hash"]
        if sha256_hex(event["body"]) != event["hash"]:
            verdict.problems.append(f"{place} was changed after it was written")
            continue
        body = json.loads(event["body"])
        told = {name: body[name] for name in ("stream", "number", "previous", "action", "at")}
        beside = {"stream": event["stream"], "number": event["number"], "previous": event["previous"]}
        beside |= {"action": event["action"], "at": event["at"]}
        for name in sorted(told):
            if told[name] != beside[name]:
                verdict.problems.append(f"{place}: its {name} was changed beside the hashed text")
        bodies.append(body)
    if len(record["events"]) != record["document"]["events"]:
        verdict.problems.append(
            f"{stream} counts {record['document']['events']} events, but {len(record['events'])} are there"
        )
    return bodies


def _verify_texts(record: dict[str, Any], verdict: Verdict) -> None:
    for table in ("segmentsource", "hypothesis", "revision"):
        for row in record["rows"][table]:
            if text_hash(row) != row["content_hash"]:
                verdict.problems.append(
                    f"segment {row['segment_id']}: the text of {table} {row['id']} does not match its hash"
                )


def _verify_rows(
    record: dict[str, Any], events: Sequence[dict[str, Any]], rows: dict[str, dict[str, Any]], verdict: Verdict
) -> None:
    """Rows are what events say of them; none is missing, and none is there that no event knows."""
    hashes = {name: sha256_hex(canonical_json(row)) for name, row in rows.items()}
    named: set[str] = set()
    bound: set[str] = set()
    for body in events:
        place = f"event {body['number']} of {body['stream']}"
        for name, wanted in body.get("rows", {}).get("hashes", {}).items():
            bound.add(name)
            if name not in rows:
                verdict.problems.append(f"{name.replace(':', ' ')} is missing: {place} vouches for it")
            elif hashes[name] != wanted:
                verdict.problems.append(f"{_place_of(name, rows)} is not what {place} vouches for")
        for name, told in _told(body):
            named.add(name)
            if name not in rows:
                verdict.problems.append(f"{name.replace(':', ' ')} is missing: {place} speaks of it")
                continue
            for column, value in sorted(told.items()):
                if rows[name].get(column) != value:
                    verdict.problems.append(f"{_place_of(name, rows)}: its {column} is not what {place} says")
    for name in sorted(rows, key=_by_table_and_number):
        if name.startswith(("revision:", "decision:", "publication:")) and name not in named:
            verdict.problems.append(f"{_place_of(name, rows)} is in no event: nobody wrote it by the workbench")
    loose = sum(1 for name in rows if name not in bound)
    if loose:
        verdict.notes.append(f"{loose} rows are vouched for by their texts' hashes only, not column by column")


def _by_table_and_number(name: str) -> tuple[str, int]:
    table, _, number = name.partition(":")
    return table, int(number)


def _place_of(name: str, rows: dict[str, dict[str, Any]]) -> str:
    segment = rows[name].get("segment_id")
    return f"segment {segment}: {name.replace(':', ' ')}" if segment else name.replace(":", " ")


def _told(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(row, what its columns must be) for every revision, decision and publication an event writes of."""
    data, person = body["data"], (body["person"] or {}).get("id")
    if body["action"].startswith(DECIDED):
        told = {"kind": body["action"].removeprefix(DECIDED), "person": person, "segment_id": data["segment"]}
        told |= {key: data[key] for key in ("lane", "source_hash", "target_hash", "reason")}
        yield f"decision:{data['decision']}", told | {"revision_id": data["revision"]}
    elif body["action"] == RELEASED:
        told = {key: data[key] for key in ("number", "content_hash", "state_hash")}
        yield f"publication:{data['publication']}", told | {"published_by": person}
    else:
        for text in data.get("texts", [data]):
            if "revision" in text and "target_hash" in text and "number" in text:
                yield f"revision:{text['revision']}", _told_of_text(text, data, person)


def _told_of_text(text: dict[str, Any], data: dict[str, Any], person: str | None) -> dict[str, Any]:
    told = {"segment_id": text["segment"], "author": person, "number": text["number"], "lane": data["lane"]}
    told |= {"source_hash": text["source_hash"], "content_hash": text["target_hash"]}
    return told | {key: text[key] for key in ("origin", "covers") if key in text}


def _verify_release(
    record: dict[str, Any], events: Sequence[dict[str, Any]], verdict: Verdict
) -> dict[str, Any] | None:
    """The frozen text is the one that was hashed when it was released; the body, if it can be believed."""
    released = record["publication"]
    place = f"publication {released['number']} of {record['document']['stream']}"
    row = next((row for row in record["rows"]["publication"] if row["number"] == released["number"]), None)
    if row is None:
        verdict.problems.append(f"{place}: its row is missing")
        return None
    if sha256_hex(released["body"]) != row["content_hash"]:
        verdict.problems.append(f"{place}: its frozen text does not match its hash")
        return None
    body: dict[str, Any] = json.loads(released["body"])
    told = [event for event in events if event["action"] == RELEASED and event["data"]["publication"] == row["id"]]
    if not told:
        verdict.problems.append(f"{place}: no event tells of its release")
    if state_hash(body) != row["state_hash"]:
        verdict.problems.append(f"{place}: its state hash is not that of the texts it froze")
    for name, frozen, column in (
        ("number", body["number"], row["number"]),
        ("disclosure", body["disclosure"], row["disclosure"]),
        ("person", body["published"]["by"], row["published_by"]),
    ):
        if frozen != column:
            verdict.problems.append(f"{place}: its {name} was changed beside the frozen text")
    return body


def state_hash(body: dict[str, Any]) -> str:
    """One hash over the source and target hashes of all segments, as the release froze them."""
    return sha256_hex(
        canonical_json(
            [[row["source"]["hash"], row["target"]["hash"] if row["target"] else None] for row in body["segments"]]
        )
    )


def _verify_body(
    body: dict[str, Any], events: Sequence[dict[str, Any]], rows: dict[str, dict[str, Any]], verdict: Verdict
) -> None:
    """What was frozen is what people wrote and approved: the texts, the decisions, the source, the engine's text."""
    source = next((row for row in rows.values() if _is_source(row, body["source_revision"])), None)
    if source is None:
        verdict.problems.append(f"source {body['source_revision']['number']} is not the one that was published")
    wordings = {(row["segment_id"], row["content_hash"]) for row in rows.values() if _is_wording(row)}
    for frozen in body["segments"]:
        place = f"segment {frozen['segment']}"
        for side in ("source", "target"):
            text = frozen[side]
            if text is not None and text_hash(text) != text["hash"]:
                verdict.problems.append(f"{place}: the frozen {side} does not match its hash")
        if (frozen["segment"], frozen["source"]["hash"]) not in wordings:
            verdict.problems.append(f"{place}: the source that was published is not in the history")
        if frozen["target"] is not None:
            _verify_target(place, frozen["target"], rows, verdict)


def _is_source(row: dict[str, Any], frozen: dict[str, Any]) -> bool:
    names = (("number", "number"), ("content_hash", "hash"), ("reader", "reader"), ("raw_hash", "raw_hash"))
    return "reader" in row and all(row[column] == frozen[key] for column, key in names)


def _is_wording(row: dict[str, Any]) -> bool:
    return "content_hash" in row and "segment_id" in row and "document_id" not in row


def _verify_target(place: str, target: dict[str, Any], rows: dict[str, dict[str, Any]], verdict: Verdict) -> None:
    revision = rows.get(f"revision:{target['revision']}", {})
    wanted = {"content_hash": target["hash"], "author": target["author"], "origin": target["origin"]}
    wanted |= {"number": target["number"], "derived_from": target["derived_from"]}
    _compare(f"{place}: revision {target['revision']}", revision, wanted, verdict)
    if start := target["started_from"]:
        name = f"hypothesis {start['hypothesis']}"
        _compare(f"{place}: {name}", rows.get(name.replace(" ", ":"), {}), {"content_hash": start["hash"]}, verdict)
    for act in ("reviewed", "approved"):
        decided = target[act]
        if decided is None:
            continue
        name = f"decision {decided['decision']}"
        wanted = {"kind": decided["kind"], "person": decided["by"], "reason": decided["reason"]}
        wanted |= {"four_eyes": decided["four_eyes"], "target_hash": target["hash"]}
        if act == "approved":
            # A text may be older than the source it was approved on: somebody decided that it says the new one, too.
            wanted["source_hash"] = target["source_hash"]
        _compare(f"{place}: {name}", rows.get(name.replace(" ", ":"), {}), wanted, verdict)
    if target["approved"] is None:
        verdict.problems.append(f"{place}: nobody approved the text that was published")


def _compare(place: str, row: dict[str, Any], wanted: dict[str, Any], verdict: Verdict) -> None:
    for column in sorted(wanted):
        if row.get(column) != wanted[column]:
            verdict.problems.append(f"{place}: its {column} is not what was published")


def _verify_people(record: dict[str, Any], events: Iterable[dict[str, Any]], verdict: Verdict) -> None:
    """Names belong to the hashes that events hold, while names are there; a name may be removed or change."""
    signed: dict[str, set[str]] = {}
    for body in events:
        if body["person"]:
            signed.setdefault(body["person"]["id"], set()).add(body["person"]["name"])
    for public_id, hashes in sorted(signed.items()):
        person = record["people"].get(public_id)
        if person is None:
            verdict.problems.append(f"person {public_id} acted, but is not among the people of the record")
        elif person["removed"]:
            verdict.notes.append(f"person {public_id}: {removed_in_words(person)}")
        elif sha256_hex(f"{person['salt']}:{person['name']}") not in hashes:
            verdict.notes.append(f"person {public_id} had another name when the events were written")


def removed_in_words(person: dict[str, Any]) -> str:
    """`name removed on 2026-12-01`; without the day where nobody noted it."""
    return f"name removed on {person['removed_at'][:10]}" if person["removed_at"] else "name removed"


# --- chain heads ----------------------------------------------------------------------------------------------


def verify_heads(lines: Sequence[str], record: dict[str, Any]) -> Verdict:
    """Hold the file of chain heads, line by line without line ends, against itself and the record."""
    verdict = Verdict()
    heads = list(read_heads(lines, verdict))
    events = {event["number"]: event["hash"] for event in record["events"]}
    stream = record["document"]["stream"]
    for number, head in heads:
        if head["stream"] == stream and events.get(head["number"]) != head["hash"]:
            verdict.problems.append(
                f"event {head['number']} of {stream} is not the one that line {number} of the heads noted"
            )
    began = heads[0][1]["at"] if heads else ""
    noted = {(head["stream"], head["number"]) for _, head in heads}
    for event in record["events"]:
        if event["action"] != RELEASED or (stream, event["number"]) in noted:
            continue
        place = f"event {event['number']} of {stream}"
        if began and event["at"] < began:
            verdict.notes.append(f"{place} is older than the file of heads ({began[:10]})")
        elif not began and not _vouches_for_rows(event):
            verdict.notes.append(f"{place} is older than the noting of heads, of which there is none yet")
        else:
            verdict.problems.append(f"the heads have no line for the release in {place}")
    return verdict


def _vouches_for_rows(event: dict[str, Any]) -> bool:
    """Whether an event is of a workbench that notes heads: it came with the hashes of rows in events."""
    try:
        return "rows" in json.loads(event["body"])
    except ValueError:
        return True


def lines_of(data: bytes) -> list[str]:
    """The lines of a file of heads without their ends."""
    text = data.decode("utf-8", "replace")
    return text.removesuffix("\n").split("\n") if text else []


def read_heads(lines: Sequence[str], verdict: Verdict) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, head) of a file of heads; each line holds the hash of the one before it."""
    previous = GENESIS
    for number, line in enumerate(lines, 1):
        head = _head(line)
        if head is None:
            # Half a line is what a crash leaves; the next line must then follow that very half.
            verdict.notes.append(f"line {number} of the heads was not finished")
        else:
            if head["previous"] != previous:
                verdict.problems.append(f"line {number} of the heads does not follow line {number - 1}")
            yield number, head
        previous = sha256_hex(line)


def _head(line: str) -> dict[str, Any] | None:
    try:
        head = json.loads(line)
    except ValueError:
        return None
    wanted = {"at", "hash", "number", "previous", "stream", "why"}
    return head if isinstance(head, dict) and set(head) == wanted else None


# --- what a record says, item by item -------------------------------------------------------------------------


def items_of(record: dict[str, Any]) -> dict[str, Any]:
    """The evidence of one published article, item by item, made of nothing but the rest of the record."""
    body = json.loads(record["publication"]["body"])
    targets = [(row, row["target"]) for row in body["segments"] if row["target"] is not None]
    return {
        "source": {"document": body["document"], **body["source_revision"]},
        "engines": _engines(record, targets),
        "machine_texts": _machine_texts(targets),
        "reviewers": _reviewers(body, targets),
        "responsible": body["published"]["by"],
        "times": body["times"],
        "segments": _counts(record, body, targets),
        "checks": {"waived": body["waived"], "dismissed": body["dismissed"]},
        "changes": list(_changes(record, targets)),
        "disclosure": body["disclosure"],
        "published": {"at": body["published"]["at"], "url": body["url"]},
        "corrections": _corrections(record, body["number"]),
    }


Target = tuple[dict[str, Any], dict[str, Any]]


def _engines(record: dict[str, Any], targets: Sequence[Target]) -> list[dict[str, Any]]:
    """Each engine with its version, the texts it began, and when they came."""
    made = {row["id"]: row["created_at"] for row in record["rows"]["hypothesis"]}
    found: dict[str, list[str]] = {}
    for _, target in targets:
        if start := target["started_from"]:
            found.setdefault(start["system"], []).append(made[start["hypothesis"]])
    return [
        {"engine": name, "texts": len(times), "first": min(times), "last": max(times)}
        for name, times in sorted(found.items())
    ]


def _machine_texts(targets: Sequence[Target]) -> list[dict[str, Any]]:
    return [
        {"segment": row["segment"], "engine": start["system"], "hash": start["hash"]}
        for row, target in targets
        if (start := target["started_from"])
    ]


def _reviewers(body: dict[str, Any], targets: Sequence[Target]) -> list[dict[str, Any]]:
    """Who wrote, reviewed and approved what was published, with the roles they had. No figures: it is no ranking."""
    acts: dict[str, set[str]] = {}
    for _, target in targets:
        acts.setdefault(target["author"], set()).add("wrote")
        for act in ("reviewed", "approved"):
            if target[act]:
                acts.setdefault(target[act]["by"], set()).add(act)
    return [
        {"person": person, "roles": body["people"][person]["roles"], "acts": sorted(done)}
        for person, done in sorted(acts.items())
    ]


def _counts(record: dict[str, Any], body: dict[str, Any], targets: Sequence[Target]) -> dict[str, int]:
    """Segments there are, texts that serve them, and what became of those. Each text was decided on, so it was seen."""
    machine = {row["id"]: row["content_hash"] for row in record["rows"]["hypothesis"]}
    kinds = [(target["reviewed"] or target["approved"])["kind"] for _, target in targets]
    same = sum(1 for _, target in targets if _began_as(target, machine) == target["hash"])
    left_out = sum(1 for kind in kinds if kind == "omitted")
    return {
        "segments": len(body["segments"]),
        "texts": len(targets),
        "seen": sum(1 for _, target in targets if target["approved"]),
        "accepted_unchanged": same,
        "edited": len(targets) - same - left_out,
        "omitted": left_out,
    }


def _began_as(target: dict[str, Any], machine: dict[int, str]) -> str | None:
    return machine.get(target["started_from"]["hypothesis"]) if target["started_from"] else None


def _changes(record: dict[str, Any], targets: Sequence[Target]) -> Iterator[dict[str, Any]]:
    """Per changed text what was taken out (`-`) of the machine's and put in (`+`)."""
    machine = {row["id"]: row["text"] for row in record["rows"]["hypothesis"]}
    for row, target in targets:
        start = target["started_from"]
        before = machine[start["hypothesis"]] if start else ""
        if before != target["text"]:
            yield {"segment": row["segment"], "position": row["position"], "diff": diff(before, target["text"])}


_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")


def diff(before: str, after: str) -> list[list[str]]:
    """`[["=", kept], ["-", taken out], ["+", put in]]`, word by word."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    pieces: list[list[str]] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(["=", "".join(old[a:b])])
            continue
        pieces += [[sign, text] for sign, text in (("-", "".join(old[a:b])), ("+", "".join(new[c:d]))) if text]
    return pieces


def _corrections(record: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """Later publications of the article."""
    return [
        {
            "number": row["number"],
            "at": row["created_at"],
            "content_hash": row["content_hash"],
            "kind": row["note_kind"],
            "note": row["note"],
        }
        for row in record["rows"]["publication"]
        if row["number"] > number
    ]


# --- command line ---------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("record", type=Path, metavar="FILE.json")
    parser.add_argument("--heads", type=Path, metavar="FILE", help="The file of chain heads, kept apart.")
    options = parser.parse_args(arguments)
    try:
        record = json.loads(options.record.read_text(encoding="utf-8"))
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            raise ValueError(f"{options.record} is no {FORMAT}")
        lines = lines_of(options.heads.read_bytes()) if options.heads else None
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        verdict = verify(record)
        heads = verify_heads(lines, record) if lines is not None else Verdict()
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        sys.stdout.write(f"The record does not have the layout of {FORMAT}: {error!r}\n")
        return 1
    problems = verdict.problems + heads.problems
    for line in problems:
        sys.stdout.write(f"WRONG  {line}\n")
    for line in verdict.notes + heads.notes:
        sys.stdout.write(f"note   {line}\n")
    head = record["events"][-1]["hash"] if record["events"] else GENESIS
    sys.stdout.write(f"{len(record['events'])} events, head {head}: {len(problems)} problems.\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

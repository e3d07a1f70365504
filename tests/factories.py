"""Small builders for tests, and the fixed cast.

Anna edits, Ben approves and edits too, Dora heads the desk, Rolf researches; Carla is outside the project.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from django.db import transaction

from reviews.models import (
    Document,
    Hypothesis,
    Membership,
    Person,
    Placement,
    Project,
    Reference,
    Role,
    Segment,
    SegmentSource,
    SourceRevision,
    System,
)
from reviews.models.document import content_columns
from reviews.models.states import refresh
from reviews.values import CodedText, run_hash, sha256_hex

PASSWORD = "correct horse battery"
CAST: dict[str, tuple[Role, ...]] = {
    "anna": (Role.EDITOR,),
    "ben": (Role.EDITOR, Role.APPROVER),
    "dora": (Role.DESK_HEAD,),
    "rolf": (Role.RESEARCHER,),
    "carla": (),
}
_numbers = count(1)


def make_person(name: str, **columns: Any) -> Person:
    return Person.objects.create_user(username=name, password=PASSWORD, first_name=name.title(), **columns)


def make_project(slug: str = "desk", **columns: Any) -> Project:
    defaults = {"name": slug.title(), "source_lang": "de", "target_lang": "en"}
    return Project.objects.create(slug=slug, **(defaults | columns))


def make_cast(project: Project) -> dict[str, Person]:
    """The cast with their roles in the project."""
    people = {}
    for name, roles in CAST.items():
        person = Person.objects.filter(username=name).first() or make_person(name)
        people[name] = person
        Membership.objects.bulk_create(Membership(project=project, person=person, role=role) for role in roles)
    return people


def make_system(project: Project, name: str = "engine-a", version: str = "") -> System:
    found = System.objects.filter(project=project, name=name, version=version).first()
    position = System.objects.filter(project=project).count()
    return found or System.objects.create(project=project, name=name, version=version, position=position)


Row = tuple[str, int]


@transaction.atomic
def make_document(
    project: Project,
    sources: Sequence[str | CodedText] = ("Guten Morgen.", "Es regnet in Kiel."),
    hypotheses: dict[str, Sequence[str | CodedText | Row]] | None = None,
    references: dict[str, Sequence[str]] | None = None,
    kinds: Sequence[str] | None = None,
    **columns: Any,
) -> Document:
    """A document with one segment a source, each in a block of its own.

    A hypothesis is a text for the segment at its place, or (text, covers) for a run; places it covers beyond
    the first are given as "" and left out.
    """
    columns.setdefault("external_id", f"nx-{next(_numbers)}")
    columns.setdefault("title", columns["external_id"])
    document = Document.objects.create(project=project, **columns)
    contents = [s if isinstance(s, CodedText) else CodedText(s) for s in sources]
    revision = SourceRevision.objects.create(
        document=document,
        number=1,
        content_hash=sha256_hex("".join(c.content_hash for c in contents)),
        reader="factory",
    )
    segments = []
    for i, content in enumerate(contents):
        segment = Segment.objects.create(document=document, external_id=str(i + 1))
        source = SegmentSource.objects.create(segment=segment, **content_columns(content))
        Placement.objects.create(
            source_revision=revision,
            segment=segment,
            source=source,
            rank=(i + 1) * 1024,
            block=i,
            sentence=0,
            kind=kinds[i] if kinds else "body",
        )
        segments.append(segment)
    hashes = [c.content_hash for c in contents]
    if hypotheses is None:
        hypotheses = {"engine-a": [f"Translation {i + 1}." for i in range(len(contents))]}
    first = None
    for name, texts in hypotheses.items():
        system = make_system(project, name)
        first = first or system
        for ordinal, (i, content, covers) in enumerate(_rows(texts)):
            hypothesis = Hypothesis.objects.create(
                document=document,
                segment=segments[i],
                system=system,
                number=1,
                ordinal=ordinal,
                covers=covers,
                source_hash=run_hash(hashes[i : i + covers]),
                **content_columns(content),
            )
            if system == first:
                Segment.objects.filter(pk=segments[i].pk).update(chosen=hypothesis)
    for name, plain in (references or {}).items():
        for i, text in enumerate(plain):
            Reference.objects.create(
                document=document,
                segment=segments[i],
                name=name,
                number=1,
                ordinal=i,
                source_hash=hashes[i],
                **content_columns(CodedText(text)),
            )
    document.current_source = revision
    document.save(update_fields=["current_source"])
    refresh(document)
    document.refresh_from_db()
    return document


def _rows(texts: Sequence[str | CodedText | Row]) -> list[tuple[int, CodedText, int]]:
    rows = []
    skip = 0
    for i, value in enumerate(texts):
        if skip:
            skip -= 1
            continue
        text, covers = value if isinstance(value, tuple) else (value, 1)
        rows.append((i, text if isinstance(text, CodedText) else CodedText(text), covers))
        skip = covers - 1
    return rows


def segments_of(document: Document) -> list[Segment]:
    """The document's segments in article order, as they are now."""
    rows = Placement.objects.filter(source_revision_id=document.current_source_id).order_by("rank")
    return [row.segment for row in rows.select_related("segment__latest_revision", "segment__chosen")]


def add_hypothesis(
    document: Document,
    system: str | System,
    place: int | None,
    text: str,
    *,
    covers: int = 1,
    number: int = 1,
) -> Hypothesis:
    """One more machine translation of the segment at that place (from 0), or one without a source."""
    row = system if isinstance(system, System) else make_system(document.project, system)
    return Hypothesis.objects.create(**_aligned(document, place, text, covers, number, system=row), system=row)


def add_reference(
    document: Document, name: str, place: int | None, text: str, *, covers: int = 1, number: int = 1
) -> Reference:
    """One more human translation of the segment at that place (from 0), or one without a source."""
    return Reference.objects.create(**_aligned(document, place, text, covers, number, name=name), name=name)


def _aligned(
    document: Document, place: int | None, text: str, covers: int, number: int, **owner: Any
) -> dict[str, Any]:
    segments = segments_of(document)
    model = Hypothesis if "system" in owner else Reference
    covered = segments[place : place + covers] if place is not None else []
    sources = [segment.sources.latest("id").content_hash for segment in covered]
    return {
        "document": document,
        "segment": segments[place] if place is not None else None,
        "number": number,
        "ordinal": model.objects.filter(document=document, number=number, **owner).count(),
        "covers": covers,
        "reason": "" if place is not None else "no source",
        "source_hash": run_hash(sources) if sources else "",
        **content_columns(CodedText(text)),
    }

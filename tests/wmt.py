"""WMT 2022 German-English in tables, for tests of figures that are known from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, islice

from django.db import transaction

from reviews.models import Document, Hypothesis, Placement, Project, Reference, Segment, SegmentSource, SourceRevision
from reviews.models.document import content_columns
from reviews.models.states import refresh
from reviews.values import CodedText, normalise
from tests.factories import make_project, make_system
from tests.shared import shared_path

FOLDER = "data/wmt22-de-en"
SYSTEMS = tuple(path.stem for path in sorted(shared_path(f"{FOLDER}/systems").glob("*.en")))

#: What sacrebleu 2.6.0 gives for Online-B against reference A.
ONLINE_B_AGAINST_A = {
    "bleu": 33.25109007892432,
    "chrf": 58.283238322892736,
    "chrf++": 56.47214710762006,
    "ter": 51.69344203332934,
}


def lines(name: str) -> list[str]:
    return [normalise(line) for line in shared_path(f"{FOLDER}/{name}").read_text("utf-8").split("\n")[:-1]]


@transaction.atomic
def make_wmt22(
    systems: Sequence[str] = ("Online-B",), references: Sequence[str] = ("A",), documents: int | None = None
) -> Project:
    """The project `wmt22`: 271 documents (or only the first), 1,984 segments, with these systems and references."""
    project = make_project("wmt22")
    rows = [line.split("\t") for line in lines("docs.tsv")[1:]]
    sources = lines("source.de")
    translations = {make_system(project, name): lines(f"systems/{name}.en") for name in systems}
    others = {name: lines(f"ref.{name}.en") for name in references}
    for (name, domain), group in islice(groupby(rows, key=lambda row: (row[1], row[2])), documents):
        numbers = [int(row[0]) - 1 for row in group]
        document = Document.objects.create(project=project, external_id=name, section=domain)
        _fill(document, [sources[n] for n in numbers])
        refresh(document)
        segments = list(Segment.objects.filter(document=document).order_by("id"))
        hypotheses = []
        for system, texts in translations.items():
            for i, (segment, n) in enumerate(zip(segments, numbers, strict=True)):
                columns = content_columns(CodedText(texts[n]))
                hypotheses.append(
                    Hypothesis(document=document, segment=segment, system=system, number=1, ordinal=i, **columns)
                )
        Hypothesis.objects.bulk_create(hypotheses)
        for label, texts in others.items():
            Reference.objects.bulk_create(
                Reference(
                    document=document,
                    segment=segment,
                    name=label,
                    number=1,
                    ordinal=i,
                    **content_columns(CodedText(texts[n])),
                )
                for i, (segment, n) in enumerate(zip(segments, numbers, strict=True))
            )
    return project


def _fill(document: Document, sources: Sequence[str]) -> None:
    revision = SourceRevision.objects.create(document=document, number=1, content_hash="0" * 64, reader="test")
    segments = Segment.objects.bulk_create(Segment(document=document) for _ in sources)
    wordings = SegmentSource.objects.bulk_create(
        SegmentSource(segment=segment, **content_columns(CodedText(text)))
        for segment, text in zip(segments, sources, strict=True)
    )
    Placement.objects.bulk_create(
        Placement(
            source_revision=revision,
            segment=segment,
            source=source,
            rank=(i + 1) * 1024,
            block=i,
            sentence=0,
            kind="body",
        )
        for i, (segment, source) in enumerate(zip(segments, wordings, strict=True))
    )
    document.current_source = revision
    document.save(update_fields=["current_source"])

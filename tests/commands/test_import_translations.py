"""Files of translation tools through the bulk import: what they bring into the tables."""

import pytest

from reviews.importing.raw import read_raw
from reviews.models import Document, Hypothesis, Placement

from ..importing.formats.reading import SAMPLES
from .test_bulk_import import bulk_import

pytestmark = pytest.mark.django_db

DESK = SAMPLES / "translations" / "desk.xlf"


def test_segments_of_xliff_keep_their_place_codes_and_file():
    code, result, _ = bulk_import(DESK, system=["tool"])
    assert (code, result["documents"]) == (1, {"new": 2, "changed": 0, "same": 0, "rejected": 1})
    assert [(entry["document"], entry["line"]) for entry in result["rejected"]] == [("desk:page-3.html", 29)]
    document = Document.objects.get(external_id="desk:page-1.html")
    placements = Placement.objects.filter(source_revision=document.current_source).order_by("rank")
    assert [(p.segment.external_id, p.locator) for p in placements] == [
        ("1", "file/0/unit/1"),
        ("2:a", "file/0/unit/2/segment/0"),
        ("2:b", "file/0/unit/2/segment/1"),
        ("2:c", "file/0/unit/2/segment/2"),
        ("1#2", "file/0/unit/4"),
    ]
    assert document.current_source.reader == "xliff"
    assert read_raw(document.current_source.raw_hash) == DESK.read_bytes()
    texts = Hypothesis.objects.filter(segment__document=document, system__name="tool")
    assert {text.segment.external_id: text.text for text in texts} == {
        "1": "The crane stands still.",
        "2:a": "One.",
        "2:b": "Two.",
    }
    assert [code["id"] for code in texts.get(segment__external_id="1").codes] == ["b1", "b1", "br"]


def test_the_same_file_again_changes_nothing():
    bulk_import(DESK)
    _, result, _ = bulk_import(DESK)
    assert result["documents"] == {"new": 0, "changed": 0, "same": 2, "rejected": 1}
    assert result["segments"]["new"] == result["segments"]["changed"] == 0


def test_a_file_that_is_cut_off_brings_nothing(tmp_path):
    path = tmp_path / "cut.xlf"
    path.write_bytes(DESK.read_bytes()[:-40])
    code, result, _ = bulk_import(path)
    assert (code, Document.objects.count()) == (2, 0)
    assert "ends too early" in result["rejected"][0]["reason"]


def test_a_memory_is_one_document():
    _, result, _ = bulk_import(SAMPLES / "memories" / "regions.tmx")
    assert (result["documents"]["new"], result["segments"]["new"], result["hypotheses"]["new"]) == (1, 3, 4)

"""Whole exports: from the German page to the approved English one, and JSON Lines there and back."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from reviews.importing.formats.base import ReadOptions
from reviews.importing.formats.html_page import read_page
from reviews.importing.formats.jsonl import JsonLines as JsonLinesReader
from reviews.importing.importer import prepare_rows
from reviews.importing.service import import_document
from reviews.models import Document, Person, Project
from reviews.publishing.export.registry import BY_NAME, WRITERS
from reviews.publishing.exporting import Exported, Refused, export_to_file, export_to_folder, export_to_stream
from reviews.publishing.service import publish
from reviews.reports.segments import segment_rows
from reviews.values import ImportedRow, Rejected
from tests.factories import make_cast, make_document, make_project, segments_of
from tests.shared import shared_path

from . import desk
from .newsroom import ARTICLES, import_article

HTML, JSONL = BY_NAME["html"], BY_NAME["jsonl"]


@pytest.fixture(autouse=True)
def _data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.WORKBENCH_DATA = tmp_path / "data"


@pytest.fixture
def project(db: None) -> Project:
    return make_project()


@pytest.fixture
def cast(project: Project) -> dict[str, Person]:
    return make_cast(project)


def documents(*made: Document) -> list[Document]:
    return [Document.objects.get(pk=document.pk) for document in made]


def to_html(folder: Path, *made: Document) -> list[Exported | Refused]:
    return list(export_to_folder(documents(*made), writer=HTML, state="approved", folder=folder))


def to_jsonl(*made: Document, state: Any = "approved") -> list[dict[str, Any]]:
    out = io.BytesIO()
    outcomes = list(export_to_stream(documents(*made), writer=JSONL, state=state, write=out.write))
    assert all(isinstance(outcome, Exported) for outcome in outcomes), outcomes
    return [json.loads(line) for line in out.getvalue().decode().splitlines()]


def inside(page: str) -> str:
    return page[page.index("<body>") : page.index("</html>")]


# --- html --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_approved_word_for_word_as_its_human_translation_is_the_page_of_that_translation(
    project: Project, cast: dict[str, Person], tmp_path: Path, name: str
) -> None:
    """The whole way: page, sentences, alignment, review, approval, publication, page."""
    document = import_article(project, name, "reference.en.html", "engine-b.en.html")
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    publish(document_id=document.pk, person=cast["dora"], waivers=desk.AT_ONCE)
    (outcome,) = to_html(tmp_path, document)
    file = f"{document.external_id}.en.html"
    assert outcome == Exported(document.external_id, len(segments_of(document)), 1, file)
    written = (tmp_path / file).read_text(encoding="utf-8")
    assert inside(written) == inside(shared_path(f"articles/{name}/reference.en.html").read_text(encoding="utf-8"))


def test_the_link_survives_an_editor_s_own_wording(project: Project, cast: dict[str, Person], tmp_path: Path) -> None:
    document = import_article(project, "ransomware-kommunen", "engine-a.en.html")
    linked = next(s for s in desk.leaders(document) if s.chosen is not None and s.chosen.codes)
    assert linked.chosen is not None
    opening = linked.chosen.codes[0]["id"]
    typed = f"Whether NKD met ⟦{opening}⟧Article 33 of the GDPR⟦/{opening}⟧ is <under> review."
    desk.save(linked, cast["anna"], typed)
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    publish(document_id=document.pk, person=cast["dora"], waivers=desk.AT_ONCE)
    assert isinstance(to_html(tmp_path, document)[0], Exported)
    written = (tmp_path / f"{document.external_id}.en.html").read_text(encoding="utf-8")
    assert (
        'Whether NKD met <a href="https://example.org/dsgvo">Article 33 of the GDPR</a> is &lt;under&gt; review.'
        in written
    )


@pytest.mark.parametrize("name", ARTICLES)
@pytest.mark.parametrize("engine", ["engine-a", "engine-b"])
def test_a_working_copy_of_either_engine_has_the_source_page_s_elements_in_their_order(
    project: Project, tmp_path: Path, name: str, engine: str
) -> None:
    document = import_article(project, name, f"{engine}.en.html")
    (outcome,) = export_to_folder(documents(document), writer=HTML, state="any", folder=tmp_path)
    assert isinstance(outcome, Exported)
    written = (tmp_path / f"{document.external_id}.en.html").read_bytes()
    wanted = [*elements(shared_path(f"articles/{name}/source.de.html").read_bytes()), "p"]  # the notice comes last
    if (name, engine) == ("ransomware-kommunen", "engine-b"):
        wanted.remove("a")  # this engine lost the link
    assert elements(written) == wanted
    assert b"not reviewed for publication: 0 of" in written


def elements(page: bytes) -> list[str]:
    return [str(element.tag) for element in read_page(page, "page").tree.iter("*")]


def test_a_refused_article_does_not_keep_the_others_back(
    project: Project, cast: dict[str, Person], tmp_path: Path
) -> None:
    ready = make_document(project, external_id="ready")
    desk.work_through(ready, editor=cast["anna"], approver=cast["ben"])
    waiting = make_document(project, external_id="waiting")
    refused, exported = to_html(tmp_path, waiting, ready)
    assert isinstance(refused, Refused)
    assert (refused.document, len(refused.missing)) == ("waiting", 2)
    assert exported == Exported("ready", 2, None, "ready.en.html")
    assert [path.name for path in tmp_path.glob("*.html")] == ["ready.en.html"]


def test_files_whose_names_some_disks_hold_to_be_one_are_not_both_written(
    project: Project, cast: dict[str, Person], tmp_path: Path
) -> None:
    made = [make_document(project, external_id=external_id) for external_id in ("NX-1", "nx-1", "nx-2")]
    for document in made:
        desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    first, second, third = to_html(tmp_path, *made)
    assert isinstance(first, Exported)
    assert isinstance(second, Refused)
    assert "would replace that of document 'NX-1'" in second.reason
    assert isinstance(third, Exported)
    assert sorted(path.name for path in tmp_path.glob("*.html")) == ["NX-1.en.html", "nx-2.en.html"]


@pytest.mark.parametrize("hostile", ["../../outside", "/etc/passwd", "..", ".hidden", "a/b", "ü" * 200, "a\tb"])
def test_a_hostile_id_stays_in_the_folder(
    project: Project, cast: dict[str, Person], tmp_path: Path, hostile: str
) -> None:
    folder = tmp_path / "out" / "deep"
    folder.mkdir(parents=True)
    document = make_document(project, external_id=hostile)
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    (outcome,) = to_html(folder, document)
    assert isinstance(outcome, Exported)
    assert outcome.file is not None
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert files == [folder / outcome.file]


# --- jsonl -------------------------------------------------------------------------------------------


def test_a_line_has_the_fields_of_the_import_record(project: Project, cast: dict[str, Person]) -> None:
    document = make_document(
        project,
        ["Es regnet."],
        {"engine-a": ["It rains."], "engine-b": ["Rain."]},
        {"A": ["It is raining."]},
        external_id="nx-1",
        section="Wetter",
        url="https://example.org/nx-1",
    )
    desk.save(segments_of(document)[0], cast["anna"], "It's raining.")
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    assert to_jsonl(document) == [
        {
            "document": "nx-1",
            "id": "1",
            "kind": "body",
            "source": "Es regnet.",
            "target": "It's raining.",
            "state": "approved",
            "hypotheses": {"engine-a": "It rains.", "engine-b": "Rain."},
            "references": {"A": "It is raining."},
            "section": "Wetter",
            "url": "https://example.org/nx-1",
        }
    ]


def test_a_segment_whose_text_stands_with_an_earlier_one_says_where(project: Project) -> None:
    document = make_document(project, ("Eins.", "Zwei."), {"engine-a": (("One, two.", 2), "")})
    first, second = to_jsonl(document, state="any")
    assert (first["target"], first["state"]) == ("One, two.", "new")
    assert "target" not in second
    assert second["covered_by"] == first["id"]


def test_line_separators_in_a_text_do_not_break_a_line(project: Project, cast: dict[str, Person]) -> None:
    document = make_document(project, ["Eins\u2028zwei\u0085drei."], {"engine-a": ["One\u2028two\u0085three."]})
    out = io.BytesIO()
    list(export_to_stream(documents(document), writer=JSONL, state="any", write=out.write))
    assert out.getvalue().count(b"\n") == 1
    assert json.loads(out.getvalue())["target"] == "One\u2028two\u0085three."


def imported_again(path: Path, project: Project, *, system: str = "imported") -> list[Document]:
    """The documents of an exported file, imported into another project."""
    options = ReadOptions("de", "en", ZoneInfo("Europe/Berlin"), system=system)
    rows: dict[str, list[ImportedRow]] = {}
    for item in JsonLinesReader().read(path, options):
        assert isinstance(item, ImportedRow), item
        rows.setdefault(item.document, []).append(item)
    made = []
    for external_id, group in rows.items():
        prepared = prepare_rows(external_id, group, reader="jsonl", raw_hash="", raw_name=path.name)
        document = import_document(project, prepared, None).document
        assert document is not None
        made.append(document)
    return made


def described(document: Document) -> list[dict[str, Any]]:
    """What a segment is, whatever project it is in."""
    return [
        {key: row[key] for key in ("document", "id", "kind", "source", "references")}
        | {
            "hypotheses": {
                name: value["text"] for name, value in row["hypotheses"].items() if value and "text" in value
            }
        }
        for row in segment_rows(document)
    ]


def test_rows_imported_exported_and_imported_again_are_the_same_segments(
    project: Project, cast: dict[str, Person], tmp_path: Path
) -> None:
    original = tmp_path / "original.jsonl"
    records = [
        {
            "document": "nx-100417",
            "id": f"row-{i}",
            "kind": kind,
            "source": f"Satz {i} – „so“.",
            "hypotheses": {"engine-a": f"Line {i}.", "engine-b@2026": f"Row {i}."},
            "references": {"A": f"Sentence {i}."},
            "section": "Security",
            "published": "2026-04-05T11:05:00+02:00",
        }
        for i, kind in enumerate(("headline", "body", "caption"))
    ]
    original.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    (document,) = imported_again(original, project)
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])

    exported = tmp_path / "exported.jsonl"
    (outcome,) = export_to_file(documents(document), writer=JSONL, state="approved", path=exported)
    assert isinstance(outcome, Exported)
    (again,) = imported_again(exported, make_project("other"))
    for row, copy in zip(described(document), described(again), strict=True):
        assert copy["hypotheses"].pop("imported") == row["hypotheses"]["engine-a"]
        assert copy == row
    assert (again.section, again.published_at) == (document.section, document.published_at)


def test_a_system_called_imported_asks_for_another_name_for_a_target_that_is_another_text(
    project: Project, cast: dict[str, Person], tmp_path: Path
) -> None:
    """`target` goes to the system `imported` unless the import names another; two texts never share a name."""
    document = make_document(project, ["Eins."], {"imported": ["One."]})
    path = tmp_path / "exported.jsonl"
    list(export_to_file(documents(document), writer=JSONL, state="any", path=path))
    (same,) = imported_again(path, make_project("same"))
    assert described(same)[0]["hypotheses"] == {"imported": "One."}
    desk.save(segments_of(document)[0], cast["anna"], "First.")
    list(export_to_file(documents(document), writer=JSONL, state="any", path=path))
    options = ReadOptions("de", "en", ZoneInfo("Europe/Berlin"))
    (rejected,) = JsonLinesReader().read(path, options)
    assert isinstance(rejected, Rejected)
    assert "gives 'imported' twice, as the target and by its name" in rejected.reason
    (again,) = imported_again(path, make_project("other"), system="desk")
    assert described(again)[0]["hypotheses"] == {"imported": "One.", "desk": "First."}


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_s_sentences_are_the_same_segments_as_rows(
    project: Project, cast: dict[str, Person], tmp_path: Path, name: str
) -> None:
    document = import_article(project, name, "engine-a.en.html", "engine-b.en.html")
    exported = tmp_path / "exported.jsonl"
    list(export_to_file(documents(document), writer=JSONL, state="any", path=exported))
    (again,) = imported_again(exported, make_project("other"), system="current")
    before, after = list(segment_rows(document)), list(segment_rows(again))
    assert [(row["kind"], row["source"]) for row in before] == [(row["kind"], row["source"]) for row in after]
    assert [row["id"] for row in after] == [str(row["position"]) for row in before]
    for row, copy in zip(before, after, strict=True):
        for system, value in row["hypotheses"].items():
            copied = copy["hypotheses"][system]
            assert (copied and copied["text"]) == (value and value.get("text"))


def test_nothing_is_written_where_every_article_is_refused(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text("older\n")
    (outcome,) = export_to_file(documents(make_document(project)), writer=JSONL, state="approved", path=path)
    assert isinstance(outcome, Refused)
    assert path.read_text() == "older\n"


# --- registry ----------------------------------------------------------------------------------------


def test_every_format_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(WRITERS)
    assert all(writer.name and writer.suffix for writer in WRITERS)


def test_every_format_writes_the_same_article_twice_in_the_same_way(project: Project) -> None:
    document = make_document(project, ["Eins.", "Zwei."])
    for writer in WRITERS:
        once, twice = io.BytesIO(), io.BytesIO()
        for out in (once, twice):
            list(export_to_stream(documents(document), writer=writer, state="any", write=out.write))
        assert once.getvalue() == twice.getvalue() != b""

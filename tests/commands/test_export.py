"""The command export: files or stdout, what was refused on stderr, exit codes and JSON."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from reviews.importing.raw import raw_path
from reviews.models import Document, Person, Project
from reviews.publishing.export.registry import BY_NAME
from reviews.publishing.service import publish
from tests.factories import make_cast, make_document, make_project, segments_of
from tests.publishing import desk
from tests.publishing.export.xliff_rules import broken_rules
from tests.publishing.newsroom import import_article
from tests.shared import shared_path

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.WORKBENCH_DATA = tmp_path / "data"


@pytest.fixture
def project() -> Project:
    return make_project("desk")


@pytest.fixture
def cast(project: Project) -> dict[str, Person]:
    return make_cast(project)


@pytest.fixture
def ready(project: Project, cast: dict[str, Person]) -> Document:
    """An article whose gate is open."""
    made = make_document(project, external_id="ready")
    return desk.work_through(made, editor=cast["anna"], approver=cast["ben"])


@pytest.fixture
def waiting(project: Project, cast: dict[str, Person]) -> Document:
    """An article with one text that is not approved."""
    made = make_document(project, external_id="waiting")
    desk.work_through(made, editor=cast["anna"], approver=cast["ben"])
    desk.save(segments_of(made)[1], cast["anna"], "Rain in Kiel.")
    return made


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command on the project desk."""
    code, out, err = run_in_bytes(*arguments)
    return code, out.decode(), err


def run_in_bytes(*arguments: str) -> tuple[int, bytes, str]:
    """The same with stdout as it is."""
    written = io.BytesIO()
    out, err = io.TextIOWrapper(written, encoding="utf-8", write_through=True), io.StringIO()
    code = 0
    try:
        call_command("export", "--project", "desk", *arguments, stdout=out, stderr=err, no_color=True)
    except SystemExit as exit_:
        code = int(exit_.code or 0)
    except CommandError as error:
        return error.returncode, written.getvalue(), str(error)
    return code, written.getvalue(), err.getvalue()


def test_pages_go_into_a_folder_that_is_made(ready: Document, tmp_path: Path) -> None:
    folder = tmp_path / "out" / "english"
    assert run("--format", "html", "-o", str(folder)) == (0, "", "1 exported, 0 refused.\n")
    assert [path.name for path in folder.iterdir()] == ["ready.en.html"]
    assert "<p>Translation 1.</p>" in (folder / "ready.en.html").read_text()


def test_one_page_goes_to_stdout(ready: Document, waiting: Document) -> None:
    code, out, err = run("--format", "html", "--document", "ready", "-o", "-")
    assert (code, err) == (0, "1 exported, 0 refused.\n")
    assert out.startswith('<!DOCTYPE html>\n<html lang="en">\n')
    assert out.endswith("</html>\n")


@pytest.mark.parametrize("documents", [(), ("--document", "ready", "waiting")])
def test_several_pages_do_not_go_to_stdout(ready: Document, waiting: Document, documents: tuple[str, ...]) -> None:
    code, out, message = run("--format", "html", *documents, "-o", "-")
    assert (code, out) == (2, "")
    assert message == "html is one file a document: name one --document, or a folder with -o."


def test_lines_go_to_a_file_or_stdout(ready: Document, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    assert run("--format", "jsonl", "-o", str(path))[0] == 0
    assert path.read_text() == run("--format", "jsonl", "-o", "-")[1]
    assert [json.loads(line)["target"] for line in path.read_text().splitlines()] == [
        "Translation 1.",
        "Translation 2.",
    ]


def test_what_is_missing_is_listed_and_the_others_are_written(
    ready: Document, waiting: Document, tmp_path: Path
) -> None:
    code, out, err = run("--format", "html", "-o", str(tmp_path / "out"))
    assert (code, out) == (1, "")
    assert err == (
        "waiting is not exported. It is not approved as it stands.\n"
        "  segment 2: it is reviewed, but not approved: Rain in Kiel.\n"
        "1 exported, 1 refused.\n"
    )
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["ready.en.html"]


def test_state_any_writes_everything_and_marks_it(waiting: Document) -> None:
    code, out, _ = run("--format", "html", "--state", "any", "-o", "-")
    assert code == 0
    assert "<p>Rain in Kiel.</p>" in out
    assert "Working copy, not reviewed for publication: 1 of 2 segments are approved." in out
    assert "editorially reviewed" not in out
    code, out, _ = run("--format", "jsonl", "--state", "any", "-o", "-")
    assert [json.loads(line)["state"] for line in out.splitlines()] == ["approved", "reviewed"]


def test_json_says_what_became_of_each_document(
    ready: Document, waiting: Document, cast: dict[str, Person], tmp_path: Path
) -> None:
    publish(document_id=ready.pk, person=cast["dora"])
    code, out, _ = run("--format", "html", "--json", "-o", str(tmp_path))
    result = json.loads(out)
    assert code == 1
    assert result["exported"] == [{"document": "ready", "segments": 2, "publication": 1, "file": "ready.en.html"}]
    assert [(row["document"], row["reason"]) for row in result["refused"]] == [
        ("waiting", "It is not approved as it stands.")
    ]
    assert [(item["code"], item["position"]) for item in result["refused"][0]["missing"]] == [("reviewed", 2)]


def test_the_page_an_article_came_from_is_written_into(project: Project, tmp_path: Path) -> None:
    import_article(project, "open-source-verwaltung", "engine-a.en.html")
    code, out, _ = run("--format", "html", "--state", "any", "--document", "nx-100794", "-o", "-")
    assert code == 0
    assert '<meta name="article:id" content="nx-100794">' in out
    assert '<img src="https://nx-online.example/img/open-source-verwaltung.jpg" alt=""' in out


def test_an_export_is_written_over_by_the_next_one(ready: Document, cast: dict[str, Person], tmp_path: Path) -> None:
    run("--format", "html", "-o", str(tmp_path))
    desk.save(segments_of(ready)[0], cast["anna"], "Good morning.")
    desk.work_through(ready, editor=cast["anna"], approver=cast["ben"])
    assert run("--format", "html", "-o", str(tmp_path))[0] == 0
    assert "<p>Good morning.</p>" in (tmp_path / "ready.en.html").read_text()
    assert list(tmp_path.glob("*")) == [tmp_path / "ready.en.html"]


def test_ids_that_do_not_exist_are_a_wrong_command_line_and_nothing_is_written(ready: Document, tmp_path: Path) -> None:
    code, out, message = run("--format", "html", "--document", "ready", "nx-0", "-o", str(tmp_path / "out"))
    assert (code, out) == (2, "")
    assert message == "The project desk has no document 'nx-0'."
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("hostile", ["../../etc/passwd", "a/b", "..", "\u202eexe", "ü" * 200, "a\nb"])
def test_a_hostile_id_gives_no_traceback_and_no_file_elsewhere(
    project: Project, cast: dict[str, Person], tmp_path: Path, hostile: str
) -> None:
    made = make_document(project, external_id=hostile)
    desk.work_through(made, editor=cast["anna"], approver=cast["ben"])
    folder = tmp_path / "a" / "b"
    assert run("--format", "html", "--document", hostile, "-o", str(folder))[0] == 0
    (written,) = (path for path in (tmp_path / "a").rglob("*") if path.is_file())
    assert written.parent == folder
    assert run("--format", "html", "--document", hostile + "?", "-o", str(folder))[0] == 2


def test_an_unknown_project_is_a_wrong_command_line(ready: Document) -> None:
    with pytest.raises(CommandError, match=r"There is no project 'nowhere'. Projects: desk.") as caught:
        call_command("export", "--project", "nowhere", "--format", "html", "-o", "-")
    assert caught.value.returncode == 2


def test_json_and_stdout_do_not_mix(ready: Document) -> None:
    code, out, message = run("--format", "jsonl", "--json", "-o", "-")
    assert (code, out) == (2, "")
    assert message == "--json and -o - would both write to stdout: give -o a path."


def test_a_table_for_spreadsheets_is_asked_for_by_name(ready: Document, tmp_path: Path) -> None:
    file = tmp_path / "all.csv"
    assert run("--format", "csv", "--excel", "-o", str(file))[0] == 0
    assert "formula_guard" in file.read_text("utf-8-sig").splitlines()[0]
    assert run("--format", "csv", "-o", str(file))[0] == 0
    assert "formula_guard" not in file.read_text("utf-8")
    code, _, message = run("--format", "text", "--excel", "-o", str(tmp_path / "texts"))
    assert (code, message) == (2, "--excel is for csv, not for text.")


def test_a_file_is_no_folder_and_a_folder_no_file(ready: Document, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    code, _, message = run("--format", "html", "-o", str(file))
    assert (code, message) == (2, f"{file} is a file, and html writes a folder of pages: name a folder.")
    code, _, message = run("--format", "jsonl", "-o", str(tmp_path))
    assert (code, message) == (2, f"{tmp_path} is a folder, and jsonl is one file: name the file in it.")
    assert file.read_text() == "mine"


def test_a_place_that_cannot_be_written_is_named(ready: Document, tmp_path: Path) -> None:
    code, _, message = run("--format", "jsonl", "-o", str(tmp_path / "missing" / "all.jsonl"))
    assert code == 2
    assert message == f"{tmp_path}/missing/all.jsonl cannot be written: No such file or directory."


def test_help_shows_an_example_and_the_formats(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        call_command("export", "--help")
    shown = capsys.readouterr().out
    assert exit_.value.code == 0
    assert "bin/manage export --project desk --document nx-100417 --format html -o english/" in shown
    assert f"{{{','.join(BY_NAME)}}}" in "".join(shown.split())


# --- files of translation tools ----------------------------------------------------------------

TWO_FILES = shared_path("cases/xliff12-same-id-in-two-files/input.xlf")


@pytest.fixture
def imported(project: Project, cast: dict[str, Person]) -> list[Document]:
    """Two articles of one XLIFF file; the first is approved as it came, the second was changed since."""
    call_command("bulk_import", str(TWO_FILES), "--project", "desk", "--inline", stdout=io.StringIO())
    first, second = Document.objects.order_by("pk")
    for document in (first, second):
        desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    desk.save(segments_of(second)[0], cast["anna"], "On side two.", reviewed=False)
    return [first, second]


def test_articles_of_one_file_come_back_in_it(imported: list[Document], tmp_path: Path) -> None:
    path = tmp_path / "back.xlf"
    code, _, err = run("--format", "xliff", "--state", "any", "-o", str(path))
    assert (code, err) == (0, "2 exported, 0 refused.\n")
    original = TWO_FILES.read_text(encoding="utf-8")
    assert path.read_text(encoding="utf-8") == (
        original.replace(
            'id="t1"><source>Auf Seite eins.</source><target>',
            'id="t1" approved="yes"><source>Auf Seite eins.</source><target state="signed-off">',
        ).replace("On page two.", "On side two.")
    )


def test_what_is_not_approved_goes_back_as_it_came(imported: list[Document]) -> None:
    code, out, err = run_in_bytes("--format", "xliff", "-o", "-")
    assert code == 1
    assert "input:seite2.html is not exported. It is not approved as it stands." in err
    assert b'<target state="signed-off">On page one.</target>' in out
    assert b"<target>On page two.</target>" in out


def test_a_folder_gets_one_file_for_all_that_came_from_one(
    imported: list[Document], ready: Document, tmp_path: Path
) -> None:
    assert run("--format", "xliff", "--state", "any", "-o", str(tmp_path))[0] == 0
    assert sorted(path.name for path in tmp_path.glob("*.xlf")) == ["input.en.xlf", "ready.en.xlf"]
    assert broken_rules((tmp_path / "ready.en.xlf").read_bytes()) == []


def test_a_folder_gets_new_files_of_version_2_for_what_came_from_version_1(
    imported: list[Document], tmp_path: Path
) -> None:
    assert run("--format", "xliff2", "--state", "any", "-o", f"{tmp_path}/new/")[0] == 0
    written = sorted((tmp_path / "new").iterdir())
    assert [re.sub("-[0-9a-f]{12}", "", path.name) for path in written] == [
        "input_seite1.html.en.xlf",
        "input_seite2.html.en.xlf",
    ]
    assert [broken_rules(path.read_bytes()) for path in written] == [[], []]


def test_articles_of_several_files_do_not_go_into_one(imported: list[Document], ready: Document) -> None:
    code, _, err = run("--format", "xliff", "--state", "any", "-o", "-")
    assert code == 1
    assert (
        "ready is not exported. It came from no such file, and what is being written came from the file input.xlf. "
        "Export it to a file of its own, or all of them to a folder.\n"
    ) in err


def test_xliff_2_of_an_article_that_came_from_version_1_is_a_new_file(imported: list[Document]) -> None:
    code, out, _ = run_in_bytes("--format", "xliff2", "--state", "any", "-o", "-")
    assert code == 0
    assert broken_rules(out) == []
    assert b"On side two." in out


def test_a_kept_file_that_is_gone_or_changed_is_named(imported: list[Document]) -> None:
    source = imported[0].current_source
    assert source is not None
    raw = raw_path(source.raw_hash)
    content = raw.read_bytes()
    raw.write_bytes(content + b" ")
    assert f"The raw file {raw} was changed after the import" in run("--format", "xliff", "-o", "-")[2]
    raw.unlink()
    code, out, err = run_in_bytes("--format", "xliff", "-o", "-")
    assert (code, out) == (1, b"")
    assert f"The raw file {source.raw_hash} is missing" in err
    assert "import the source again" in err
    raw.write_bytes(content)
    assert run("--format", "xliff", "--state", "any", "-o", "-")[0] == 0


def test_a_published_article_goes_back_as_it_was_frozen(imported: list[Document], cast: dict[str, Person]) -> None:
    publish(document_id=imported[0].pk, person=cast["dora"], waivers=desk.AT_ONCE)
    code, out, err = run_in_bytes("--format", "xliff", "--document", "input:seite1.html", "-o", "-")
    assert (code, err) == (0, "1 exported, 0 refused.\n")
    assert b'approved="yes"' in out


def test_a_file_in_another_encoding_comes_to_stdout_in_it(
    project: Project, cast: dict[str, Person], tmp_path: Path
) -> None:
    path = tmp_path / "latin.xlf"
    content = TWO_FILES.read_text(encoding="utf-8").replace("UTF-8", "windows-1252").replace("eins.", "fünf.")
    path.write_bytes(content.encode("windows-1252"))
    call_command("bulk_import", str(path), "--project", "desk", "--inline", stdout=io.StringIO())
    assert run_in_bytes("--format", "xliff", "--state", "any", "-o", "-")[1] == path.read_bytes()

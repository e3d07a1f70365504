"""`compare_systems`: figures on stdout, everything else on stderr, and a sentence where it cannot be done."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from reviews.metrics.runner import score_document
from reviews.models import TaskRun
from reviews.reports.comparison import Slice, compare, csv_text
from tests.factories import make_document, make_project

pytestmark = pytest.mark.django_db

SOURCES = ["Guten Morgen.", "Es regnet in Kiel."]
ENGINE = ["Good morning.", "It is raining in Kiel."]
REFERENCE = ["Good morning.", "It rains in Kiel."]


@pytest.fixture
def project():
    project = make_project()
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE}, section="Weather")
    score_document(document.pk)
    return project


def refused(*arguments):
    with pytest.raises(CommandError) as caught:
        call_command("compare_systems", *arguments)
    assert caught.value.returncode == 2
    return str(caught.value)


def test_it_prints_the_report_as_json(project, capsys):
    call_command("compare_systems", "--project", "desk", "--reference", "A", "--json")
    output = json.loads(capsys.readouterr().out)
    assert output == compare(project, "A").to_json()
    assert output["systems"]["engine-a"]["chrf"]["n"] == 2


def test_it_prints_a_table_with_signatures_for_people(project, capsys):
    call_command("compare_systems", "--project", "desk", "--metrics", "bleu,ter")
    output = capsys.readouterr().out.splitlines()
    assert output[0] == "desk, reference A: 2 segments, 1 documents"
    comparison = compare(project, metrics=["bleu", "ter"])
    assert output[2] == f"bleu ({comparison.signatures['bleu']})"
    assert output[3].split() == ["engine", "score", "95", "%", "interval", "n"]
    score = comparison.systems["engine-a"]["bleu"].score
    assert output[4].split() == ["engine-a", f"{score:.2f}", "–", "2/2"]
    assert output[5] == "no interval: too few articles: 1 of at least 20"


def test_it_takes_the_metrics_and_the_part_it_is_told(project, capsys):
    call_command("compare_systems", "--project", "desk", "--metrics", "ter, bleu", "--section", "Weather", "--json")
    output = json.loads(capsys.readouterr().out)
    assert list(output["signatures"]) == ["ter", "bleu"]
    assert output["segments"] == 2
    call_command("compare_systems", "--project", "desk", "--since", "2999-01-01", "--json")
    assert json.loads(capsys.readouterr().out)["segments"] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--project", "none"], "There is no project 'none'. Projects: desk."),
        (["--project", "desk", "--reference", "B"], "has no reference 'B'. References: A."),
        (
            ["--project", "desk", "--reference", "post-edit"],
            "against approved texts yet: approve some, or name a reference (A).",
        ),
        (["--project", "desk", "--metrics", "comet"], "unknown metric 'comet': choose from bleu, chrf"),
        (
            ["--project", "desk", "--since", "yesterday"],
            "--since is 'yesterday', which is no day: write it as 2026-11-24.",
        ),
        (["--project", "desk", "--until", "2026-13-01"], "--until is '2026-13-01', which is no day"),
        (["--project", "desk", "--kind", "poem"], "There is no kind 'poem': choose from kicker"),
        (["--project", "desk", "--baseline", "engine-x"], "There is no engine 'engine-x'. Engines: engine-a."),
        (["--project", "desk", "--samples", "7"], "7 samples are no number to work with: take 40 to 100000"),
        (["--project", "desk", "--document", "nx"], "The project desk has no document 'nx'."),
        (["--project", "desk", "--json", "--csv", "-"], "--json and --csv - both want stdout: name a file for --csv."),
    ],
)
def test_what_it_cannot_do_is_said_with_exit_code_2(project, arguments, words):
    assert words in refused(*arguments)


def test_several_references_must_be_told_apart(project):
    document = make_document(project, SOURCES, {"engine-a": ENGINE}, {"B": REFERENCE})
    score_document(document.pk)
    assert "Name one with --reference: A, B" in refused("--project", "desk")


def test_a_project_without_references_is_told_how_to_get_one():
    make_document(make_project("empty"), SOURCES)
    assert "import one with" in refused("--project", "empty")


def test_it_says_when_the_figures_may_still_change(project, capsys):
    TaskRun.objects.create(project=project, document=project.documents.get(), kind=TaskRun.Kind.SCORE)
    call_command("compare_systems", "--project", "desk", "--json")
    captured = capsys.readouterr()
    assert json.loads(captured.out)["unfinished"] == 1
    assert "1 documents are not scored to the end" in captured.err


def test_every_option_reaches_the_report(project, capsys):
    options = ["--baseline", "engine-a", "--system", "engine-a", "--section", "Weather", "--kind", "body"]
    options += ["--length", "short", "--since", "2020-01-01", "--until", "2999-12-31"]
    options += ["--document", project.documents.get().external_id, "--by", "segment", "--samples", "50", "--seed", "7"]
    call_command("compare_systems", "--project", "desk", *options, "--json")
    part = Slice(
        section="Weather",
        kind="body",
        length="short",
        since=date(2020, 1, 1),
        until=date(2999, 12, 31),
        documents=frozenset([project.documents.get().external_id]),
    )
    expected = compare(
        project, systems=["engine-a"], baseline="engine-a", part=part, by="segment", samples=50, seed=7
    ).to_json()
    assert json.loads(capsys.readouterr().out) == expected
    assert (expected["segments"], expected["by"], expected["samples"], expected["seed"]) == (2, "segment", 50, 7)


def test_it_writes_csv_to_a_file_or_to_stdout(project, capsys, tmp_path):
    path = tmp_path / "engines.csv"
    call_command("compare_systems", "--project", "desk", "--csv", str(path))
    assert "reference A" in capsys.readouterr().out
    call_command("compare_systems", "--project", "desk", "--csv", "-")
    written = path.read_bytes().decode("utf-8")
    assert capsys.readouterr().out == written == csv_text(compare(project))
    words = refused("--project", "desk", "--csv", str(tmp_path / "none" / "engines.csv"))
    assert "engines.csv cannot be written: No such file or directory. Name another file with --csv." in words


def test_differences_are_told_in_words(project, capsys):
    for _ in range(20):
        made = make_document(project, SOURCES, {"engine-a": ENGINE, "engine-b": ["Rain.", "Rain."]}, {"A": REFERENCE})
        score_document(made.pk)
    call_command("compare_systems", "--project", "desk", "--metrics", "ter", "--samples", "100")
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("engine-b")]
    [row] = compare(project, metrics=["ter"], samples=100).paired
    assert line.endswith(
        f"{row.difference:+.2f} ({row.low:+.2f} to {row.high:+.2f}), p {row.p_adjusted:.3f}: worse; "
        "better on 0, worse on 40, equal on 0"
    )

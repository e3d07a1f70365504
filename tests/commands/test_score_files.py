"""`import_scores`, `export_scores` and `correlations`, as a shell meets them."""

import json

import pytest
from django.core.management import CommandError, call_command

from reviews.metrics.runner import score_document
from reviews.models import AuditEvent, Rating, Score
from tests.factories import make_document, make_project

pytestmark = pytest.mark.django_db

MQM = "system\tdoc\tdoc_id\tseg_id\trater\tsource\ttarget\tcategory\tseverity\n"


@pytest.fixture
def project():
    project = make_project()
    for name, engine_b in (("d1", "Hello."), ("d2", "Hi.")):
        document = make_document(
            project,
            ["Guten Tag.", "Ja."],
            {"engine-a": ["Good day.", "Yes."], "engine-b": [engine_b, "Yeah."]},
            {"A": ["Good day.", "Yes."]},
            external_id=name,
        )
        score_document(document.pk)
    return project


@pytest.fixture
def files(tmp_path):
    """Score files by name, and the docs file of the project's lines."""
    contents = {
        "docs.txt": "d1\nd1\nd2\nd2\n",
        "kiwi.seg.score": "".join(f"{s}\t{n}.5\n" for s in ("engine-a", "engine-b") for n in range(4)),
        "half.seg.score": "engine-a\t1\nengine-a\tNone\nengine-a\t2\nengine-a\t3\n" + "refA\t1\n" * 4,
        "nobody.seg.score": "refA\t1\n" * 4,
        "short.seg.score": "engine-a\t1\n",
        "ratings.tsv": MQM + "engine-a\td1\t1\t1\tr1\tGuten Tag.\t<v>Good</v> day.\tStyle\tMinor\n",
        "notes.txt": "nothing of this kind\n",
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def run(capsys, command, *arguments):
    """The JSON of a command that ends well, or its exit code with it."""
    code = 0
    try:
        call_command(command, *map(str, arguments), "--project", "desk", "--json")
    except SystemExit as exit_:
        code = exit_.code
    return code, json.loads(capsys.readouterr().out)


def refused(command, *arguments):
    with pytest.raises(CommandError) as caught:
        call_command(command, *map(str, arguments), "--project", "desk")
    assert caught.value.returncode == 2
    return str(caught.value)


def test_a_metric_s_scores_come_in_once(project, files, capsys):
    arguments = [files / "kiwi.seg.score", "--docs", files / "docs.txt", "--metric", "kiwi"]
    code, report = run(capsys, "import_scores", *arguments)
    assert (code, report["new"], report["same"]) == (0, 8, 0)
    assert report["signature"] == "external|against:source|better:higher|rules:1"
    events = AuditEvent.objects.count()
    code, report = run(capsys, "import_scores", *arguments)
    assert (code, report["new"], report["same"], AuditEvent.objects.count()) == (0, 0, 8, events)
    values = Score.objects.filter(config__metric="kiwi", hypothesis__system__name="engine-a").order_by("hypothesis_id")
    assert list(values.values_list("value", flat=True)) == [0.5, 1.5, 2.5, 3.5]


def test_a_metric_may_count_what_is_wrong_and_look_at_a_reference(project, files, capsys):
    arguments = [files / "kiwi.seg.score", "--docs", files / "docs.txt", "--metric", "x@1", "--lower-is-better"]
    _, report = run(capsys, "import_scores", *arguments, "--reference", "A")
    assert report["signature"] == "external|against:reference|better:lower|rules:1"
    assert Score.objects.filter(config__metric="x@1", target__reference_set__label="A").count() == 8


def test_rows_without_a_partner_end_with_exit_code_1_and_nothing_taken_with_2(project, files, capsys):
    arguments = ["--docs", files / "docs.txt", "--metric", "half"]
    code, report = run(capsys, "import_scores", files / "half.seg.score", *arguments)
    assert (code, report["new"], report["unmatched"]) == (1, 3, {"the project has no such engine": 4})
    assert report["examples"][0] == {
        "line": 5,
        "document": "d1",
        "segment": "1",
        "system": "refA",
        "reason": "the project has no such engine",
    }
    code, report = run(capsys, "import_scores", files / "nobody.seg.score", *arguments)
    assert (code, report["new"]) == (2, 0)


def test_people_s_ratings_come_in_and_people_are_told_what_happened(project, files, capsys):
    call_command("import_scores", str(files / "ratings.tsv"), "--project", "desk")
    assert "Scores: 1 new, 0 changed, 0 same." in capsys.readouterr().err
    rating = Rating.objects.get()
    assert (rating.campaign.name, rating.campaign.protocol, rating.annotator) == ("ratings", "mqm", "r1")


def test_numbers_of_two_annotators_are_two_ratings_of_one_campaign(project, files, capsys):
    for name in ("1", "2"):
        arguments = ["--docs", files / "docs.txt", "--protocol", "esa", "--campaign", "ESA", "--annotator", name]
        assert run(capsys, "import_scores", files / "kiwi.seg.score", *arguments)[1]["new"] == 8
    assert Rating.objects.filter(campaign__name="ESA").values("hypothesis").distinct().count() == 8


def test_of_an_mqm_form_the_number_is_nobody_s(project, files, capsys):
    form = files / "MQM-1.appraise.csv"
    form.write_text("".join(f"r1,w.a,{n},TGT,deu,eng,0,d1#engine-a,False,[],1,2\n" for n in (1, 2)))
    assert run(capsys, "import_scores", form, "--protocol", "mqm")[1]["campaign"] == "MQM-1"
    assert set(Rating.objects.values_list("value", flat=True)) == {None}


def test_a_dry_run_writes_nothing(project, files, capsys):
    arguments = [files / "kiwi.seg.score", "--docs", files / "docs.txt", "--metric", "kiwi", "--dry-run"]
    code, report = run(capsys, "import_scores", *arguments)
    assert (code, report["new"], report["dry_run"]) == (0, 8, True)
    assert not Score.objects.filter(config__metric="kiwi").exists()


DOCS = ("--docs", "docs.txt")


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("kiwi.seg.score", ["--metric", "kiwi"], "names no segments: give --docs FILE"),
        (
            "kiwi.seg.score",
            [*DOCS],
            "does not say whose scores it holds: give --metric NAME, or --protocol (mqm, esa, da)",
        ),
        ("kiwi.seg.score", [*DOCS, "--metric", "chrf"], "chrf is computed here."),
        ("kiwi.seg.score", [*DOCS, "--metric", "k", "--reference", "B"], "desk has no reference 'B'. References: A."),
        ("kiwi.seg.score", [*DOCS, "--metric", "k", "--campaign", "c"], "leave them or --metric out."),
        ("kiwi.seg.score", [*DOCS, "--protocol", "esa", "--reference", "A"], "--reference says something of a metric"),
        ("kiwi.seg.score", [*DOCS, "--protocol", "esa", "--lower-is-better"], "--lower-is-better says something of a"),
        ("kiwi.seg.score", [*DOCS, "--protocol", "esa", "--campaign", " "], "--campaign needs a name of at most 100"),
        ("short.seg.score", [*DOCS, "--metric", "k"], "short.seg.score:1: ends the system 'engine-a' after 1 lines"),
        ("ratings.tsv", ["--metric", "k"], "A file in the format mqm holds people's ratings: leave out --metric."),
        ("ratings.tsv", [*DOCS], "A file in the format mqm names its segments: leave out --docs."),
        ("ratings.tsv", ["--annotator", "x"], "names its annotators: leave out --annotator."),
        ("notes.txt", [], "is no score file that can be told by itself. Name its format with --format: mqm ("),
        ("none.tsv", [], "none.tsv: cannot be read: No such file or directory."),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_code_2(project, files, name, options, words):
    given = [files / option if option == "docs.txt" else option for option in options]
    assert words in refused("import_scores", files / name, *given)
    assert not Rating.objects.exists()
    assert not Score.objects.filter(config__signature__startswith="external").exists()


def test_scores_go_out_and_come_in_again_as_the_same(project, files, capsys):
    docs = ["--docs", files / "docs.txt"]
    run(capsys, "import_scores", files / "kiwi.seg.score", *docs, "--metric", "kiwi")
    out = files / "out.seg.score"
    code, report = run(capsys, "export_scores", "--metric", "kiwi", *docs, "-o", out)
    assert (code, report["written"]) == (0, 8)
    assert out.read_bytes() == (files / "kiwi.seg.score").read_bytes()
    call_command("export_scores", "--project", "desk", "--metric", "kiwi", "-o", "-")
    assert capsys.readouterr().out.encode() == out.read_bytes()


def test_ratings_go_out_as_they_came_in(project, files, capsys):
    run(capsys, "import_scores", files / "ratings.tsv")
    out = files / "out.tsv"
    assert run(capsys, "export_scores", "--campaign", "ratings", "--format", "mqm", "-o", out)[1]["written"] == 1
    assert out.read_text().split("\n")[1] == (files / "ratings.tsv").read_text().split("\n")[1] + "\t"
    assert run(capsys, "import_scores", out, "--campaign", "ratings")[1]["same"] == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--campaign", "none", "-o", "x"], "desk has no campaign 'none'. Campaigns: none yet."),
        (["--metric", "kiwi", "-o", "x"], "desk has no scores of 'kiwi'."),
        (
            ["--metric", "chrf", "--format", "mqm", "-o", "x"],
            "A metric has no marks: --format mqm is for a --campaign.",
        ),
        (["--metric", "chrf", "-o", "none/x"], "none/x cannot be written: No such file or directory."),
        (["--metric", "chrf", "-o", "-", "--json"], "--json and -o - would both write to stdout: give -o a path."),
    ],
)
def test_what_cannot_be_written_is_said_with_exit_code_2(project, tmp_path, monkeypatch, options, words):
    monkeypatch.chdir(tmp_path)
    assert words in refused("export_scores", *options)
    assert list(tmp_path.iterdir()) == []


def test_correlations_are_printed_for_people_and_for_scripts(project, files, capsys):
    docs = ["--docs", files / "docs.txt"]
    run(capsys, "import_scores", files / "kiwi.seg.score", *docs, "--metric", "kiwi")
    run(capsys, "import_scores", files / "kiwi.seg.score", *docs, "--protocol", "da", "--campaign", "DA")
    code, report = run(capsys, "correlations", "--metrics", "kiwi")
    assert (code, report["campaigns"]) == (
        0,
        [{"campaign": "DA", "protocol": "da", "texts": 8, "systems": ["engine-a", "engine-b"]}],
    )
    (kiwi,) = report["correlations"]
    assert (kiwi["segment"]["n"], kiwi["segment"]["pearson"]) == (8, None)
    assert kiwi["segment"]["reason"] == "fewer than 10 texts"
    call_command("correlations", "--project", "desk")
    title, head, *rows = capsys.readouterr().out.splitlines()
    assert (title, head.split()[:3]) == ("DA", ["n", "Pearson", "tau-b"])
    assert any(row.split() == ["kiwi,", "source", "text", "8", "–", "–", "–", "–", "2", "–", "–"] for row in rows)


def test_a_project_without_human_scores_is_told_how_to_get_some(project):
    assert "desk has no human scores: import some with `import_scores`." in refused("correlations")


def test_an_unknown_campaign_is_refused_with_those_there_are(project, files, capsys):
    run(capsys, "import_scores", files / "ratings.tsv")
    assert "desk has no campaign 'x'. Campaigns: ratings." in refused("correlations", "--campaign", "x")

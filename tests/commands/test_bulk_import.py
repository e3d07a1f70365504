"""The bulk import as an operator runs it."""

import io
import json

import pytest
import sacrebleu
from django.core.management import call_command

from reviews.models import Document, Hypothesis, ImportBatch, Project, Reference, Score, Segment, System
from reviews.models.layout import newest_runs
from reviews.models.states import placed, verify
from tests.shared import shared_path

pytestmark = pytest.mark.django_db


def bulk_import(*paths, **options):
    """(exit code, JSON, messages) of one run."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    defaults = {"project": "desk", "create_project": "de-en", "json": True, "inline": True}
    try:
        call_command("bulk_import", *map(str, paths), stdout=out, stderr=err, **(defaults | options))
    except SystemExit as error:
        code = error.code
    return code, json.loads(out.getvalue()) if out.getvalue() else None, err.getvalue()


def articles():
    return sorted(path for path in shared_path("articles").iterdir() if path.is_dir())


def held(document, name):
    """(position of the first segment from 1, covers, text) of one system's texts that hold, in article order."""
    order = [p.segment_id for p in placed(document)]
    rows = newest_runs(Hypothesis.objects.filter(document=document, system__name=name), order)
    return [(order.index(s) + 1, rows[s].covers, rows[s].text) for s in order if s in rows]


def test_the_four_articles_come_in_with_both_engines_and_the_reference():
    code, result, _ = bulk_import(*articles())
    assert code == 0
    assert result["documents"] == {"new": 4, "changed": 0, "same": 0, "rejected": 0}
    assert result["segments"]["new"] == Segment.objects.count() == 90
    assert result["references"]["new"] == 90
    assert (result["unaligned"], result["rejected"]) == ([], [])
    assert [s.name for s in System.objects.order_by("position")] == ["engine-a", "engine-b"]
    for document in Document.objects.all():
        assert verify(document) == []
        assert not Segment.objects.filter(document=document, chosen=None, covered_by=None).exists()


def test_every_hypothesis_is_scored_and_every_document_routed():
    _, result, _ = bulk_import(*articles())
    for hypothesis in Hypothesis.objects.filter(segment__isnull=False):
        metrics = set(Score.objects.filter(hypothesis=hypothesis).values_list("config__metric", flat=True))
        assert metrics == {"bleu", "chrf", "chrf++", "ter", "edit_rate", "consensus", "length_ratio", "language"}
    assert result["scores"]["done"] == Score.objects.filter(value__isnull=False).count()
    assert {d.work_items.get(step="edit").state for d in Document.objects.all()} == {"open"}
    assert not Segment.objects.filter(risk_rank=None, covered_by=None).exists()


def test_the_rows_of_chipfabrik():
    bulk_import(shared_path("articles/chipfabrik-foerderung"))
    document = Document.objects.get()
    assert len({p.block for p in placed(document)}) == 12
    for engine in ("engine-a", "engine-b"):
        assert [covers for _, covers, _ in held(document, engine)] == [1] * 20
    assert Reference.objects.count() == 20
    assert not Reference.objects.filter(text__contains="technical assistance").exists()


def test_the_dropped_sentence_of_handy_has_an_empty_text_and_counts():
    bulk_import(shared_path("articles/handy-sicherheitsluecke"))
    document = Document.objects.get()
    assert len(placed(document)) == 22
    for engine in ("engine-a", "engine-b"):
        assert [covers for _, covers, _ in held(document, engine)] == [1] * 22
    dropped = placed(document)[17]
    assert dropped.source.text == "Für das ältere Modell F5 stellt Fennek keine Patches mehr bereit."
    assert [start for start, _, text in held(document, "engine-b") if not text] == [18]
    score = Score.objects.get(
        hypothesis__system__name="engine-b", hypothesis__segment=dropped.segment, config__metric="bleu"
    )
    reference = Reference.objects.get(segment=dropped.segment).text
    expected = sacrebleu.corpus_bleu([""], [[reference]])
    assert (score.value, score.s1, score.s2) == (0.0, 0, expected.ref_len)


def test_the_same_again_changes_nothing():
    bulk_import(*articles())
    tables = (Document, Segment, Hypothesis, Reference, Score)
    before = [model.objects.count() for model in tables]
    code, result, _ = bulk_import(*articles())
    assert code == 0
    for what in ("documents", "segments", "hypotheses", "references"):
        assert (result[what]["new"], result[what]["changed"]) == (0, 0)
    assert [model.objects.count() for model in tables] == before
    assert ImportBatch.objects.count() == 2


def test_a_dry_run_counts_and_writes_nothing():
    code, result, err = bulk_import(*articles(), dry_run=True)
    assert (code, result["documents"]["new"], result["segments"]["new"]) == (0, 4, 90)
    assert "Nothing was written" in err
    assert not Project.objects.exists()


def test_a_bad_row_refuses_its_document_and_leaves_the_others(tmp_path):
    rows = [
        {"document": "a", "id": "1", "source": "Eins.", "hypotheses": {"x": "One."}},
        {"document": "b", "id": "1", "source": "Zwei.", "hypotheses": {"x": "Two."}},
        {"document": "b", "id": "2", "source": 3},
        {"document": "c", "id": "1", "source": "Vier.", "hypotheses": {"x": "Four."}},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, result, err = bulk_import(path)
    assert code == 1
    assert set(Document.objects.values_list("external_id", flat=True)) == {"a", "c"}
    assert result["documents"] == {"new": 2, "changed": 0, "same": 0, "rejected": 1}
    assert result["segments"]["rejected"] == 2
    assert [(r["file"], r["line"], r["document"]) for r in result["rejected"]] == [(str(path), 3, "b")]
    assert f"{path}:3: has 3 for source" in err
    assert ImportBatch.objects.get().rejected == result["rejected"]


def test_a_table_in_other_words_comes_in_when_its_columns_are_named(tmp_path):
    path = tmp_path / "tabelle.csv"
    path.write_bytes("Nr;Quelle;Übersetzung\r\n1;Größe;Size\r\n".encode("cp1252"))
    code, result, err = bulk_import(path, columns="id=Nr,source=Quelle,target=Übersetzung")
    assert (code, result["segments"]["new"], Hypothesis.objects.get().text) == (0, 1, "Size")
    assert f"{path}: is read as Windows-1252" in err
    assert ImportBatch.objects.get().options["columns"] == "id=Nr,source=Quelle,target=Übersetzung"


def test_scattered_rows_refuse_their_document(tmp_path):
    rows = [{"document": d, "id": str(i), "source": f"Satz {i}."} for i, d in enumerate("aba")]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, result, _ = bulk_import(path)
    assert code == 1
    assert [d.external_id for d in Document.objects.all()] == ["b"]
    assert "stand apart (they began in line 1)" in result["rejected"][0]["reason"]


@pytest.mark.parametrize(
    ("file", "place", "words"),
    [
        ("csv-csvkit-null_byte.csv", ":1", "no column for the source"),
        ("csv-csvkit-latin1.csv", ":1", "no column for the source"),
        ("csv-csvkit-utf16_big.csv", ":1", "no column for the source"),
        ("html-header-charset.html", "", "single page"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(file, place, words):
    path = shared_path(f"files/{file}")
    code, result, err = bulk_import(path)
    assert code == 2
    assert f"{path}{place}: " in err
    assert words in result["rejected"][0]["reason"]
    assert not Document.objects.exists()


def test_a_nul_byte_in_a_cell_is_named_with_its_line(tmp_path):
    path = tmp_path / "nul.csv"
    path.write_bytes(b"source,target\nGuten Tag,Hello\n\x00,x\n")
    code, result, _ = bulk_import(path)
    assert (code, result["rejected"][0]["line"]) == (2, 3)
    assert "NUL" in result["rejected"][0]["reason"]


def test_unequal_files_are_refused_with_both_counts():
    code, result, _ = bulk_import(
        shared_path("files/plain-eval1957.clean.de"),
        create_project="de-fr",
        system=[f"X={shared_path('files/plain-eval1957.clean.fr')}"],
    )
    assert code == 2
    assert "554" in result["rejected"][0]["reason"]
    assert "468" in result["rejected"][0]["reason"]
    assert not Document.objects.exists()


def test_a_missing_file_is_refused_and_the_rest_is_taken(tmp_path):
    good = tmp_path / "good.jsonl"
    good.write_text('{"source": "Eins."}', encoding="utf-8")
    code, result, err = bulk_import(tmp_path / "gone.jsonl", good)
    assert (code, result["documents"]["new"]) == (1, 1)
    assert "gone.jsonl: cannot be read" in err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"create_project": None}, "There is no project 'desk'"),
        ({"create_project": "de"}, "write two languages such as de-en"),
        ({"system": ["a", "b"]}, "stands several times without a file"),
        ({"system": ["=x"]}, "write NAME, or NAME=FILE"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(options, words, tmp_path):
    from reviews.management.base import UsageError

    with pytest.raises(UsageError, match=words) as refused:
        bulk_import(tmp_path, **options)
    assert refused.value.returncode == 2


def test_a_translation_that_comes_later_is_aligned_to_the_stored_source(tmp_path):
    folder = shared_path("articles/handy-sicherheitsluecke")
    bulk_import(folder / "source.de.html", role="source")
    code, result, _ = bulk_import(folder / "engine-b.en.html", role="hypothesis", system=["late@2"])
    assert code == 0
    assert result["hypotheses"]["new"] == 22
    document = Document.objects.get()
    assert document.external_id == "nx-100631"
    assert System.objects.get().label == "late@2"
    assert verify(document) == []


SENTENCES = ["Die Behörde prüft den Fall.", "Am 3. Mai fällt die Entscheidung."]
TRANSLATED = ["The authority is examining the case.", "A decision is due on 3 May."]


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_split_makes_a_segment_of_each_sentence_of_a_row(tmp_path, suffix):
    path = tmp_path / f"rows.{suffix}"
    source, target = " ".join(SENTENCES), " ".join(TRANSLATED)
    row = {"document": "d", "id": "7", "source": source, "target": target, "reference": target}
    if suffix == "jsonl":
        path.write_text(json.dumps(row), encoding="utf-8")
    else:
        path.write_text("\n".join([";".join(row), ";".join(row.values())]), encoding="utf-8")
    code, result, _ = bulk_import(path, split=True, dry_run=True)
    assert (code, result["segments"]["new"], result["documents_report"][0]["segments"]["new"]) == (0, 2, 2)
    code, result, _ = bulk_import(path, split=True)
    assert code == 0
    document = Document.objects.get()
    rows = [(p.segment.external_id, p.block, p.sentence, p.source.text) for p in placed(document)]
    assert rows == [("7.1", 0, 0, SENTENCES[0]), ("7.2", 0, 1, SENTENCES[1])]
    assert held(document, "imported") == [(1, 1, TRANSLATED[0]), (2, 1, TRANSLATED[1])]
    assert list(Reference.objects.order_by("segment").values_list("text", flat=True)) == TRANSLATED
    assert verify(document) == []
    code, result, _ = bulk_import(path, split=True)
    assert result["documents"] == {"new": 0, "changed": 0, "same": 1, "rejected": 0}
    code, result, _ = bulk_import(path)
    assert (code, result["segments"]["new"]) == (0, 1)


def test_rows_that_cannot_be_split_are_refused_by_line(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [{"document": "d", "id": "7", "source": " ".join(SENTENCES)}, {"document": "d", "id": "7.1", "source": "x"}]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, result, _ = bulk_import(path, split=True)
    assert (code, result["documents"]["rejected"]) == (2, 1)
    assert (result["rejected"][0]["line"], result["rejected"][0]["document"]) == (1, "d")
    assert "split, a sentence of it has the id '7.1'" in result["rejected"][0]["reason"]


def test_a_dry_run_tells_of_each_document(tmp_path):
    rows = [{"document": "a", "source": f"Der Satz Nummer {i} ist so lang wie alle anderen.",
             "hypotheses": {"x": f"Sentence number {i} is as long as all the others." if i else "No."}}
            for i in range(6)]  # fmt: skip
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, [*rows, {"document": "b", "source": 3}])), encoding="utf-8")
    code, result, err = bulk_import(path, dry_run=True)
    assert code == 1
    rejected, taken = result["documents_report"]
    assert (rejected["document"], rejected["outcome"], len(rejected["rejected"])) == ("b", "rejected", 1)
    assert (taken["outcome"], taken["segments"]["new"], taken["hypotheses"]) == (
        "new",
        6,
        {"x": {"new": 6, "changed": 0, "same": 0}},
    )
    assert [(o["segment"], o["system"], o["target"]) for o in taken["length_outliers"]] == [(1, "x", "No.")]
    assert taken["pairs"][1]["target"] == "Sentence number 1 is as long as all the others."
    for line in (
        "b: rejected: has 3 for source",
        "a: new; segments: 6 new, 0 changed, 0 moved, 0 same, 0 removed",
        "  x: 6 new, 0 changed, 0 same",
        "  odd length: segment 1, x, ratio 0.06: ",
    ):
        assert line in err


def test_a_dry_run_of_a_changed_source_says_what_would_reopen():
    folder = shared_path("articles/ransomware-kommunen")
    bulk_import(folder)
    code, result, err = bulk_import(folder / "source.v2.de.html", role="source", dry_run=True)
    assert code == 0
    assert result["documents_report"][0]["segments"] == {"new": 0, "changed": 3, "moved": 0, "same": 23, "removed": 0}
    assert "nx-100417: changed; segments: 0 new, 3 changed, 0 moved, 23 same, 0 removed" in err
    document = Document.objects.get()
    assert document.current_source.number == 1

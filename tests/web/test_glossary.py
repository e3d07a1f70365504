"""The glossary's page: read by members, written by desk heads, and nothing typed there is lost."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reviews.editing.terms import add_term, retire_term
from reviews.glossary.terms import TermValue
from reviews.models import Term

from .conftest import browser_of
from .test_queries import queries


@pytest.fixture
def add(project, cast):
    def add(source, target, use="preferred", note=""):
        value = TermValue(source, target, use, note)
        return add_term(project_id=project.pk, person=cast["dora"], value=value)

    return add


def address(project, name="", *more):
    return reverse(f"reviews:glossary{name}", args=[project.slug, *more])


def standing():
    found = Term.objects.in_force().order_by("words", "target")
    return list(found.values_list("source", "target", "use", "note"))


def test_members_read_and_only_desk_heads_have_forms(project, cast, add):
    add("Rat", "council", "avoid", "not in Berlin")
    for who, forms in {"anna": False, "rolf": False, "dora": True}.items():
        said = browser_of(cast[who]).get(address(project)).content.decode()
        assert "council" in said
        assert "not in Berlin" in said
        assert ("Add a term" in said) is ("Bring a table" in said) is ("Change…" in said) is forms
        assert ("Dora" in said) is (who != "rolf")


def test_a_term_is_added_changed_and_retired(project, cast):
    client = browser_of(cast["dora"])
    client.post(address(project, "-add"), {"source": " Rat ", "target": "council", "use": "preferred", "note": ""})
    assert standing() == [("Rat", "council", "preferred", "")]
    term = Term.objects.get()
    opened = client.get(address(project), {"change": term.pk}).content.decode()
    assert address(project, "-change", term.pk) in opened
    posted = {"source": "Rat", "target": "council", "use": "avoid", "note": "x", "q": "ra", "page": 1}
    response = client.post(address(project, "-change", term.pk), posted)
    assert response.url == f"{address(project)}?q=ra"
    assert standing() == [("Rat", "council", "avoid", "x")]
    client.post(address(project, "-retire", Term.objects.in_force().get().pk))
    assert standing() == []


def test_what_is_refused_stays_in_the_form(project, cast, add):
    add("Rat", "council")
    client = browser_of(cast["dora"])
    again = client.post(address(project, "-add"), {"source": "rat", "target": "council", "note": "my note"})
    assert again.status_code == 409
    assert "stands in the glossary already" in again.content.decode()
    assert 'value="my note"' in again.content.decode()
    empty = client.post(address(project, "-add"), {"source": "Ort", "target": ""})
    assert empty.status_code == 422
    assert "The translation is missing. Write it out." in empty.content.decode()
    assert 'value="Ort"' in empty.content.decode()


def test_a_change_that_comes_too_late_keeps_what_was_typed(project, cast, add):
    term = add("Rat", "council")
    retire_term(project_id=project.pk, term_id=term.pk, person=cast["dora"])
    response = browser_of(cast["dora"]).post(
        address(project, "-change", term.pk), {"source": "Rat", "target": "board", "use": "preferred"}
    )
    assert response.status_code == 409
    assert "Somebody else changed or retired this term" in response.content.decode()
    assert 'value="board"' in response.content.decode()
    assert standing() == []


def test_a_table_is_pasted_or_uploaded(project, cast):
    client = browser_of(cast["dora"])
    client.post(address(project, "-import"), {"rows": "Deutsch\tEnglish\nRat\tcouncil\nOrt\tplace"})
    file = SimpleUploadedFile("terms.csv", "Behörde;authority;do not use;x".encode("cp1252"))
    said = client.post(address(project, "-import"), {"file": file}, follow=True).content.decode()
    assert "1 added, 0 changed, 0 stood there already." in said
    assert "Windows-1252" in said
    assert standing() == [
        ("Behörde", "authority", "avoid", "x"),
        ("Ort", "place", "preferred", ""),
        ("Rat", "council", "preferred", ""),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"rows": "Rat\tcouncil\nOrt\t<script>alert(1)</script>\tmaybe\tno"}, "Line 2"),
        ({"rows": "Rat\t⟦council"}, "Leave them out."),
        ({"rows": " \n"}, "Choose a file, or paste rows."),
        ({"rows": "Rat\tcoun\x00cil"}, "Null characters are not allowed."),
        ({"file": SimpleUploadedFile("x.csv", b"")}, "has no terms"),
        ({"file": SimpleUploadedFile("x.csv", b"\xc3\xa4;x\n\x81;y")}, "Save the file as UTF-8"),
        ({"file": SimpleUploadedFile("x.csv", b"a" * (2 * 1024 * 1024 + 1))}, "2,097,152 bytes. Split it."),
    ],
)
def test_a_table_with_a_flaw_writes_nothing(project, cast, data, reason):
    response = browser_of(cast["dora"]).post(address(project, "-import"), data)
    assert response.status_code == 422
    said = response.content.decode()
    assert reason in said
    assert "<script>alert" not in said
    assert standing() == []


def test_the_export_comes_back_as_it_was(project, cast, add):
    add("=Rat", "council, great", "avoid", "-1")
    add("Ort", "place")
    client = browser_of(cast["anna"])
    exported = client.get(address(project, "-csv"))
    assert exported["Content-Disposition"] == f'attachment; filename="glossary-{project.slug}.csv"'
    file = SimpleUploadedFile("terms.csv", exported.content)
    said = browser_of(cast["dora"]).post(address(project, "-import"), {"file": file}, follow=True).content.decode()
    assert "0 added, 0 changed, 2 stood there already." in said


def test_terms_are_looked_for_and_paged(project, cast, add):
    for number in range(130):
        add(f"Amt {number:03}", f"office {number}")
    client = browser_of(cast["anna"])
    second = client.get(address(project), {"page": 2}).content.decode()
    assert "Amt 100" in second
    assert "Amt 099" not in second
    found = client.get(address(project), {"q": "office 12"}).content.decode()
    assert "11 terms with" in found
    assert queries(client, address(project)) == queries(client, address(project, "") + "?q=Amt 001")
    nonsense = client.get(address(project), {"page": "x", "change": "-1", "q": "\x00"})
    assert nonsense.status_code == 200

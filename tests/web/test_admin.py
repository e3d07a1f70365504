"""The admin: people, projects and memberships are edited; the record is only read."""

import pytest
from django.contrib import admin
from django.urls import reverse

from reviews.admin import LookUp
from reviews.editing.marking import rate
from reviews.editing.saving import accept
from reviews.models import Draft, Membership, Person, Project, Role
from reviews.models.triggers import APPEND_ONLY
from tests.factories import make_document, make_person

from .conftest import browser_of

TABLES = sorted(admin.site._registry, key=lambda model: model.__name__)
EDITED = {Person, Project, Membership}


@pytest.fixture
def root(db):
    return browser_of(make_person("root", is_superuser=True, is_staff=True))


@pytest.fixture
def full(project, cast):
    document = make_document(project, references={"A": ["One.", "Two."]})
    accept(segment_id=document.segments.first().pk, person=cast["anna"], base=0)
    return document


@pytest.mark.parametrize("model", TABLES)
def test_every_table_opens_lists_and_searches(root, full, model):
    address = reverse(f"admin:reviews_{model._meta.model_name}_changelist")
    assert root.get(address).status_code == 200
    assert root.get(address, {"q": "x"}).status_code == 200


@pytest.mark.parametrize("model", [model for model in TABLES if model not in EDITED])
def test_the_record_can_be_read_and_not_written(root, full, model):
    name = f"admin:reviews_{model._meta.model_name}"
    assert isinstance(admin.site._registry[model], LookUp)
    assert root.get(reverse(f"{name}_add")).status_code == 403
    row = model.objects.first()
    if row is not None:
        page = root.get(reverse(f"{name}_change", args=[row.pk]))
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert root.post(reverse(f"{name}_change", args=[row.pk]), {}).status_code == 403
        assert root.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert row is None or model.objects.filter(pk=row.pk).exists()


def test_every_append_only_table_can_be_looked_up():
    names = {model.__name__ for model in TABLES}
    assert set(APPEND_ONLY) <= names
    assert not set(APPEND_ONLY) & {model.__name__ for model in EDITED}


def test_drafts_are_nobodys_business():
    assert Draft not in TABLES


def test_whose_a_judgement_is_shows_nowhere(root, full, cast):
    text = full.segments.first().chosen
    rating = rate(hypothesis_id=text.pk, person=cast["anna"], value=None, base=0)
    for name, arguments in (("changelist", []), ("change", [rating.pk])):
        page = root.get(reverse(f"admin:reviews_rating_{name}", args=arguments)).content.decode()
        assert str(cast["anna"].public_id) not in page


@pytest.mark.parametrize("model", [Person, Project])
def test_people_and_projects_are_never_deleted(root, full, model):
    row = model.objects.first()
    address = reverse(f"admin:reviews_{model._meta.model_name}_delete", args=[row.pk])
    assert root.post(address, {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=row.pk).exists()


def test_a_person_can_be_added_and_given_a_role(root, project):
    added = root.post(
        reverse("admin:reviews_person_add"),
        {"username": "nora", "usable_password": "true", "password1": "long enough 7", "password2": "long enough 7"},
    )
    assert added.status_code == 302
    nora = Person.objects.get(username="nora")
    given = root.post(
        reverse("admin:reviews_membership_add"), {"person": nora.pk, "project": project.pk, "role": Role.EDITOR}
    )
    assert given.status_code == 302
    assert project.roles_of(nora) == {Role.EDITOR}


def test_a_projects_languages_stay_what_its_texts_are_in(root, project):
    page = root.get(reverse("admin:reviews_project_change", args=[project.pk])).content.decode()
    assert 'name="four_eyes"' in page
    for name in ("source_lang", "target_lang", "slug"):
        assert f'name="{name}"' not in page
    assert 'name="source_lang"' in root.get(reverse("admin:reviews_project_add")).content.decode()


@pytest.mark.parametrize("name", ["score", "hypothesis", "revision", "document", "decision"])
def test_lists_ask_a_fixed_number_of_questions(root, project, cast, name, django_assert_max_num_queries):
    for _ in range(15):
        document = make_document(project)
        accept(segment_id=document.segments.first().pk, person=cast["anna"], base=0)
    with django_assert_max_num_queries(12):
        root.get(reverse(f"admin:reviews_{name}_changelist"))

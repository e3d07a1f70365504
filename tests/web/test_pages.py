"""What every page keeps to: a way in, a language, one policy for scripts and styles, plain words when it goes wrong."""

from pathlib import Path

import pytest
from django.conf import settings
from django.http import Http404
from django.test import Client, override_settings
from django.urls import path, reverse
from django.utils import timezone

from reviews.editing.saving import save_revision
from reviews.models import Step, WorkItem
from tests.factories import PASSWORD

from .conftest import browser_of
from .pages import page_of, text_of

WEB = Path(settings.BASE_DIR) / "reviews"


@pytest.fixture
def busy(document, segments, cast):
    save_revision(segment_id=segments[0].pk, person=cast["dora"], typed="Hers.", base=0)
    save_revision(segment_id=segments[0].pk, person=cast["ben"], typed="His.", base=0)
    WorkItem.objects.create(project=document.project, document=document, step=Step.EDIT)
    return document


def addresses(document):
    return [
        reverse("reviews:my-work"),
        reverse("reviews:document", args=[document.pk]),
        reverse("reviews:document", args=[document.pk]) + f"?edit={document.segments.last().pk}",
        reverse("reviews:document-preview", args=[document.pk]),
        reverse("reviews:dashboard", args=[document.project.slug]),
    ]


def all_pages(busy, cast):
    for name in ("ben", "dora", "rolf"):
        for address in addresses(busy):
            response = browser_of(cast[name]).get(address)
            if response.status_code != 403:
                yield response
    yield Client().get("/log-in/")
    yield browser_of(cast["anna"]).get("/documents/999999/")
    yield browser_of(cast["anna"]).get(reverse("reviews:dashboard", args=[busy.project.slug]))


def test_no_page_has_a_script_a_style_or_a_handler_in_it(busy, cast):
    number = 0
    for response in all_pages(busy, cast):
        number += 1
        page = page_of(response)
        assert page.xpath("//style") == []
        assert page.xpath("//*[@style]") == []
        assert [script for script in page.xpath("//script") if not script.get("src") or script.text] == []
        for element in page.iter():
            names = element.attrib if isinstance(element.tag, str) else {}
            assert not [name for name in names if name.startswith(("on", "hx-on"))], element.tag
        for name in ("src", "href"):
            for value in page.xpath(f"//script/@{name} | //link/@{name} | //img/@{name}"):
                assert value.startswith(("/static/", reverse("words"))), value
    assert number > 14


def test_every_page_sends_the_policy(busy, cast):
    for response in all_pages(busy, cast):
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_every_page_has_a_language_a_title_one_heading_and_a_way_past_the_navigation(busy, cast):
    for response in all_pages(busy, cast):
        page = page_of(response)
        assert page.get("lang") == "en-gb"
        assert len(page.xpath("//title")[0].text) > 10
        main = page.xpath("//main[@id='main']")[0]
        assert len(main.xpath(".//h1")) == 1
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))


def test_every_field_has_a_label(busy, cast):
    for response in all_pages(busy, cast):
        page = page_of(response)
        labelled = set(page.xpath("//label/@for"))
        for field in page.xpath("//body//*[self::input[not(@type='hidden')] or self::select or self::textarea]"):
            if not field.xpath("ancestor::template"):
                own = field.get("aria-label") or field.xpath("ancestor::label")
                assert own or field.get("id") in labelled, field.attrib


def test_forms_and_links_work_without_a_script(busy, cast):
    for response in all_pages(busy, cast):
        page = page_of(response)
        for form in page.xpath("//form[not(ancestor::template)]"):
            assert form.get("action") or form.get("method") == "get"
            if form.get("method") == "post" and form.get("id") != "presence":
                assert form.xpath(".//input[@name='csrfmiddlewaretoken']"), form.attrib
        for asking in page.xpath("//a[@hx-get]"):
            assert asking.get("href")


def test_pages_are_not_kept_by_the_browser(busy, cast):
    response = browser_of(cast["anna"]).get(reverse("reviews:document", args=[busy.pk]))
    assert response["Cache-Control"] == "no-store"


def test_logging_in_leads_where_one_wanted_to_go(client, document, cast):
    address = reverse("reviews:document", args=[document.pk])
    response = client.get(address)
    assert response.url == f"/log-in/?next={address}"
    page = page_of(client.get(response.url))
    assert page.xpath("//input[@name='next']/@value") == [address]
    response = client.post("/log-in/", {"username": "anna", "password": PASSWORD, "next": address})
    assert response.url == address


def test_logging_in_never_leads_away_from_here(client, cast):
    response = client.post("/log-in/", {"username": "anna", "password": PASSWORD, "next": "https://evil.example/"})
    assert response.url == "/"


def test_a_wrong_password_is_explained(client, cast):
    page = page_of(client.post("/log-in/", {"username": "anna", "password": "wrong"}))
    assert "Name and password do not match." in text_of(page.xpath("//p[@role='alert']")[0])
    assert page.xpath("//input[@name='username']/@value") == ["anna"]


def test_logging_out_ends_the_session(cast, document):
    client = browser_of(cast["anna"])
    assert client.post("/log-out/").url == "/log-in/"
    assert client.get(reverse("reviews:my-work")).status_code == 302


def test_a_page_that_is_not_there_says_what_it_may_be(cast):
    response = browser_of(cast["anna"]).get("/documents/999999/")
    assert response.status_code == 404
    assert "it belongs to a project you are not a member of" in text_of(page_of(response))


def test_a_role_that_is_missing_is_named(project, cast):
    response = browser_of(cast["anna"]).get(reverse("reviews:dashboard", args=[project.slug]))
    assert response.status_code == 403
    assert "This takes the role desk head or researcher in Tech desk. Ask your desk head." in text_of(page_of(response))


def broken(request):
    raise RuntimeError("secret detail")


def hidden(request):
    raise Http404("secret detail")


urlpatterns = [path("broken/", broken), path("hidden/", hidden)]


@override_settings(ROOT_URLCONF=__name__)
def test_a_fault_is_admitted_without_details():
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    words = text_of(page_of(response))
    assert "Something broke on our side" in words
    assert "secret detail" not in words


@override_settings(ROOT_URLCONF=__name__)
def test_why_a_page_is_hidden_is_not_told():
    assert "secret detail" not in text_of(page_of(Client().get("/hidden/")))


def test_an_archived_project_is_out_of_sight(project, document, cast):
    project.archived_at = timezone.now()
    project.save()
    dora = browser_of(cast["dora"])
    [mine, *others] = addresses(document)
    assert document.external_id not in dora.get(mine).content.decode()
    assert {dora.get(address).status_code for address in others} == {404}


def test_templates_load_nothing_from_elsewhere():
    for file in [*WEB.glob("templates/**/*.html"), *WEB.glob("static/reviews/**/*.*")]:
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, file
        assert "https://" not in text, file


def test_vendored_files_carry_their_licence():
    [folder] = (WEB / "static" / "vendor").glob("pico-*")
    assert "MIT License" in (folder / "LICENSE.md").read_text(encoding="utf-8")
    assert f"Pico CSS ✨ v{folder.name.removeprefix('pico-')}" in (folder / "pico.min.css").read_text(encoding="utf-8")

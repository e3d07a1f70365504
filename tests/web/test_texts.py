"""Every word of the interface goes through the catalogue of texts, so that a translated one can stand in its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from lxml import html

from reviews.checks.registry import CHECKS
from reviews.models import Project
from reviews.web.check_groups import GROUPS

from .conftest import undone
from .marked import marked, marks_around_texts, unmarked
from .template_texts import SILENT, SPOKEN, bare_texts
from .test_urls_by_role import (  # noqa: F401  one desk on which every page has something to show
    ADDRESSES,
    ANYBODY,
    World,
    signed_in,
    world,
)

REVIEWS = Path(settings.BASE_DIR) / "reviews"
TEMPLATES, MODULES = REVIEWS / "templates", REVIEWS / "static" / "reviews" / "js"

LETTERS = re.compile(r"[^\W\d_]{2,}")
#: What pages say that is the same in every language: units, keys, names of metrics, and what code calls its own.
SAME_EVERYWHERE = {"MB", "kB", "Alt", "Ctrl", "BLEU", "chrF", "TER", "CSV", "JSON", "post-edit", "seen", "sent_back"}
#: Languages of articles. What is in one of them is no text of the interface, whose own is en-gb.
OF_ARTICLES = ("de", "en")


# --- templates -----------------------------------------------------------------------------------------


def test_no_template_has_words_outside_of_the_catalogue():
    found = {
        str(file.relative_to(TEMPLATES)): bare
        for file in sorted(TEMPLATES.rglob("*.html"))
        if (bare := [f"line {line}: {text}" for line, text in bare_texts(file.read_text(encoding="utf-8"))])
    }
    assert found == {}


def test_words_in_a_template_are_found_wherever_they_stand():
    template = (
        '<p title="A title">{% if one %}Some words{% else %}{% translate "Translated" %}{% endif %}</p>\n'
        '{% include "reviews/part.html" with label="A label" %}{{ n }} text{{ n|pluralize }}\n'
        '{% blocktranslate %}Translated {{ name }}{% endblocktranslate %}<kbd>Ctrl</kbd>{{ at|date:"j M" }}\n'
        '<input placeholder="source,target" translate="no">{{ name|default:_("Nobody") }}'
    )
    assert {text for _, text in bare_texts(template)} == {
        "A title",
        "Some words",
        "A label",
        "text",
        "|pluralize",
        '|date:"',
        "j M",
    }


# --- pages ---------------------------------------------------------------------------------------------


def test_marks_leave_out_the_values_in_a_text_and_show_what_has_none():
    with marks_around_texts():
        text = gettext("Import %(number)s, <b>%(state)s</b>") % {"number": 3, "state": "done"}
        counted = ngettext("%(n)d text", "%(n)d texts", 2) % {"n": 2}
    assert unmarked(text).split() == ["3", "<b>done</b>"]
    assert unmarked(counted).split() == ["2"]


def test_every_group_of_checks_has_a_name():
    assert {check.id.split(".")[0] for check in CHECKS} == set(GROUPS)


def known(typed: Collection[Any] = ()) -> re.Pattern[str]:
    """What is no text of the interface: whatever stands in the tables, and what was typed."""
    found = {str(value) for value in typed} | SAME_EVERYWHERE
    for model in apps.get_app_config("reviews").get_models():
        names = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField) and not field.choices
        ]
        for row in model._default_manager.values_list(*names):
            found |= {str(value) for value in row if value}
    for policy in Project.objects.values_list("routing_policy", flat=True):
        found |= {rule["name"] for rule in policy.get("rules", [])}
    longest_first = sorted(filter(LETTERS.search, found), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def texts_of(element: html.HtmlElement, language: str = "en-gb") -> Iterator[str]:
    """The words people read and hear on a page, but for those of articles."""
    if not isinstance(element.tag, str):
        return
    language = element.get("lang", language)
    if element.tag not in SILENT and language not in OF_ARTICLES and element.get("translate") != "no":
        yield element.text or ""
        yield from (element.get(name, "") for name in SPOKEN)
    for child in element:
        yield from texts_of(child, language)
        if language not in OF_ARTICLES:
            yield child.tail or ""


def bare_on(response: Any) -> list[str]:
    """What a page says round the catalogue, data included."""
    if not response.content or "html" not in response["Content-Type"]:
        return []
    rests = (unmarked(text) for text in texts_of(html.fromstring(response.content.decode())))
    return [" ".join(rest.split()) for rest in rests if LETTERS.search(rest)]


def without(known: re.Pattern[str], texts: list[str]) -> list[str]:
    return [text for text in texts if LETTERS.search(known.sub("", text))]


def test_words_without_marks_are_found_on_a_page():
    page = (
        f'<html lang="en-gb"><p title="A title">{marked("Marked")} <b>Plain words</b> after</p>'
        '<p lang="de">Satz <em lang="en-gb">omitted</em> aus</p><kbd>Entf</kbd><b translate="no">mehr</b> nx-1</html>'
    )
    found = bare_on(HttpResponse(page))
    assert found == ["A title", "Plain words", "after", "omitted", "nx-1"]
    assert without(re.compile(r"nx-1|words"), found) == ["A title", "Plain words", "after", "omitted"]


def shown_to(answers: dict[str, int]) -> list[str]:
    """Who gets a page of their own from an address, and the first of those who get a refusal."""
    roles = [role for role in (ANYBODY, "carla", "anna", "ben", "dora", "rolf") if answers[role] not in (302, 404)]
    refused = [role for role in roles if answers[role] == 403]
    return [role for role in roles if role not in refused[1:]]


def test_no_page_shows_words_outside_of_the_catalogue(world: World, signed_in, subtests):  # noqa: F811
    at_first = known()
    for name, address in ADDRESSES.items():
        url = reverse(name, args=address.arguments(world))
        sent = address.data(world)
        with subtests.test(name):
            for role in shown_to(address.answers):
                with undone():
                    with marks_around_texts():
                        response = getattr(signed_in[role], address.method)(url, sent)
                    # What the request itself wrote is looked up only where something is left.
                    bare = without(at_first, bare_on(response))
                    bare = without(known(sent.values()), bare) if bare else []
                assert bare == [], role


# --- modules of the browser ----------------------------------------------------------------------------

COMMENTS = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)
TRANSLATED = re.compile(r'\bn?gettext\(\s*"[^"]*"(?:,\s*"[^"]*")?')
STRINGS = re.compile(r'"([^"\n]*)"|`([^`]*)`')
#: Words for people begin with a capital letter and go on, or are several; selectors and names of keys do neither.
SENTENCE = re.compile(r"^[A-Z][a-z]+[ ….:,]|^[^.#\[:]*[a-z]{2,} [a-z]{2,}(?![-\w]| *[.#\[{>])")


def bare_strings(module: str) -> list[str]:
    module = TRANSLATED.sub("(", COMMENTS.sub("", module))
    found = [re.sub(r"\$\{[^}]*\}", "…", a or b) for a, b in STRINGS.findall(module)]
    return [text for text in found if SENTENCE.search(text)]


def test_no_module_of_the_browser_has_words_outside_of_the_catalogue():
    found = {file.name: bare_strings(file.read_text(encoding="utf-8")) for file in sorted(MODULES.glob("*.js"))}
    assert {name: bare for name, bare in found.items() if bare} == {}


def test_words_in_a_module_are_found():
    module = """
    // Words of a comment.
    say("Nothing is open."); say(gettext("Nothing is open.")); say(`${n} texts not saved`);
    say(ngettext("%(n)s text", "%(n)s texts not saved", n)); form.querySelector(".why summary");
    """
    assert bare_strings(module) == ["Nothing is open.", "… texts not saved"]

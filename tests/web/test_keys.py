"""The list of keys, what may be chosen, and that every screen shows a person's own."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from reviews.models import Person
from reviews.web.chords import Chord, ChordError, check_free
from reviews.web.keys import ACTIONS, Keys, KeysError, check
from tests.factories import make_document

from .conftest import browser_of
from .pages import page_of, text_of

MODULES = Path(settings.BASE_DIR) / "reviews/static/reviews/js"
TEMPLATES = Path(settings.BASE_DIR) / "reviews/templates/reviews"


def test_no_two_actions_share_keys_and_each_may_have_its_own():
    assert check({}) == {}
    for action in ACTIONS:
        if not action.fixed:
            check_free(Chord.parse(action.keys), numbered=action.numbered)
            assert str(Chord.parse(action.keys)) == action.keys


def test_every_action_is_done_by_a_module():
    modules = "\n".join(path.read_text() for path in MODULES.glob("*.js"))
    handled = "\n".join(re.findall(r"listen\(\{.*?\}(?:, \w+)?\);", modules, re.S))
    assert [action.name for action in ACTIONS if not re.search(rf"\b{action.name}\b", handled)] == []


def test_templates_name_only_actions_there_are():
    names = {name for path in TEMPLATES.glob("*.html") for name in re.findall(r"keys\.(\w+)\.\w+", path.read_text())}
    assert names - {action.name for action in ACTIONS} == set()


@pytest.mark.parametrize(
    ("written", "chord"),
    [
        ("ctrl + shift + x", "Control+Shift+X"),
        ("Alt ↓", "Alt+ArrowDown"),
        ("Strg+Enter", "Control+Enter"),
        ("option 1", "Alt+1"),
        ("f8", "F8"),
        ("⇧ Alt pgdn", "Alt+Shift+PageDown"),
    ],
)
def test_keys_are_read_in_usual_spellings(written, chord):
    assert str(Chord.parse(written)) == chord


@pytest.mark.parametrize(
    "written", ["", "Alt", "Alt+K+L", "Alt+Alt+J", "Alt+ß", "Alt+F13", "Hyper+K", "Alt+٣", "+", "A" * 99]
)
def test_what_is_no_keys_is_refused(written):
    with pytest.raises(ChordError):
        Chord.parse(written)


@pytest.mark.parametrize(
    "written",
    [
        "K",
        "Shift+K",
        "Enter",
        "Control+Alt+Q",
        "Control+W",
        "Control+Shift+T",
        "Control+1",
        "Control+C",
        "Control+Z",
        "Control+ArrowLeft",
        "Alt+F4",
        "F5",
        "Alt+ArrowLeft",
        "Escape",
        "Control+PageDown",
        "Shift+F10",
    ],
)
def test_keys_with_another_use_are_refused(written):
    with pytest.raises(ChordError):
        check_free(Chord.parse(written))


def test_actions_may_change_places_and_nothing_is_given_twice():
    assert check({"dismiss": "alt o", "omit": "Alt+X"}) == {"dismiss": "Alt+O", "omit": "Alt+X"}
    for written, problem in [
        ({"dismiss": "Alt+O"}, "dismiss"),
        ({"dismiss": "Alt+3"}, "dismiss"),
        ({"adopt": "Alt+Shift+2"}, "adopt"),
        ({"risky": "Alt+J", "dismiss": "Alt+J"}, "dismiss"),
    ]:
        with pytest.raises(KeysError) as refused:
            check(written)
        assert set(refused.value.problems) == {problem}


def test_what_a_release_took_away_falls_back_to_the_usual_keys():
    keys = Keys({"dismiss": "Control+W", "gone": "Alt+J", "risky": 7, "save": "Alt+H"})
    assert [keys[name].aria for name in ("dismiss", "risky", "save")] == ["Alt+X", "Alt+R", "Alt+H"]
    # Where the release gave an action keys that the person had given to another, theirs count.
    assert json.loads(keys.bindings)["Alt+H"] == "save"


@pytest.mark.django_db
def test_the_page_keeps_what_is_chosen_and_says_what_cannot_be(cast, project):
    client = browser_of(cast["anna"])
    response = client.post(reverse("reviews:keys-save"), {"dismiss": "alt j", "save": "Control+W"})
    assert response.status_code == 422
    assert Person.objects.get(pk=cast["anna"].pk).keys == {}
    page = page_of(response)
    (line,) = page.xpath("//input[@name='save']/..")
    assert "another use" in text_of(line)
    assert page.xpath("//input[@name='dismiss']/@value") == ["alt j"]

    assert client.post(reverse("reviews:keys-save"), {"dismiss": "alt j", "adopt": "Alt+Shift+1"}).status_code == 302
    assert Person.objects.get(pk=cast["anna"].pk).keys == {"dismiss": "Alt+J", "adopt": "Alt+Shift+1"}
    document = make_document(project)
    page = page_of(client.get(reverse("reviews:document", args=[document.pk])))
    bindings = json.loads(page.xpath("//dialog[@id='help']/@data-keys")[0])
    assert (bindings["Alt+J"], bindings["Alt+Shift+2"], "Alt+X" in bindings) == ("dismiss", "adopt 2", False)
    (row,) = page.xpath("//dialog//tr[contains(., 'Dismiss the first finding')]")
    assert [key.text for key in row.iter("kbd")] == ["Alt", "J"]
    assert page.xpath("//a[@data-adopt]/@aria-keyshortcuts")[0] == "Alt+Shift+1"
    # Somebody else's are theirs.
    assert json.loads(Keys(cast["ben"].keys).bindings)["Alt+X"] == "dismiss"

    client.post(reverse("reviews:keys-save"), {"dismiss": "alt j", "reset": "1"})
    assert Person.objects.get(pk=cast["anna"].pk).keys == {}

"""Nothing typed is lost: not by a crash, a killed browser, a dead network or the end of a session."""

import contextlib
import json
import os
import signal
import subprocess
import time

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Error, expect

from reviews.models import Draft
from tests.factories import PASSWORD

from .conftest import SAVED, Desk, draft_of, log_in, saved_texts, state_of, wait_for

pytestmark = pytest.mark.browser

SENTENCE = "It pours down in Kiel and nobody at the harbour has seen the like of it in thirty years"


def test_the_server_has_a_draft_within_two_seconds_while_typing_goes_on(desk_of, document, segments, cast):
    anna = desk_of("anna").open(document)
    anna.edit(segments[2])
    anna.press("Control+a")
    typed: list[tuple[float, str]] = []
    text = ""
    late = []
    for word in SENTENCE.split():
        text += f"{word} "
        anna.type(f"{word} ", delay=30)
        now = time.monotonic()
        typed.append((now, text))
        due = [so_far for at, so_far in typed if at < now - 2.0]
        draft = draft_of(segments[2], cast["anna"])
        if due and len(draft or "") < len(due[-1]):
            late.append((due[-1], draft))
    assert typed[-1][0] - typed[0][0] > 2.5, "typed too fast to tell"
    assert late == []
    wait_for(lambda: draft_of(segments[2], cast["anna"]) == text, seconds=2)
    expect(anna.save_state).to_contain_text("typing kept")
    expect(anna.save_state).to_contain_text("not saved yet")


def test_a_killed_browser_loses_at_most_two_seconds(live_server, playwright, document, segments, cast, tmp_path):
    profile = tmp_path / "profile"
    process = subprocess.Popen(
        [
            "/usr/bin/chromium",
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-dev-shm-usage",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    port_file = profile / "DevToolsActivePort"
    try:
        wait_for(lambda: port_file.exists() and port_file.read_text().count("\n"), seconds=30)
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port_file.read_text().split()[0]}")
        context = browser.contexts[0]
        log_in(context, live_server.url, cast["anna"])
        anna = Desk(context.new_page(), live_server.url, cast["anna"]).open(document)
        anna.edit(segments[2])
        anna.press("Control+a")
        written = "It pours down in Kiel."
        anna.type(written, delay=20)
        time.sleep(2)
        anna.type(" And mo")
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert (draft_of(segments[2], cast["anna"]) or "").startswith(written)


def test_a_killed_browsers_text_stands_in_the_field_the_next_time(desk_of, document, segments, cast):
    anna = desk_of("anna").open(document)
    anna.edit(segments[2])
    anna.type("Well, ")
    wait_for(lambda: draft_of(segments[2], cast["anna"]))
    anna.page.context.close()
    elsewhere = desk_of("anna").open(document)
    expect(elsewhere.field(segments[2])).to_have_value("Well, It rains.")
    expect(elsewhere.row(segments[2])).to_contain_text("Restored, not saved yet")
    expect(elsewhere.save_state).to_contain_text("restored: 1 text not saved yet")
    assert saved_texts(segments[2]) == []
    elsewhere.row(segments[2]).get_by_role("button", name="Discard it").click()
    expect(elsewhere.row(segments[2]).locator(".reading")).to_have_text("It rains.")
    wait_for(lambda: draft_of(segments[2], cast["anna"]) is None)


def test_a_page_that_crashes_without_a_network_gives_every_letter_back(desk_of, document, segments, cast):
    anna = desk_of("anna").open(document)
    anna.edit(segments[2])
    anna.page.route("**/draft/", lambda route: route.abort())
    anna.type("Every letter. ")
    expect(anna.save_state).to_have_text("offline: 1 change kept here")
    context = anna.page.context
    with anna.page.expect_event("crash"), contextlib.suppress(Error):
        anna.page.goto("chrome://crash")
    again = Desk(context.new_page(), anna.server, cast["anna"]).open(document)
    expect(again.field(segments[2])).to_have_value("Every letter. It rains.")
    wait_for(lambda: draft_of(segments[2], cast["anna"]) == "Every letter. It rains.", seconds=3)


def test_the_last_letters_are_sent_when_the_page_goes_away(desk_of, document, segments, cast):
    anna = desk_of("anna").open(document)
    anna.edit(segments[2])
    anna.type("Bye. ")
    anna.page.goto(f"{anna.server}/session/")
    wait_for(lambda: draft_of(segments[2], cast["anna"]) == "Bye. It rains.", seconds=2)


def test_a_save_without_a_network_happens_once_it_is_back(desk_of, document, segments):
    anna = desk_of("anna").open(document)
    anna.edit(segments[2])
    anna.type("Offline. ")
    anna.page.context.set_offline(True)
    anna.press("Control+s")
    expect(anna.save_state).to_have_text("offline: 1 change kept here")
    anna.press("Control+Enter")
    expect(anna.row(segments[3])).to_have_class("row new body current editing")
    anna.type("Too. ")
    expect(anna.save_state).to_have_text("offline: 2 changes kept here")
    assert saved_texts(segments[2]) == []
    anna.page.context.set_offline(False)
    wait_for(lambda: saved_texts(segments[2]) == ["Offline. It rains."], seconds=20)
    wait_for(lambda: state_of(segments[2]) == "reviewed")
    expect(anna.field(segments[3])).to_have_value("Too. It snows.")


def test_an_answer_that_got_lost_makes_no_second_text(desk_of, document, segments):
    anna = desk_of("anna").open(document)
    lost = []

    def lose_the_first_answer(route):
        route.fetch()
        if lost:
            route.continue_()
        else:
            lost.append(route.request.post_data)
            route.abort()

    anna.page.route("**/save/", lose_the_first_answer)
    anna.edit(segments[2])
    anna.type("Once. ")
    anna.press("Control+s")
    expect(anna.save_state).to_have_text(SAVED)
    assert len(lost) == 1
    assert saved_texts(segments[2]) == ["Once. It rains."]


def test_a_server_that_is_down_for_a_moment_is_asked_again(desk_of, document, segments):
    anna = desk_of("anna").open(document)
    answers = []

    def fail_once(route):
        answers.append(len(answers))
        if len(answers) == 1:
            route.fulfill(status=503, body="down")
        else:
            route.continue_()

    anna.page.route("**/save/", fail_once)
    anna.edit(segments[2])
    anna.type("Again. ")
    anna.press("Control+s")
    expect(anna.save_state).to_have_text(SAVED)
    assert saved_texts(segments[2]) == ["Again. It rains."]


def test_typing_goes_on_during_a_save_and_stays(desk_of, document, segments, cast):
    anna = desk_of("anna").open(document)

    def take_time(route):
        answer = route.fetch()
        anna.page.wait_for_timeout(400)
        route.fulfill(response=answer)

    anna.page.route("**/save/", take_time)
    anna.edit(segments[2])
    anna.type("One. ")
    anna.press("Control+s")
    anna.type("Two. ")
    expect(anna.save_state).to_contain_text("typing kept", timeout=10_000)
    expect(anna.field(segments[2])).to_have_value("One. Two. It rains.")
    expect(anna.field(segments[2])).to_be_focused()
    assert saved_texts(segments[2]) == ["One. It rains."]
    assert draft_of(segments[2], cast["anna"]) == "One. Two. It rains."
    anna.press("Control+s")
    expect(anna.save_state).to_have_text(SAVED)
    assert saved_texts(segments[2]) == ["One. It rains.", "One. Two. It rains."]
    anna.page.unroute_all(behavior="wait")


def log_in_again(desk, name, password=PASSWORD):
    desk.press("Alt+l")
    expect(desk.page.get_by_label("Password")).to_be_focused()
    desk.page.get_by_label("User name").fill(name)
    desk.page.get_by_label("Password").fill(password)
    desk.press("Enter")


def test_a_session_that_ends_mid_word_costs_nothing(desk_of, document, segments, cast):
    anna = desk_of("anna").open(document)
    anna.edit(segments[2])
    anna.type("Long sh")
    Session.objects.all().delete()
    anna.type("ift. ")
    expect(anna.save_state).to_contain_text("You are logged out; your text is kept here")
    log_in_again(anna, "anna", "wrong")
    expect(anna.page.get_by_text("Name and password do not match.")).to_be_visible()
    log_in_again(anna, "ben")
    expect(anna.page.get_by_text("only they can go on here")).to_be_visible()
    assert not Session.objects.exists()
    log_in_again(anna, "anna")
    expect(anna.field(segments[2])).to_be_focused()
    wait_for(lambda: draft_of(segments[2], cast["anna"]) == "Long shift. It rains.")
    expect(anna.page.locator("#log-in-again")).to_be_hidden()
    anna.press("Control+s")
    expect(anna.save_state).to_have_text(SAVED)
    assert saved_texts(segments[2]) == ["Long shift. It rains."]


def test_a_save_that_waited_for_the_log_in_happens_once(desk_of, document, segments):
    anna = desk_of("anna").open(document)
    anna.edit(segments[2])
    anna.type("Late. ")
    Session.objects.all().delete()
    anna.press("Control+Enter")
    expect(anna.save_state).to_contain_text("You are logged out")
    log_in_again(anna, "anna")
    wait_for(lambda: saved_texts(segments[2]) == ["Late. It rains."])
    wait_for(lambda: state_of(segments[2]) == "reviewed")


def test_nothing_is_saved_in_somebody_elses_name(desk_of, document, segments, cast):
    anna = desk_of("anna").open(document)
    anna.edit(segments[2])
    anna.type("By Anna. ")
    log_in(anna.page.context, anna.server, cast["ben"])
    anna.press("Control+s")
    expect(anna.save_state).to_contain_text("You are logged out; your text is kept here")
    assert saved_texts(segments[2]) == []
    log_in(anna.page.context, anna.server, cast["anna"])
    wait_for(lambda: saved_texts(segments[2]) == ["By Anna. It rains."], seconds=15)


def test_two_tabs_of_one_person_warn_each_other(desk_of, document, segments, cast):
    anna = desk_of("anna").open(document)
    anna.edit(segments[2])
    anna.type("Here. ")
    tab = Desk(anna.page.context.new_page(), anna.server, cast["anna"]).open(document)
    expect(tab.field(segments[2])).to_have_value("Here. It rains.")
    tab.field(segments[2]).focus()
    tab.type("There. ")
    expect(anna.save_state).to_contain_text("you are typing in this text in another tab too")
    expect(anna.field(segments[2])).to_have_value("Here. It rains.")


def test_what_is_typed_in_two_tabs_is_kept_twice_and_a_save_ends_its_own(desk_of, document, segments, cast):
    anna = desk_of("anna").open(document)
    tab = Desk(anna.page.context.new_page(), anna.server, cast["anna"]).open(document)
    for desk, words in [(anna, "Here. "), (tab, "There. ")]:
        desk.edit(segments[2])
        desk.type(words)
    wait_for(lambda: typed_texts(segments[2]) == {"Here. It rains.", "There. It rains."})
    anna.press("Control+s")
    wait_for(lambda: saved_texts(segments[2]) == ["Here. It rains."])
    wait_for(lambda: typed_texts(segments[2]) == {"There. It rains."})
    tab.page.close()
    again = Desk(anna.page.context.new_page(), anna.server, cast["anna"]).open(document)
    expect(again.field(segments[2])).to_have_value("There. It rains.")
    again.field(segments[2]).focus()
    again.press("Control+s")
    expect(again.row(segments[2]).get_by_text("The changes of both")).to_have_count(0)
    expect(again.row(segments[2])).to_contain_text("nothing is lost")
    again.press("Alt+Shift+t")
    wait_for(lambda: saved_texts(segments[2]) == ["Here. It rains.", "There. It rains."])
    assert typed_texts(segments[2]) == set()


def typed_texts(segment):
    return set(Draft.objects.filter(segment=segment).values_list("text", flat=True))


def test_two_editors_in_one_text_keep_both_and_take_the_changes_of_both(desk_of, document, segments):
    anna, ben = desk_of("anna").open(document), desk_of("ben").open(document)
    anna.edit(segments[2])
    anna.press("End")
    anna.type(" Hard.")
    ben.edit(segments[2])
    ben.press("Home")
    ben.type("Today. ")
    anna.press("Control+s")
    wait_for(lambda: saved_texts(segments[2]) == ["It rains. Hard."])
    ben.press("Control+s")
    expect(ben.row(segments[2])).to_contain_text("nothing is lost")
    expect(ben.row(segments[2])).to_contain_text("The changes of both")
    ben.press("Alt+t")
    wait_for(lambda: saved_texts(segments[2]) == ["It rains. Hard.", "Today. It rains. Hard."])
    expect(ben.row(segments[2]).locator(".kept")).to_have_count(0)


def test_copies_that_only_this_browser_has_all_come_back(desk_of, document, segments, cast):
    anna = desk_of("anna").open(document)
    person = cast["anna"].public_id
    for tab, text, sequence in [("a1", "First.", 1), ("b2", "Second.", 2)]:
        at = int(time.time() * 1000) - 1000 + sequence
        copy = json.dumps({"text": text, "base": 0, "sequence": at})
        anna.page.evaluate(
            "([k, v]) => localStorage.setItem(k, v)", [f"workbench:typing:{person}:{segments[2].pk}:{tab}", copy]
        )
    anna.page.reload()
    expect(anna.field(segments[2])).to_have_value("Second.")
    expect(anna.row(segments[2])).to_contain_text("You typed this too, in another window")
    wait_for(lambda: typed_texts(segments[2]) == {"First.", "Second."})

"""What can be done to a row: by a script of the page, and without one."""

import pytest
from django.urls import reverse

from reviews import pipeline
from reviews.editing.drafts import save_draft
from reviews.editing.saving import accept, save_revision
from reviews.editing.tabs import Tab
from reviews.models import Decision, Draft, DraftKind, Revision, Segment, SegmentState, TaskRun, WorkItem
from tests.factories import make_document, segments_of

from .conftest import browser_of, review, script_of
from .pages import buttons, page_of, part, row_of, text_of


@pytest.fixture
def segment(segments):
    return segments[0]


def post(client, name, key, tab="", **data):
    return client.post(reverse(f"reviews:{name}", args=[key]), data, headers={"X-Tab": tab} if tab else None)


def state(segment):
    return Segment.objects.values_list("state", flat=True).get(pk=segment.pk)


def texts(segment):
    return list(Revision.objects.filter(segment=segment).order_by("number").values_list("text", flat=True))


def saving(**changes):
    return {"typed": "New hole", "base": 0, "save_key": "k1"} | changes


# --- saving -------------------------------------------------------------------------------------------


def test_a_script_gets_the_row_back_as_it_stands_now(segment, cast):
    response = post(script_of(cast["anna"]), "segment-save", segment.pk, **saving())
    assert (response.status_code, response["X-Row"]) == (200, str(segment.pk))
    page = page_of(response)
    row = row_of(page, segment)
    assert (row.get("data-base"), row.get("data-marked")) == ("1", "New hole")
    assert text_of(part(row, "reading")) == "New hole"
    assert row.xpath(".//textarea") == []
    assert text_of(page.xpath("descendant-or-self::*[@id='progress']")[0]) == "0 of 4 reviewed"
    assert texts(segment) == ["New hole"]


def test_a_save_that_says_reviewed_is_both(segment, cast):
    response = post(script_of(cast["anna"]), "segment-save", segment.pk, **saving(reviewed="1"))
    assert row_of(page_of(response), segment).get("aria-label") == "Text 1, headline, Reviewed"
    assert state(segment) == SegmentState.REVIEWED


def test_a_save_asks_for_its_checks_and_keeps_the_work_in_step(document, segment, cast):
    response = post(script_of(cast["anna"]), "segment-save", segment.pk, **saving())
    assert "Checks running…" in text_of(row_of(page_of(response), segment))
    assert WorkItem.objects.filter(document=document).exists()
    pipeline.work_through(TaskRun.objects.get(document=document).pk)
    again = script_of(cast["anna"]).get(reverse("reviews:segment", args=[segment.pk]), {"checks": 1})
    assert "Checks running…" not in text_of(row_of(page_of(again), segment))


def test_a_row_asks_for_its_checks_ever_more_slowly_and_then_stops(segment, cast):
    client = script_of(cast["anna"])
    address = reverse("reviews:segment", args=[segment.pk])
    waits = []
    following = f"{address}?checks=1"
    while following:
        row = row_of(page_of(client.get(following)), segment)
        polls = row.xpath(".//*[@class='checking' and @hx-get]")
        following = polls[0].get("hx-get") if polls else None
        if polls:
            waits.append(int(polls[0].get("hx-trigger").removeprefix("load delay:").removesuffix("s")))
    assert waits == sorted(waits)
    assert len(waits) == 9
    assert "Not checked yet" in text_of(row)


def test_without_a_script_a_save_leads_back_to_its_row(document, segment, cast):
    response = post(browser_of(cast["anna"]), "segment-save", segment.pk, **saving())
    assert response.url == reverse("reviews:document", args=[document.pk]) + f"?at={segment.pk}#s-{segment.pk}"


def test_without_a_script_accepting_leads_to_the_next_open_row(document, segments, cast):
    response = post(browser_of(cast["anna"]), "segment-save", segments[0].pk, **saving(reviewed="1"))
    following = segments[1].pk
    address = reverse("reviews:document", args=[document.pk])
    assert response.url == f"{address}?edit={following}#s-{following}"


def test_a_text_that_cannot_be_saved_stays_in_the_field_with_the_reason(segments, cast):
    typed = "An ⟦1⟧update for 1,450 devices."
    data = saving(typed=typed)
    response = post(browser_of(cast["anna"]), "segment-save", segments[1].pk, **data)
    assert response.status_code == 422
    row = row_of(page_of(response), segments[1])
    assert row.xpath(".//textarea")[0].text.strip("\n") == typed
    assert text_of(row.xpath(".//p[@class='problem']")[0]) == "The mark ⟦1⟧ is not closed. Put ⟦/1⟧ where it ends."
    response = post(script_of(cast["anna"]), "segment-save", segments[1].pk, **data)
    assert response.status_code == 422
    assert "is not closed" in text_of(row_of(page_of(response), segments[1]))
    assert texts(segments[1]) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"typed": ""}, "The text is empty."),
        ({"typed": "a\x00b"}, "(U+0000, at character 2)"),
        ({"typed": "x" * 200_001}, "The text has 200001 characters; a segment takes at most 200000."),
        ({"base": "x"}, "The page sent something incomplete (base: Enter a whole number.)"),
        ({"save_key": ""}, "The page sent something incomplete (save_key: This field is required.)"),
        ({"origin": "imported"}, "The page sent something incomplete (origin:"),
        ({"base": 9}, "This text was started from a version that does not exist."),
    ],
)
def test_what_is_refused_says_why(segment, cast, changes, words):
    response = post(script_of(cast["anna"]), "segment-save", segment.pk, **saving(**changes))
    assert response.status_code == 422
    assert words in text_of(row_of(page_of(response), segment))
    assert texts(segment) == []
    assert not Draft.objects.exists()


def test_the_same_save_sent_twice_counts_once(segment, cast):
    client = script_of(cast["anna"])
    for _ in range(2):
        assert post(client, "segment-save", segment.pk, **saving()).status_code == 200
    assert texts(segment) == ["New hole"]


def test_a_late_save_keeps_and_shows_both_texts(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="New big gap", base=0)
    response = post(script_of(cast["ben"]), "segment-save", segment.pk, **saving(typed="New small gap"))
    assert (response.status_code, response["X-Row"]) == (409, str(segment.pk))
    [kept] = row_of(page_of(response), segment).xpath(".//section[@class='kept']")
    assert "New big gap" in text_of(kept)
    assert "Keep mine (on top) Alt ⇧ T" in buttons(kept)
    assert texts(segment) == ["New big gap"]
    assert Draft.objects.get().text == "New small gap"
    without_script = post(browser_of(cast["ben"]), "segment-save", segment.pk, **saving(typed="New small gap"))
    assert without_script.status_code == 302
    assert Draft.objects.count() == 1


def test_the_origin_and_the_engine_of_a_text_are_kept(document, segment, cast):
    hypothesis = segment.document.project.systems.get(name="engine-b").hypotheses.get(segment=segment)
    post(
        script_of(cast["anna"]),
        "segment-save",
        segment.pk,
        **saving(typed="New holes", started_from=hypothesis.pk, origin="adopted"),
    )
    revision = Revision.objects.get()
    assert (revision.origin, revision.started_from) == ("adopted", hypothesis)


# --- accepting ----------------------------------------------------------------------------------------


def accepting(segment, **changes):
    target = segment.target()
    base = segment.latest_revision.number if segment.latest_revision else 0
    return {"base": base, "seen_hash": target.content_hash, "save_key": "k1"} | changes


def test_accepting_takes_the_text_as_it_stands(segment, cast):
    response = post(script_of(cast["anna"]), "segment-accept", segment.pk, **accepting(segment))
    assert response.status_code == 200
    assert (texts(segment), state(segment)) == (["New gap"], SegmentState.REVIEWED)


def test_a_text_the_page_did_not_show_is_not_accepted(segment, cast):
    data = accepting(segment)
    save_revision(segment_id=segment.pk, person=cast["ben"], typed="Other.", base=0)
    response = post(script_of(cast["anna"]), "segment-accept", segment.pk, **data)
    assert response.status_code == 422
    row = row_of(page_of(response), segment)
    assert "Another text came in meanwhile. Read it, then accept it." in text_of(row)
    assert row.get("data-marked") == "Other."
    assert not Decision.objects.exists()


# --- deciding -----------------------------------------------------------------------------------------


@pytest.fixture
def reviewed(document, segments, cast):
    review(document, cast["anna"])
    return segments_of(document)[0]


def seen(segment, **changes):
    revision = segment.latest_revision
    return {"revision": revision.pk, "source_hash": revision.source_hash} | changes


def test_an_approval_moves_on_and_counts(document, reviewed, cast):
    response = post(script_of(cast["ben"]), "segment-approve", reviewed.pk, **seen(reviewed))
    assert response.status_code == 200
    page = page_of(response)
    assert "Approved by you" in text_of(row_of(page, reviewed))
    assert "4 of 4 reviewed, 1 approved" in text_of(page.xpath("descendant-or-self::*[@id='progress']")[0])
    response = post(
        browser_of(cast["ben"]), "segment-approve", segments_of(document)[1].pk, **seen(segments_of(document)[1])
    )
    assert response.url.endswith(f"#s-{segments_of(document)[2].pk}")


@pytest.mark.parametrize(
    ("name", "who", "wanted"),
    [
        ("segment-send-back", "ben", SegmentState.SENT_BACK),
        ("segment-reopen", "anna", SegmentState.IN_REVIEW),
    ],
)
def test_taking_a_text_back_needs_a_reason(reviewed, cast, name, who, wanted):
    response = post(script_of(cast[who]), name, reviewed.pk, **seen(reviewed))
    assert response.status_code == 422
    assert "Say in a few words why" in text_of(row_of(page_of(response), reviewed))
    assert state(reviewed) == SegmentState.REVIEWED
    response = post(script_of(cast[who]), name, reviewed.pk, **seen(reviewed, reason="Wrong word."))
    assert response.status_code == 200
    assert "Wrong word." in text_of(row_of(page_of(response), reviewed))
    assert state(reviewed) == wanted


def test_an_approval_of_a_text_that_moved_on_is_refused_in_words(reviewed, cast):
    data = seen(reviewed)
    save_revision(segment_id=reviewed.pk, person=cast["anna"], typed="Newer.", base=1, reviewed=True)
    response = post(script_of(cast["ben"]), "segment-approve", reviewed.pk, **data)
    assert response.status_code == 422
    assert "Somebody saved another text meanwhile." in text_of(row_of(page_of(response), reviewed))
    assert state(reviewed) == SegmentState.REVIEWED


def test_whoever_wrote_a_text_does_not_approve_it(document, segments, cast):
    accept(segment_id=segments[0].pk, person=cast["ben"], base=0)
    mine = segments_of(document)[0]
    response = post(script_of(cast["ben"]), "segment-approve", mine.pk, **seen(mine))
    assert response.status_code == 422
    assert "You wrote this text. Somebody else has to approve it." in text_of(row_of(page_of(response), mine))


def all_seen(document):
    return [
        f"{segment.pk}:{segment.latest_revision.pk}:{segment.latest_revision.source_hash}"
        for segment in segments_of(document)
    ]


def test_all_reviewed_texts_are_approved_at_once_except_those_that_moved(document, reviewed, cast):
    data = {"seen": all_seen(document)}
    save_revision(segment_id=reviewed.pk, person=cast["anna"], typed="Newer.", base=1, reviewed=True)
    response = browser_of(cast["ben"]).post(reverse("reviews:document-approve", args=[document.pk]), data, follow=True)
    assert [text_of(message) for message in page_of(response).xpath("//li[contains(@class, 'message ')]")] == [
        "Approved 3 texts.",
        "Not approved: 1 text. Somebody saved another text meanwhile. Read it, then decide again.",
    ]
    assert [segment.state for segment in segments_of(document)] == ["reviewed", "approved", "approved", "approved"]


@pytest.mark.parametrize(
    ("values", "words"),
    [([], "Nothing on this page is ready for your approval."), (["1:2:x"], "The list of texts to approve is damaged.")],
)
def test_a_broken_list_approves_nothing(document, reviewed, cast, values, words):
    response = browser_of(cast["ben"]).post(
        reverse("reviews:document-approve", args=[document.pk]), {"seen": values}, follow=True
    )
    assert words in text_of(page_of(response))
    assert not Decision.objects.filter(kind="approved").exists()


# --- typing -------------------------------------------------------------------------------------------


def test_typing_is_kept_and_a_late_request_never_replaces_it(segment, cast):
    client = script_of(cast["anna"])
    assert post(client, "segment-draft", segment.pk, typed="abc", base=0, sequence=20).json() == {"kept": True}
    assert post(client, "segment-draft", segment.pk, typed="ab", base=0, sequence=10).json() == {"kept": False}
    assert Draft.objects.get().text == "abc"


def test_typing_is_kept_to_the_last_space(segment, cast):
    post(script_of(cast["anna"]), "segment-draft", segment.pk, typed="  a \n b ", base=0, sequence=1)
    assert Draft.objects.get().text == "  a \n b "


def test_a_draft_that_is_too_long_says_so(segment, cast):
    response = post(script_of(cast["anna"]), "segment-draft", segment.pk, typed="x" * 200_001, base=0, sequence=1)
    assert response.status_code == 422
    assert "200001 characters" in response.json()["error"]


def test_discarding_drops_ones_own_typing_only(segment, cast):
    for name in ("anna", "ben"):
        save_draft(segment_id=segment.pk, person=cast[name], typed=name, base=0, sequence=1)
    assert post(script_of(cast["anna"]), "segment-draft-discard", segment.pk).status_code == 200
    assert [draft.person for draft in Draft.objects.all()] == [cast["ben"]]


# --- refused texts ------------------------------------------------------------------------------------


@pytest.fixture
def refused(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Hers.", base=0)
    return save_revision(segment_id=segment.pk, person=cast["ben"], typed="His.", base=0).refused


def test_keeping_ones_text_puts_it_on_top(segment, refused, cast):
    response = post(script_of(cast["ben"]), "kept-keep", refused.pk, base=1)
    assert response.status_code == 200
    row = row_of(page_of(response), segment)
    assert row.get("data-marked") == "His."
    assert row.xpath(".//section[@class='kept']") == []
    assert texts(segment) == ["Hers.", "His."]


def test_keeping_ones_text_over_one_that_was_not_read_is_refused_again(segment, refused, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Hers, newer.", base=1)
    response = post(script_of(cast["ben"]), "kept-keep", refused.pk, base=1)
    assert response.status_code == 409
    assert "Hers, newer." in text_of(row_of(page_of(response), segment).xpath(".//section[@class='kept']")[0])
    assert texts(segment) == ["Hers.", "Hers, newer."]
    assert Draft.objects.get(kind=DraftKind.REFUSED).text == "His."


def test_discarding_ones_text_leaves_the_other(segment, refused, cast):
    response = post(script_of(cast["ben"]), "kept-discard", refused.pk)
    assert response.status_code == 200
    assert texts(segment) == ["Hers."]
    assert not Draft.objects.exists()
    assert post(script_of(cast["ben"]), "kept-discard", refused.pk).status_code == 404


# --- whose session ------------------------------------------------------------------------------------


def test_a_script_without_a_session_gets_no_log_in_page(client, segment):
    response = client.post(reverse("reviews:segment-save", args=[segment.pk]), saving(), headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert texts(segment) == []


def test_nothing_is_saved_in_the_name_of_somebody_who_logged_in_meanwhile(segment, cast):
    client = script_of(cast["ben"])
    response = client.post(
        reverse("reviews:segment-save", args=[segment.pk]),
        saving(),
        headers={"X-Person": str(cast["anna"].public_id)},
    )
    assert response.status_code == 401
    assert texts(segment) == []


def test_the_session_says_whose_it_is(cast):
    answer = browser_of(cast["anna"]).get(reverse("reviews:session"))
    assert answer.json()["person"] == str(cast["anna"].public_id)
    assert len(answer.json()["csrf"]) == 64
    assert "no-store" in answer["Cache-Control"]


# --- rows that are not there --------------------------------------------------------------------------


def test_a_segment_inside_a_run_shows_its_run(project, cast):
    document = make_document(project, ["Eins.", "Zwei."], {"engine-a": [("One. Two.", 2), ""]})
    first, second = segments_of(document)
    client = script_of(cast["anna"])
    row = row_of(page_of(client.get(reverse("reviews:segment", args=[second.pk]))), first)
    assert text_of(row.xpath(".//a[@class='number']")[0]) == "1–2"
    response = post(client, "segment-save", second.pk, **saving())
    assert response.status_code == 422
    assert "translated together with the one before it" in text_of(row_of(page_of(response), first))


def test_a_segment_that_left_the_article_has_no_row(document, cast):
    retired = Segment.objects.create(document=document)
    assert script_of(cast["anna"]).get(reverse("reviews:segment", args=[retired.pk])).status_code == 404
    response = post(script_of(cast["anna"]), "segment-save", retired.pk, **saving())
    assert response.status_code == 404


# --- leaving out ----------------------------------------------------------------------------------------


def leaving(row, name):
    """What the row's own form sends."""
    form = row.xpath(f".//form[contains(@action, '/{name}/')]")[0]
    return {field.get("name"): field.get("value") or "" for field in form.xpath(".//input")}


@pytest.fixture
def offered(document, segment, cast):
    """A row as its article shows it to Anna."""
    page = page_of(browser_of(cast["anna"]).get(reverse("reviews:document", args=[document.pk])))
    return row_of(page, segment)


def test_a_row_is_omitted_with_the_reason_asked_for_in_it(offered, segment, cast):
    data = leaving(offered, "omit") | {"reason": "Only of local interest."}
    row = row_of(page_of(post(script_of(cast["anna"]), "segment-omit", segment.pk, **data)), segment)
    assert row.get("aria-label") == "Text 1, headline, Reviewed"
    assert text_of(part(row, "reading")) == "Omitted: no English text"
    assert "Omitted by you: Only of local interest." in text_of(part(row, "notes"))
    assert texts(segment) == [""]


def test_an_omission_without_a_reason_is_refused_in_the_row(offered, segment, cast):
    response = post(script_of(cast["anna"]), "segment-omit", segment.pk, **leaving(offered, "omit"))
    assert response.status_code == 422
    assert "Say in a few words why the text is omitted." in text_of(row_of(page_of(response), segment))
    assert texts(segment) == []


def test_the_source_is_copied_with_one_press(offered, segment, cast):
    data = leaving(offered, "copy")
    row = row_of(page_of(post(script_of(cast["anna"]), "segment-copy", segment.pk, **data)), segment)
    assert text_of(part(row, "reading")) == "Neue Lücke"
    assert Decision.objects.get().kind == "copied"
    assert WorkItem.objects.filter(document=segment.document_id).exists()


def test_a_form_that_is_out_of_date_leaves_nothing_out(offered, segment, cast):
    save_revision(segment_id=segment.pk, person=cast["ben"], typed="New hole", base=0)
    response = post(script_of(cast["anna"]), "segment-copy", segment.pk, **leaving(offered, "copy"))
    assert response.status_code == 422
    assert "Somebody saved another text meanwhile" in text_of(row_of(page_of(response), segment))
    assert texts(segment) == ["New hole"]


def test_the_preview_says_what_is_omitted_until_that_is_approved(offered, document, segment, cast):
    post(script_of(cast["anna"]), "segment-omit", segment.pk, **leaving(offered, "omit") | {"reason": "Local."})
    address = reverse("reviews:document-preview", args=[document.pk])
    assert "[passage 1 is omitted]" in text_of(page_of(browser_of(cast["ben"]).get(address)))
    decided = Decision.objects.get()
    seen = {"revision": decided.revision_id, "source_hash": decided.source_hash}
    post(script_of(cast["ben"]), "segment-approve", segment.pk, **seen)
    assert "passage 1" not in text_of(page_of(browser_of(cast["ben"]).get(address)))


def test_changes_of_both_are_shown_and_taken_together(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="A big new gap", base=0)
    late = save_revision(segment_id=segment.pk, person=cast["ben"], typed="New gap in the wall", base=0)
    page = page_of(script_of(cast["ben"]).get(reverse("reviews:segment", args=[segment.pk])))
    [kept] = row_of(page, segment).xpath(".//section[@class='kept']")
    assert "Take the changes of both Alt T" in buttons(kept)
    response = post(script_of(cast["ben"]), "kept-keep", late.refused.pk, base=1, both="1")
    assert response.status_code == 200
    assert texts(segment) == ["A big new gap", "A big new gap in the wall"]
    assert not Draft.objects.exists()


@pytest.mark.parametrize("mine", ["A small new gap", "A big new gap"])
def test_texts_that_clash_are_not_taken_together(segment, cast, mine):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="A huge new gap", base=0)
    late = save_revision(segment_id=segment.pk, person=cast["ben"], typed=mine, base=0)
    page = page_of(script_of(cast["ben"]).get(reverse("reviews:segment", args=[segment.pk])))
    [kept] = row_of(page, segment).xpath(".//section[@class='kept']")
    assert "Both changed the same words" in text_of(kept)
    assert not [words for words in buttons(kept) if "both" in words]
    response = post(script_of(cast["ben"]), "kept-keep", late.refused.pk, base=1, both="1")
    assert response.status_code == 422
    assert texts(segment) == ["A huge new gap"]
    assert Draft.objects.get().text == mine


def test_both_are_taken_together_only_as_they_were_read(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="A big new gap", base=0)
    late = save_revision(segment_id=segment.pk, person=cast["ben"], typed="New gap in the wall", base=0)
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="A big gap", base=1)
    response = post(script_of(cast["ben"]), "kept-keep", late.refused.pk, base=1, both="1")
    assert response.status_code == 422
    assert "Read them again" in text_of(row_of(page_of(response), segment))
    assert Draft.objects.get().text == "New gap in the wall"


# --- typing in several tabs -----------------------------------------------------------------------------


def test_a_page_keeps_and_saves_what_is_typed_in_it(segment, cast):
    client = script_of(cast["anna"])
    for tab, typed in [("a1", "Here"), ("b2", "There")]:
        post(client, "segment-draft", segment.pk, tab=tab, typed=typed, base=0, sequence=1)
    post(client, "segment-save", segment.pk, tab="a1", **saving(typed="Here."))
    assert [(draft.tab, draft.text) for draft in Draft.objects.all()] == [("b2", "There")]


def test_the_newest_typing_comes_back_and_the_rest_stands_beside_it(document, segment, cast):
    for tab, typed in [("a1", "First gap"), ("b2", "New gap"), ("c3", "Second gap")]:
        save_draft(segment_id=segment.pk, person=cast["anna"], typed=typed, base=0, sequence=7, tab=Tab(tab))
    page = page_of(browser_of(cast["anna"]).get(reverse("reviews:document", args=[document.pk])))
    row = row_of(page, segment)
    [form] = row.xpath(".//form[@class='editor']")
    assert form.xpath(".//textarea")[0].text.strip("\n") == "Second gap"
    assert [form.xpath(f".//input[@name='{name}']")[0].get("value") for name in ("took", "took_sequence")] == [
        "c3",
        "7",
    ]
    [kept] = row.xpath(".//section[@class='kept']")
    assert "You typed this too, in another window" in text_of(kept)
    assert "First" in text_of(kept)
    mine = page_of(script_of(cast["anna"]).get(reverse("reviews:segment", args=[segment.pk]), headers={"X-Tab": "a1"}))
    [kept] = row_of(mine, segment).xpath(".//section[@class='kept']")
    assert "Second" in text_of(kept)


def test_typing_of_another_tab_is_kept_or_discarded_only_as_it_was_read(segment, cast):
    save_draft(segment_id=segment.pk, person=cast["anna"], typed="Here", base=0, sequence=7, tab=Tab("a1"))
    [draft] = Draft.objects.all()
    for name, data in [("kept-keep", {"base": 0, "sequence": 6}), ("kept-discard", {"sequence": 6})]:
        response = post(script_of(cast["anna"]), name, draft.pk, **data)
        assert response.status_code == 422
        assert "You typed on" in text_of(row_of(page_of(response), segment))
    assert post(script_of(cast["anna"]), "kept-keep", draft.pk, base=0, sequence=7).status_code == 200
    assert texts(segment) == ["Here"]
    assert not Draft.objects.exists()
    assert post(script_of(cast["ben"]), "kept-discard", draft.pk, sequence=7).status_code == 404

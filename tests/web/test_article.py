"""The article screen: what it shows of every row, and to whom."""

import json

import pytest
from django.urls import reverse

from reviews.checks import runner
from reviews.editing.deciding import Seen, decide
from reviews.editing.drafts import save_draft
from reviews.editing.saving import accept, save_revision
from reviews.models import DecisionKind, Segment
from reviews.values import CodedText
from tests.factories import make_document, segments_of

from .conftest import browser_of, linked, review
from .pages import buttons, page_of, part, row_of, text_of


@pytest.fixture
def opened(document, cast):
    """The article as a person sees it; the query may open a row."""

    def get(name="anna", query=""):
        response = browser_of(cast[name]).get(reverse("reviews:document", args=[document.pk]) + query)
        assert response.status_code == 200
        return page_of(response)

    return get


def test_source_and_target_say_their_languages(opened, segments):
    row = row_of(opened(), segments[0])
    assert part(row, "source").get("lang") == "de"
    assert part(row, "reading").get("lang") == "en"
    assert text_of(part(row, "source")) == "Neue Lücke"
    assert text_of(part(row, "reading")) == "New gap"


def test_kinds_are_told_apart(opened, segments):
    row = row_of(opened(), segments[0])
    assert "headline" in row.get("class").split()
    assert row.get("aria-label") == "Text 1, headline, New"
    assert row_of(opened(), segments[1]).get("aria-label") == "Text 2, New"


def test_a_link_is_styled_text_and_a_mark_in_the_field(opened, segments):
    page = opened(query=f"?edit={segments[1].pk}")
    row = row_of(page, segments[1])
    [link] = part(row, "reading").xpath(".//span[@class='link']")
    assert (link.text, link.get("title")) == ("update", "https://example.org/patch")
    [area] = row.xpath(".//textarea")
    assert area.text.strip("\n") == "An ⟦1⟧update⟦/1⟧ for 1,450 devices."
    assert "link to https://example.org/patch" in text_of(row.xpath(".//form[@class='editor']")[0])


def test_only_the_row_asked_for_has_its_field_open(opened, segments):
    page = opened(query=f"?edit={segments[1].pk}")
    assert [area.get("id") for area in page.xpath("//main//textarea")] == [f"field-{segments[1].pk}"]
    assert opened().xpath("//main//textarea") == []


def test_the_engines_stand_beside_each_other(opened, segments):
    engines = row_of(opened(), segments[1]).xpath(".//div[@class='engine']")
    assert [text_of(e.xpath("./dt")[0]) for e in engines] == ["engine-a shown at first", "engine-b"]
    assert [e.xpath(".//a/@data-marked") for e in engines] == [
        ["An ⟦1⟧update⟦/1⟧ for 1,450 devices."],
        ["A update for 145 devices."],
    ]


def test_an_engines_text_can_be_put_into_the_field(opened, segments):
    page = opened()
    [use] = row_of(page, segments[0]).xpath(".//div[@class='engine'][2]//a/@href")
    row = row_of(opened(query=use[use.index("?") : use.index("#")]), segments[0])
    form = row.xpath(".//form[@class='editor']")[0]
    assert form.xpath(".//textarea")[0].text.strip("\n") == "New hole"
    assert form.xpath(".//input[@name='origin']/@value") == ["adopted"]
    assert form.xpath(".//input[@name='started_from']/@value") == [use.split("use=")[1].split("#")[0]]


def test_a_text_for_two_passages_says_so_and_is_not_offered_for_one(opened, segments):
    engine = row_of(opened(), segments[2]).xpath(".//div[@class='engine'][2]")[0]
    assert "one text together with a neighbouring passage" in text_of(engine)
    assert engine.xpath(".//a") == []


def test_one_row_shows_all_sources_of_a_run(project, cast):
    document = make_document(
        project, ["Es regnet.", "Es schneit."], {"engine-a": [("It rains and snows.", 2), ""], "engine-b": ["R.", "S."]}
    )
    first, second = segments_of(document)
    page = page_of(browser_of(cast["anna"]).get(reverse("reviews:document", args=[document.pk])))
    row = row_of(page, first)
    assert [text_of(p) for p in part(row, "source").xpath("./p")] == ["Es regnet.", "Es schneit."]
    assert text_of(row.xpath(".//a[@class='number']")[0]) == "1–2"
    assert page.xpath(f"//article[@id='s-{second.pk}']") == []
    assert row.xpath(".//div[@class='engine'][2]//a/@data-marked") == ["R. S."]


def test_findings_are_told_and_underlined_on_both_sides(document, segments, cast):
    accept(segment_id=segments[1].pk, person=cast["anna"], base=0)
    save_revision(segment_id=segments[1].pk, person=cast["anna"], typed="An ⟦1⟧update⟦/1⟧ for 145 devices.", base=1)
    runner.check_targets(document.pk)
    page = page_of(browser_of(cast["anna"]).get(reverse("reviews:document", args=[document.pk])))
    row = row_of(page, segments[1])
    [finding] = row.xpath(".//ul[@class='findings']/li")
    assert text_of(finding).startswith("Numbers ")
    assert "1.450" in text_of(finding)
    assert [mark.text for mark in part(row, "source").xpath(".//mark")] == ["1.450"]
    [mark] = part(row, "reading").xpath(".//mark")
    [[start, end, severity, number]] = json.loads(row.get("data-highlights"))
    assert row.get("data-marked")[start:end] == mark.text == "145"
    assert mark.get("class") == severity
    assert mark.get("data-findings") == finding.get("data-finding") == str(number)
    assert json.loads(finding.get("data-spans")) == [[start, end]]


def test_a_row_that_was_not_checked_says_so(opened, segments):
    assert "Not checked yet" in text_of(part(row_of(opened(), segments[0]), "notes"))


def test_risk_reasons_are_told_until_the_row_is_reviewed(document, segments, opened, cast):
    Segment.objects.filter(pk=segments[0].pk).update(
        risk_rank=1, risk_reasons=["number changed", "headline"], risk_ranked=True
    )
    row = row_of(opened(), segments[0])
    assert "risk no. 1" in text_of(part(row, "side"))
    assert "Number changed; headline" in text_of(part(row, "notes"))
    accept(segment_id=segments[0].pk, person=cast["anna"], base=0)
    row = row_of(opened(), segments[0])
    assert "risk" not in text_of(part(row, "side"))
    assert "Number changed" not in text_of(part(row, "notes"))


def test_with_fewer_than_three_engines_the_page_claims_no_ranking(segments, opened):
    assert "Fewer than three engines" not in text_of(opened())
    chosen = Segment.objects.filter(pk=segments[0].pk)
    chosen.update(risk_rank=1, risk_reasons=["headline"])
    page = opened()
    assert "Fewer than three engines: nothing here says which texts are worse than others." in text_of(page)
    assert "no. 1 to look at" in text_of(part(row_of(page, segments[0]), "side"))
    assert "risk no." not in text_of(page)
    chosen.update(risk_ranked=True)
    page = opened()
    assert "Fewer than three engines" not in text_of(page)
    assert "risk no. 1" in text_of(part(row_of(page, segments[0]), "side"))


def test_unsaved_typing_comes_back_into_the_field(document, segments, cast, opened):
    save_draft(segment_id=segments[0].pk, person=cast["anna"], typed="New g", base=0, sequence=77)
    form = row_of(opened(), segments[0]).xpath(".//form[@class='editor']")[0]
    assert form.xpath(".//textarea")[0].text.strip("\n") == "New g"
    assert "Restored, not saved yet" in text_of(form)
    assert form.xpath(".//input[@name='took_sequence']")[0].get("value") == "77"
    assert row_of(opened("ben"), segments[0]).xpath(".//textarea") == []


def test_typing_that_equals_the_saved_text_is_not_restored(segments, cast, opened):
    save_draft(segment_id=segments[0].pk, person=cast["anna"], typed="New gap", base=0, sequence=1)
    assert row_of(opened(), segments[0]).xpath(".//textarea") == []


def test_a_text_that_begins_with_a_line_end_is_restored_whole(segments, cast, opened):
    save_draft(segment_id=segments[0].pk, person=cast["anna"], typed="\nNew", base=0, sequence=1)
    # A browser drops the first line end after <textarea>; ours is one too many on purpose.
    assert row_of(opened(), segments[0]).xpath(".//textarea")[0].text == "\n\nNew"


def test_an_editor_is_offered_what_can_be_done_next(document, segments, cast, opened):
    row = row_of(opened(query=f"?edit={segments[0].pk}"), segments[0])
    assert row.get("data-primary") == "accept"
    assert "Accept and next Ctrl ↵" in buttons(row)
    accept(segment_id=segments[0].pk, person=cast["anna"], base=0)
    row = row_of(opened(), segments[0])
    assert row.get("data-primary") == ""
    assert buttons(part(row, "tools").find_class("actions")[0]) == ["Reopen"]


def test_an_approver_may_approve_what_others_reviewed(document, segments, cast, opened):
    accept(segment_id=segments[0].pk, person=cast["anna"], base=0)
    row = row_of(opened("ben"), segments[0])
    assert row.get("data-primary") == "approve"
    assert buttons(part(row, "tools").find_class("actions")[0]) == ["Approve and next Ctrl ↵", "Send back", "Reopen"]
    page = opened("ben")
    assert [text_of(button) for button in page.xpath("//form[@id='approve-all']//button")] == [
        "Approve all reviewed (1)"
    ]


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ("wrote", "You wrote this text. Somebody else has to approve it."),
        ("marked", "You marked this text as reviewed"),
    ],
)
def test_four_eyes_explain_who_has_to_approve(segments, cast, opened, last, words):
    if last == "wrote":
        save_revision(segment_id=segments[0].pk, person=cast["ben"], typed="Gap.", base=0)
        accept(segment_id=segments[0].pk, person=cast["anna"], base=1)
    else:
        save_revision(segment_id=segments[0].pk, person=cast["anna"], typed="Gap.", base=0)
        accept(segment_id=segments[0].pk, person=cast["ben"], base=1)
    row = row_of(opened("ben"), segments[0])
    assert words in text_of(part(row, "tools"))
    assert row.get("data-primary") == ""
    assert row_of(opened("dora"), segments[0]).get("data-primary") == "approve"


def test_what_one_wrote_before_the_last_approval_is_no_bar(segments, cast, opened, project):
    save_revision(segment_id=segments[0].pk, person=cast["ben"], typed="Gap.", base=0)
    revision = accept(segment_id=segments[0].pk, person=cast["anna"], base=1).revision
    decide(
        segment_id=segments[0].pk,
        person=cast["dora"],
        kind=DecisionKind.APPROVED,
        seen=Seen(revision.pk, revision.source_hash),
    )
    save_revision(segment_id=segments[0].pk, person=cast["anna"], typed="Gap!", base=1, reviewed=True)
    assert row_of(opened("ben"), segments[0]).get("data-primary") == "approve"


def test_a_project_without_four_eyes_bars_nobody(project, segments, cast, opened):
    project.four_eyes = False
    project.save()
    accept(segment_id=segments[0].pk, person=cast["ben"], base=0)
    assert row_of(opened("ben"), segments[0]).get("data-primary") == "approve"


def test_a_sent_back_row_says_why(segments, cast, opened):
    revision = accept(segment_id=segments[0].pk, person=cast["anna"], base=0).revision
    decide(
        segment_id=segments[0].pk,
        person=cast["ben"],
        kind=DecisionKind.SENT_BACK,
        seen=Seen(revision.pk, revision.source_hash),
        reason="Say hole.",
    )
    row = row_of(opened(), segments[0])
    assert text_of(row.xpath(".//p[@class='reason']")[0]) == "Sent back by Ben: Say hole."
    assert "data-open" in row.attrib


def test_a_refused_text_is_shown_to_both_with_the_difference(segments, cast, opened):
    save_revision(segment_id=segments[0].pk, person=cast["anna"], typed="New big gap", base=0)
    save_revision(segment_id=segments[0].pk, person=cast["ben"], typed="New small gap", base=0)
    [mine] = row_of(opened("ben"), segments[0]).xpath(".//section[@class='kept']")
    assert "Your text came too late; nothing is lost." in text_of(mine)
    assert mine.xpath(".//dd")[0].text_content() == "New big gap"
    assert ([d.text for d in mine.xpath(".//del")], [i.text for i in mine.xpath(".//ins")]) == ([], ["big ", "small "])
    assert "Saved by Anna" in text_of(mine)
    assert buttons(mine) == ["Keep mine (on top) Alt ⇧ T", "Discard mine"]
    [theirs] = row_of(opened("anna"), segments[0]).xpath(".//section[@class='kept']")
    assert "Ben wrote another text for this passage." in text_of(theirs)
    assert buttons(theirs) == []


def test_researchers_read_everything_and_see_no_name_and_no_button(segments, cast, opened):
    accept(segment_id=segments[0].pk, person=cast["anna"], base=0)
    save_revision(segment_id=segments[1].pk, person=cast["dora"], typed="One.", base=0)
    save_revision(segment_id=segments[1].pk, person=cast["ben"], typed="Two.", base=0)
    page = opened("rolf")
    words = text_of(page.xpath("//main")[0])
    assert "Neue Lücke" in words
    assert "an editor" in words
    for name in ("Anna", "Ben", "Dora"):
        assert name not in words
    assert page.xpath("//main//button") == []
    assert page.xpath("//*[@data-edit]") == []


def test_texts_and_markup_of_a_file_are_shown_as_text(project, cast):
    evil = '<script>alert(1)</script>"\'>&{{ 7*7 }}{% now "Y" %}'
    document = make_document(
        project,
        [linked(f"{evil} Titel", 0, 4, '<a href="javascript:alert(1)" onclick="x()">')],
        {evil: [CodedText(evil)]},
        section=evil,
        url="javascript:alert(1)",
        author=evil,
    )
    page = page_of(browser_of(cast["dora"]).get(reverse("reviews:document", args=[document.pk])))
    assert all(script.get("src") for script in page.xpath("//script"))
    assert page.xpath("//a[starts-with(@href, 'javascript')]") == []
    assert evil in page.xpath("//article")[0].text_content()


def test_an_article_without_text_says_so(project, cast):
    document = make_document(project, [], {})
    page = page_of(browser_of(cast["anna"]).get(reverse("reviews:document", args=[document.pk])))
    assert "The article has no text yet." in text_of(page.xpath("//main")[0])


@pytest.mark.parametrize("query", ["?edit=x", "?edit=999999", "?edit=-1", "?use=7"])
def test_nonsense_in_the_address_does_no_harm(opened, query):
    assert opened(query=query).xpath("//main//textarea") == []


def test_next_open_leads_to_the_first_row_that_waits_for_the_person(document, segments, cast):
    def where(name):
        return browser_of(cast[name]).get(reverse("reviews:document-next", args=[document.pk])).url

    address = reverse("reviews:document", args=[document.pk])
    assert where("anna") == f"{address}?edit={segments[0].pk}#s-{segments[0].pk}"
    accept(segment_id=segments[0].pk, person=cast["anna"], base=0)
    assert where("anna") == f"{address}?edit={segments[1].pk}#s-{segments[1].pk}"
    assert where("dora") == f"{address}?at={segments[0].pk}#s-{segments[0].pk}"
    review(document, cast["anna"])
    assert where("anna") == f"{address}#end"
    assert where("rolf") == f"{address}#end"

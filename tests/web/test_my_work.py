"""My work: what I hold, what I could take, what waits for my word, and where every article stands."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews.editing.claims import claim
from reviews.editing.drafts import save_draft
from reviews.editing.saving import save_revision
from reviews.models import Document, Step, WorkItem, WorkState
from tests.factories import make_cast, make_document, make_project

from .conftest import browser_of, review
from .pages import buttons, page_of, text_of


def work(document, step=Step.EDIT, **columns):
    return WorkItem.objects.create(project=document.project, document=document, step=step, **columns)


def shown(person, query=""):
    response = browser_of(person).get(reverse("reviews:my-work") + query)
    assert response.status_code == 200
    return page_of(response)


def section(page, name):
    [found] = page.xpath(f"//section[@aria-labelledby='{name}']")
    return found


def titles(element):
    return [text_of(title) for title in element.xpath(".//a[@class='line-title']")]


def test_open_work_stands_in_its_order_with_reason_and_deadline(project, cast):
    for name, key in (("later", "b"), ("first", "a")):
        document = make_document(project, external_id=name, deadline_at=timezone.now() + timedelta(minutes=90))
        work(document, sort_key=key, reason=f"because {name}")
    queue = section(shown(cast["anna"]), "queue-edit")
    assert titles(queue) == ["first", "later"]
    assert "because first" in text_of(queue)
    assert "due in 1 h" in text_of(queue)
    assert "0 of 2 reviewed" in text_of(queue)


def test_only_approvers_see_work_to_approve_and_never_what_they_wrote(project, cast):
    mine, other = make_document(project, external_id="mine"), make_document(project, external_id="other")
    review(mine, cast["ben"])
    review(other, cast["anna"])
    for document in (mine, other):
        work(document, Step.APPROVE)
    assert titles(section(shown(cast["ben"]), "queue-approve")) == ["other"]
    assert shown(cast["anna"]).xpath("//section[@aria-labelledby='queue-approve']") == []
    assert titles(section(shown(cast["dora"]), "queue-approve")) == ["mine", "other"]


def test_without_four_eyes_ones_own_work_is_open_to_approve(project, cast):
    project.four_eyes = False
    project.save()
    mine = make_document(project, external_id="mine")
    review(mine, cast["ben"])
    work(mine, Step.APPROVE)
    assert titles(section(shown(cast["ben"]), "queue-approve")) == ["mine"]
    response = browser_of(cast["ben"]).post(reverse("reviews:work-take"), {"step": "approve"})
    assert response.url == reverse("reviews:document-next", args=[mine.pk])


def test_taking_the_next_piece_leads_into_the_article(document, segments, cast):
    item = work(document)
    response = browser_of(cast["anna"]).post(reverse("reviews:work-take"), {"step": "edit"})
    assert response.url == reverse("reviews:document-next", args=[document.pk])
    item.refresh_from_db()
    assert (item.state, item.lease_owner) == (WorkState.LEASED, cast["anna"])
    held = section(shown(cast["anna"]), "held-title")
    assert document.external_id in text_of(held)
    assert buttons(held) == ["Give back"]
    assert titles(section(shown(cast["ben"]), "queue-edit")) == []


@pytest.mark.parametrize(
    ("name", "step", "words"),
    [
        ("anna", "edit", "Nothing is open for you to edit right now."),
        ("ben", "approve", "Nothing is open for you to approve right now."),
        ("anna", "fly", "Choose what you want to take."),
    ],
)
def test_when_there_is_nothing_to_take_it_says_so(cast, name, step, words):
    response = browser_of(cast[name]).post(reverse("reviews:work-take"), {"step": step}, follow=True)
    assert words in text_of(page_of(response).xpath("//ul[@class='messages']")[0])


def test_work_somebody_else_took_cannot_be_taken_and_says_who_has_it(document, cast):
    item = work(document)
    claim(item_id=item.pk, person=cast["ben"])
    response = browser_of(cast["anna"]).post(reverse("reviews:work-claim", args=[item.pk]), follow=True)
    assert "Ben has this work until" in text_of(page_of(response).xpath("//ul[@class='messages']")[0])
    item.refresh_from_db()
    assert item.lease_owner == cast["ben"]


def test_giving_back_opens_the_work_to_others(document, cast):
    item = work(document)
    claim(item_id=item.pk, person=cast["anna"])
    address = reverse("reviews:work-release", args=[item.pk])
    response = browser_of(cast["ben"]).post(address, follow=True)
    assert "Only a desk head can give back somebody else" in text_of(page_of(response))
    response = browser_of(cast["anna"]).post(address, follow=True)
    assert f"You gave back “{document}”." in text_of(page_of(response))
    item.refresh_from_db()
    assert item.state == WorkState.OPEN


def test_a_refused_text_is_announced_on_every_page_until_its_owner_decides(document, segments, cast):
    save_revision(segment_id=segments[0].pk, person=cast["anna"], typed="Hers.", base=0)
    save_revision(segment_id=segments[0].pk, person=cast["ben"], typed="His.", base=0)
    ben = browser_of(cast["ben"])
    for address in (reverse("reviews:my-work"), reverse("reviews:document", args=[document.pk])):
        [badge] = page_of(ben.get(address)).xpath("//a[@class='kept-badge']")
        assert text_of(badge) == "1 kept text"
    kept = section(shown(cast["ben"]), "kept-title")
    assert "yours came after Anna’s text and is kept" in text_of(kept)
    assert "His." in text_of(kept)
    place = f"?at={segments[0].pk}#s-{segments[0].pk}"
    assert kept.xpath(".//a/@href") == [reverse("reviews:document", args=[document.pk]) + place]
    assert shown(cast["anna"]).xpath("//a[@class='kept-badge']") == []
    assert shown(cast["anna"]).xpath("//section[@aria-labelledby='kept-title']") == []


def test_typing_that_was_not_saved_is_listed(document, segments, cast):
    save_draft(segment_id=segments[0].pk, person=cast["anna"], typed="New g", base=0, sequence=1)
    kept = section(shown(cast["anna"]), "kept-title")
    assert "typed, not saved yet" in text_of(kept)
    assert "New g" in text_of(kept)


def documents(page):
    return [text_of(a) for a in page.xpath("//table[@class='documents']//th[@scope='row']/a")]


def test_articles_are_paged_newest_first(project, cast):
    for number in range(27):
        make_document(project, ["Satz."], external_id=f"n{number:02}")
    first = shown(cast["anna"])
    assert (documents(first)[0], len(documents(first))) == ("n26", 25)
    assert "Page 1 of 2" in text_of(first)
    assert documents(shown(cast["anna"], "?page=2")) == ["n01", "n00"]
    assert documents(shown(cast["anna"], "?page=99")) == ["n01", "n00"]


def test_articles_are_found_by_title_id_and_state(project, cast):
    one = make_document(project, external_id="nx-1")
    two = make_document(project, external_id="nx-2")
    Document.objects.filter(pk=two.pk).update(title="Die Lücke")
    review(one, cast["anna"])
    assert documents(shown(cast["anna"], "?q=lücke")) == ["Die Lücke"]
    assert documents(shown(cast["anna"], "?q=nx-1")) == ["nx-1"]
    assert documents(shown(cast["anna"], "?state=reviewed")) == ["nx-1"]
    assert "No article fits." in text_of(shown(cast["anna"], "?q=nothing"))
    assert len(documents(shown(cast["anna"], "?state=nonsense"))) == 2


def test_other_projects_are_out_of_sight(project, cast):
    other = make_project("other")
    make_document(other, external_id="secret")
    make_document(project, external_id="ours")
    work(Document.objects.get(external_id="secret"))
    assert documents(shown(cast["anna"])) == ["ours"]
    assert titles(section(shown(cast["anna"]), "queue-edit")) == []
    assert "You are not a member of any project yet." in text_of(shown(cast["carla"]))


def test_roles_count_in_their_own_project_only(cast):
    other = make_project("other")
    make_cast(other)
    other.memberships.filter(person=cast["ben"], role="approver").delete()
    document = make_document(other, external_id="elsewhere")
    review(document, cast["anna"])
    work(document, Step.APPROVE)
    assert titles(section(shown(cast["ben"]), "queue-approve")) == []
    assert titles(section(shown(cast["dora"]), "queue-approve")) == ["elsewhere"]


def test_a_taken_piece_whose_lease_ran_out_is_open_again(document, cast):
    item = work(document)
    claim(item_id=item.pk, person=cast["ben"])
    WorkItem.objects.filter(pk=item.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    assert titles(section(shown(cast["anna"]), "queue-edit")) == [str(document)]


def test_only_desk_heads_and_researchers_are_led_to_the_dashboard(cast):
    def links(name):
        return [text_of(a) for a in shown(cast[name]).xpath("//nav[@aria-label='Main']//a")]

    assert "Dashboard" not in links("anna")
    assert "Dashboard" in links("dora")
    assert "Dashboard" in links("rolf")

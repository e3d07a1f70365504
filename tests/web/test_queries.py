"""What a page asks the database does not depend on how much there is to show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks.desk_articles import write_article
from reviews.checks import runner
from reviews.editing.drafts import save_draft
from reviews.editing.saving import accept, save_revision
from reviews.models import Step, WorkItem
from reviews.reports.desk.registry import PANELS
from reviews.web.selectors.windows import windows_of
from tests.factories import make_document, segments_of

from .conftest import browser_of, script_of


def article_of(project, cast, size):
    """An article in which people did all kinds of things to every other segment."""
    texts = [f"Satz {number} mit {number} Wörtern." for number in range(size)]
    document = make_document(
        project,
        texts,
        {
            "engine-a": [f"Sentence {number} with {number} words." for number in range(size)],
            "engine-b": [f"Phrase {number}." for number in range(size)],
        },
    )
    for number, segment in enumerate(segments_of(document)):
        if number % 5 == 0:
            accept(segment_id=segment.pk, person=cast["anna"], base=0)
        elif number % 5 == 1:
            save_draft(segment_id=segment.pk, person=cast["ben"], typed="Typing", base=0, sequence=1)
        elif number % 5 == 2:
            save_revision(segment_id=segment.pk, person=cast["anna"], typed="First.", base=0)
            save_revision(segment_id=segment.pk, person=cast["ben"], typed="Second.", base=0)
    runner.check_targets(document.pk)
    WorkItem.objects.create(project=project, document=document, step=Step.EDIT)
    return document


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("name", "who", "at_most"),
    [
        ("document", "anna", 24),
        ("document", "ben", 28),
        ("document", "dora", 40),
        ("document", "rolf", 20),
        ("document-preview", "ben", 21),
    ],
)
def test_an_article_asks_as_often_for_50_segments_as_for_5(project, cast, name, who, at_most):
    client = browser_of(cast[who])
    counts = [
        queries(client, reverse(f"reviews:{name}", args=[article_of(project, cast, size).pk])) for size in (5, 50)
    ]
    assert counts[0] == counts[1]
    assert counts[0] <= at_most


@pytest.mark.parametrize("who", ["ben", "rolf"])
def test_a_row_asks_as_often_in_a_long_article_as_in_a_short_one(project, cast, who):
    counts = []
    for size in (5, 100):
        segment = segments_of(article_of(project, cast, size))[2]
        counts.append(queries(script_of(cast[who]), reverse("reviews:segment", args=[segment.pk])))
    assert counts[0] == counts[1]
    assert counts[0] <= 27


@pytest.mark.services
@pytest.mark.parametrize("who", ["ben", "dora"])
def test_a_long_article_and_its_parts_ask_as_often_for_700_texts_as_for_320(project, cast, who):
    counts = []
    for size in (320, 700):
        document = write_article(project, f"book-{size}", size, cast["anna"])
        windows = windows_of(document)
        middle = document.segments.get(external_id="150").pk
        ranks = f"?first={windows[1].first}&last={windows[1].last}"
        counts.append(
            [
                queries(browser_of(cast[who]), reverse("reviews:document", args=[document.pk])),
                queries(browser_of(cast[who]), reverse("reviews:document", args=[document.pk]) + f"?at={middle}"),
                queries(script_of(cast[who]), reverse("reviews:document-window", args=[document.pk]) + ranks),
                queries(script_of(cast[who]), reverse("reviews:document-next", args=[document.pk]) + "?aim=risky"),
            ]
        )
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 60


@pytest.mark.parametrize("who", ["ben", "dora", "rolf"])
def test_lists_ask_as_often_for_30_documents_as_for_3(project, cast, who):
    client = browser_of(cast[who])
    counts = {"reviews:my-work": [], "reviews:dashboard": []}
    made = 0
    for size in (3, 30):
        while made < size:
            document = make_document(project, ["Satz."], deadline_at=timezone.now())
            WorkItem.objects.create(project=project, document=document, step=Step.EDIT)
            WorkItem.objects.create(project=project, document=document, step=Step.APPROVE)
            segment = segments_of(document)[0]
            save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0)
            save_revision(segment_id=segment.pk, person=cast["ben"], typed="Two.", base=0)
            made += 1
        counts["reviews:my-work"].append(queries(client, reverse("reviews:my-work")))
        if who != "ben":
            address = reverse("reviews:dashboard", args=[project.slug])
            counts["reviews:dashboard"].append(queries(client, address))
    for name, (few, *many) in ((name, found) for name, found in counts.items() if found):
        assert many == [few], name
        # A panel has its say in a few queries, and so has the page around them.
        assert few <= (12 + 2 * len(PANELS) if name == "reviews:dashboard" else 20), name

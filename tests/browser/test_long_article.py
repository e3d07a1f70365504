"""A document of some thousand texts: it opens, scrolls, is walked by key beyond what is loaded, and saves there."""

import pytest
from playwright.sync_api import expect

from benchmarks.desk_articles import write_article
from reviews.models import Segment
from tests.factories import segments_of

from .conftest import SAVED, saved_texts, wait_for

pytestmark = pytest.mark.browser

SIZE = 2_000


@pytest.fixture
def book(project, cast):
    return write_article(project, "book", SIZE, cast["ben"])


def test_a_long_document_is_walked_and_written_in_beyond_what_is_loaded(desk_of, book):
    segments = segments_of(book)
    riskiest = Segment.objects.filter(document=book).exclude(state="reviewed").order_by("risk_rank")[0]
    anna = desk_of("anna").open(book)
    rows = anna.page.locator(".row")
    assert rows.count() < 250
    # Typed here, and still here after going to the other end of the document and back.
    anna.edit(segments[3])
    anna.type("Typed ")
    anna.press("Alt+r")
    expect(anna.field(riskiest)).to_be_focused()
    expect(anna.row(riskiest).locator(".engine")).to_have_count(3)
    anna.type("Riskiest ")
    anna.press("Control+Enter")
    wait_for(lambda: saved_texts(riskiest)[-1:] and saved_texts(riskiest)[-1].startswith("Riskiest "))
    expect(anna.save_state).to_have_text(SAVED)
    expect(anna.row(segments[3]).locator("textarea")).to_have_value("Typed " + segments[3].latest_revision.text)
    # By scrolling, too.
    middle = anna.page.locator(".gap").nth(6)
    first = int(middle.get_attribute("data-first"))
    middle.scroll_into_view_if_needed()
    expect(anna.page.locator(f'.window[data-first="{first}"]')).to_be_attached()
    assert anna.page.locator(".gap").count() > 3


def test_the_next_rows_open_without_a_word_from_the_server(desk_of, book):
    segments = segments_of(book)
    anna = desk_of("anna").open(book, f"?edit={segments[3].pk}#s-{segments[3].pk}")
    expect(anna.field(segments[3])).to_be_focused()
    anna.page.context.set_offline(True)
    for segment in segments[4:14]:
        anna.press("Alt+ArrowDown")
        expect(anna.current).to_have_attribute("data-id", str(segment.pk))
    expect(anna.field(segments[13])).to_be_focused()
    anna.type("Offline ")
    expect(anna.field(segments[13])).to_have_value("Offline " + segments[13].latest_revision.text)
    anna.page.context.set_offline(False)

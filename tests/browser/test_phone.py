"""An article on a phone: read and approved without a keyboard or sideways scrolling."""

import pytest
from playwright.sync_api import expect

from reviews.editing.saving import accept

from .conftest import state_of, wait_for

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_an_approver_reads_and_approves_on_a_phone(desk_of, document, segments, cast):
    for segment in segments:
        accept(segment_id=segment.pk, person=cast["anna"], base=0)
    dora = desk_of("dora", **PHONE).open(document)
    assert dora.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for segment in segments:
        row = dora.row(segment)
        row.locator(".source").tap()
        expect(row.locator(".reading")).to_be_visible()
        row.get_by_role("button", name="Approve and next").tap()
        wait_for(lambda pk=segment: state_of(pk) == "approved")
    assert dora.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

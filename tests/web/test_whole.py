"""A request of which only a part arrived does nothing: half a reason is not a reason, half a file not a file."""

from io import BytesIO

import pytest
from django.urls import reverse

from reviews.models import Decision, Draft, ImportBatch, Revision
from tests.web.test_uploads import multipart

from .conftest import browser_of, review

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


def send(client, address: str, body: bytes, arrived: int, content_type: str = FORM):
    """POST a body whose connection ends after so many bytes, as gunicorn hands it on."""
    parts = {"wsgi.input": BytesIO(body[:arrived]), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": content_type}
    return client.generic("POST", address, **parts)


@pytest.mark.parametrize(("missing", "status", "saved"), [(0, 200, 1), (1, 400, 0), (40, 400, 0)])
def test_a_text_is_saved_whole_or_not_at_all(segments, cast, missing, status, saved):
    body = b"base=0&save_key=" + b"k" * 32 + b"&typed=A+text+that+goes+on+to+its+very+end."
    address = reverse("reviews:segment-save", args=[segments[0].pk])
    client = browser_of(cast["anna"])
    client.defaults["HTTP_HX_REQUEST"] = "true"
    assert send(client, address, body, len(body) - missing).status_code == status
    assert Revision.objects.count() == saved


def test_half_a_reason_sends_nothing_back(document, segments, cast):
    review(document, cast["anna"])
    latest = Revision.objects.get(segment=segments[0])
    body = f"revision={latest.pk}&source_hash={latest.source_hash}&reason=Say+it+more+plainly.".encode()
    address = reverse("reviews:segment-send-back", args=[segments[0].pk])
    client = browser_of(cast["ben"])
    assert send(client, address, body, len(body) - 8).status_code == 400
    assert not Decision.objects.filter(kind="sent_back").exists()
    assert send(client, address, body, len(body)).status_code == 302
    assert Decision.objects.get(kind="sent_back").reason == "Say it more plainly."


def test_half_a_draft_is_no_draft(segments, cast):
    body = b"base=0&sequence=5&typed=What+I+was+about+to+say"
    address = reverse("reviews:segment-draft", args=[segments[0].pk])
    assert send(browser_of(cast["anna"]), address, body, len(body) - 4).status_code == 400
    assert not Draft.objects.exists()


@pytest.mark.parametrize(("missing", "status"), [(0, 302), (60, 422), (300, 422)])
def test_half_an_upload_is_not_taken_in(project, cast, settings, tmp_path, missing, status):
    """Neither cut off in a file nor between two: what arrived of the second one then is nothing at all."""
    settings.WORKBENCH_DATA = tmp_path
    rows = "".join(f'{{"document": "nx-1", "id": "{n}", "source": "Satz {n}."}}\n' for n in range(5))
    body, content_type = multipart([("first.jsonl", rows), ("second.jsonl", rows.replace("nx-1", "nx-2"))])
    address = reverse("reviews:import-upload", args=[project.slug])
    response = send(browser_of(cast["dora"]), address, body, len(body) - missing, content_type)
    assert response.status_code == status
    assert ImportBatch.objects.count() == (status == 302)
    assert missing == 0 or "The connection broke" in response.content.decode()

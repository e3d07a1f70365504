"""Logging in again from a page that stayed open."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast):
    """Log in as somebody on Anna's page, in a browser where nobody is logged in."""
    client = Client(enforce_csrf_checks=True)

    def log_in(name, password=PASSWORD, person="anna"):
        token = client.get(reverse("reviews:session")).json()["csrf"]
        headers = {"X-CSRFToken": token, "X-Person": str(cast[person].public_id)}
        data = {"username": name, "password": password}
        return client, client.post(reverse("reviews:session-log-in"), data, headers=headers)

    return log_in


def test_the_same_person_goes_on_with_a_new_token(asked, cast):
    client, response = asked("anna")
    assert response.status_code == 200
    assert response.json()["person"] == str(cast["anna"].public_id)
    assert client.session[SESSION_KEY] == str(cast["anna"].pk)
    headers = {"X-CSRFToken": response.json()["csrf"], "X-Person": response.json()["person"], "HX-Request": "true"}
    assert client.post(reverse("reviews:notices-read"), headers=headers).status_code != 403


@pytest.mark.parametrize(
    ("name", "password", "status", "words"),
    [
        ("anna", "wrong", 422, "do not match"),
        ("ben", PASSWORD, 409, "only they can go on here"),
        ("ben", "wrong", 422, "do not match"),
        ("", "", 422, "do not match"),
    ],
)
def test_nobody_else_is_logged_in(asked, name, password, status, words):
    client, response = asked(name, password)
    assert response.status_code == status
    assert words in response.json()["error"]
    assert SESSION_KEY not in client.session


def test_somebody_who_left_is_not_logged_in(asked, cast):
    cast["anna"].is_active = False
    cast["anna"].save()
    client, response = asked("anna")
    assert response.status_code == 422
    assert SESSION_KEY not in client.session

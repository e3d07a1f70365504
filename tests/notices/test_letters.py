"""The words of an e-mail: what hostile titles cannot do to it."""

import pytest
from django.core.mail import EmailMessage

from reviews.notices.letters import LONGEST_TITLE, MOST, Line, compose, plain

LINK = "https://review.example.org/notices/1/"
CHOICES = "https://review.example.org/notices/choices/"


def line(title="Bahn hält wieder", heading="Sent back", text="A text of yours was sent back.", project="Tech desk"):
    return Line(heading, title, project, text, LINK)


def test_one_notice_is_in_the_subject_and_leads_to_its_place():
    letter = compose([line()], choices_link=CHOICES)
    assert letter.subject == "Sent back: Bahn hält wieder"
    assert letter.body == (
        "SENT BACK\n\n“Bahn hält wieder” (Tech desk)\nA text of yours was sent back.\n"
        f"{LINK}\n\n-- \nWhich e-mails you get, and when: {CHOICES}\n"
    )


def test_several_are_counted_and_stand_under_their_headings():
    letter = compose([line(), line("Neue Lücke"), line(heading="Deadline near")], choices_link=CHOICES)
    assert letter.subject == "3 notices: Bahn hält wieder and more"
    assert [part for part in letter.body.splitlines() if part.isupper()] == ["SENT BACK", "DEADLINE NEAR"]
    assert letter.body.count(LINK) == 3


def test_more_than_anybody_reads_are_counted():
    letter = compose([line()] * (MOST + 7), choices_link=CHOICES)
    assert letter.body.count(LINK) == MOST
    assert "… and 7 more in the workbench." in letter.body


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("Title\r\nBcc: all@example.org", "Title Bcc: all@example.org"),
        ("Title\u2028next\u2029line\x0b\x0c\x85", "Title next line"),
        ("\u202eelif.exe\u202c and \u2066isolates\u2069", "elif.exe and isolates"),
        ("zero\u200bwidth\ufeff and so\u00adft", "zerowidth and soft"),
        ("tab\tand \x00 null \x1b[31m", "tab and null [31m"),
        ("\ud800lone", "lone"),
        ("Größe – “Zitat” 🙂", "Größe – “Zitat” 🙂"),
    ],
)
def test_what_acts_unseen_is_taken_out(hostile, shown):
    assert plain(hostile) == shown
    letter = compose([line(hostile, project=hostile, text=hostile)], choices_link=CHOICES)
    assert letter.subject == f"Sent back: {shown}"
    message = EmailMessage(letter.subject, letter.body, "desk@example.org", ["anna@example.org"]).message()
    assert message.get_all("Bcc") is None
    assert len(letter.body.splitlines()) == len(compose([line()], choices_link=CHOICES).body.splitlines())


def test_a_long_title_is_cut_and_an_empty_one_is_said_to_be_missing():
    assert len(compose([line("T" * 500)], choices_link=CHOICES).subject) == len("Sent back: ") + LONGEST_TITLE
    assert "an article without a title" in compose([line("\u200b \n")], choices_link=CHOICES).subject

"""Every address × every role: what it answers. An address nobody listed here fails the last test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from reviews.checks.runner import check_targets
from reviews.editing import passes
from reviews.editing.dismissing import dismiss
from reviews.editing.dividing import divide
from reviews.editing.saving import save_revision
from reviews.editing.texts import run_sources, sources_hash
from reviews.models import (
    BulkJob,
    Draft,
    DraftKind,
    Finding,
    ImportBatch,
    Lane,
    Notice,
    NoticeKind,
    Project,
    ReviewPass,
    Segment,
    Step,
    TaskRun,
    WorkItem,
)
from reviews.publishing.service import publish
from tests.editing.lanes import ask_twice, work_on
from tests.factories import make_document, make_person, segments_of

from .conftest import approve, review, undone

ANYBODY = "anonymous"
#: Nobody logged in; outside the project; editor; editor and approver; desk head; researcher; superuser outside it.
ROLES = (ANYBODY, "carla", "anna", "ben", "dora", "rolf", "root")


class World:
    """An article in work, one to approve, one to publish, and a text of Anna's and of Ben's that came too late."""

    def __init__(self, project, cast):
        self.cast = cast
        self.open = make_document(project)
        self.reviewed = make_document(project)
        review(self.reviewed, cast["anna"])
        self.approved = make_document(project)
        review(self.approved, cast["anna"])
        approve(self.approved, cast["ben"])
        self.segment = segments_of(self.open)[0]
        self.reviewed_segment = segments_of(self.reviewed)[0]
        joined = {"engine-a": [("One. Two.", 2), ""]}
        self.joined = segments_of(make_document(project, ["Eins.", "Zwei."], joined))
        self.parted = segments_of(make_document(project, ["Eins.", "Zwei."], joined))
        divide(person=cast["anna"], segment_id=self.parted[0].pk, **self.parts(self.parted))
        self.item = WorkItem.objects.create(project=project, document=self.open, step=Step.EDIT)
        contested = make_document(project)
        segment = segments_of(contested)[0]
        save_revision(segment_id=segment.pk, person=cast["dora"], typed="Hers.", base=0)
        for name in ("anna", "ben"):
            save_revision(segment_id=segment.pk, person=cast[name], typed=f"By {name}.", base=0)
        self.flawed = make_document(
            project, ["Das Handy ist eventuell kaputt."], {"engine-a": ["The handy is eventually broken."]}
        )
        self.flawed_segment = segments_of(self.flawed)[0]
        check_targets(self.flawed.pk)
        self.finding, second = Finding.objects.all()[:2]
        dismissed = dismiss(segment_id=self.flawed_segment.pk, finding_id=second.pk, person=cast["anna"])
        (self.dismissal,) = dismissed.dismissals
        self.batch = ImportBatch.objects.create(project=project, person=cast["dora"], state=ImportBatch.State.DONE)
        self.kept = Draft.objects.get(kind=DraftKind.REFUSED, person=cast["ben"])
        _, self.notice = (
            Notice.objects.create(
                person=cast[name], document=self.open, kind=NoticeKind.ASSIGNED, key="assignment:1", text="To edit."
            )
            for name in ("dora", "ben")
        )

        ask_twice(project)
        self.apart = make_document(project)
        self.second = work_on(self.apart, Step.BLIND)
        passes.take(item_id=self.second.pk, person=cast["anna"])
        self.apart_segment = segments_of(self.apart)[0]
        settled = make_document(project, ["Satz."])
        (self.settled_segment,) = segments_of(settled)
        item = work_on(settled, Step.ADJUDICATE)
        ReviewPass.objects.create(item=item, segment=self.settled_segment, lane=Lane.ADJUDICATION, person=cast["ben"])
        self.job = BulkJob.objects.create(project=project, person=cast["dora"], act=BulkJob.Act.APPROVE)
        out = make_document(project)
        review(out, cast["anna"])
        approve(out, cast["ben"])
        check_targets(out.pk)
        self.publication = publish(document_id=out.pk, person=cast["dora"])
        self.failed_run = TaskRun.objects.create(document=self.open, project=project, kind="check", state="failed")

    def record(self) -> list[Any]:
        return [self.publication.document_id, self.publication.number]

    def member(self) -> list[Any]:
        return [self.open.project.slug, self.cast["anna"].public_id]

    def judged(self) -> dict[str, Any]:
        return {"text": self.segment.chosen_id, "base": 0}

    def mark(self) -> dict[str, Any]:
        place = {"side": "target", "start": 0, "end": 3, "ordinal": 0}
        return self.judged() | place | {"category": "style/awkward", "severity": "minor"}

    @staticmethod
    def parts(run):
        """What the door of a division takes."""
        texts = dict(zip([segment.pk for segment in run], ["One.", "Two."], strict=True))
        return {"texts": texts, "base": 0, "source_hash": sources_hash(run_sources(run[0]))}

    def divided(self):
        """The same as a form sends it."""
        asked = self.parts(self.joined)
        texts = asked.pop("texts")
        return asked | {"segment": [*texts], "text": [*texts.values()], "save_key": "k", "sequence": 1}

    def seen(self) -> dict[str, Any]:
        revision = self.reviewed_segment.latest_revision
        return {"revision": revision.pk, "source_hash": revision.source_hash, "reason": "Please check."}

    def unseen(self, segment: Segment | None = None) -> dict[str, Any]:
        """What the page shows of a text nobody has worked on."""
        source = (segment or self.segment).sources.get().content_hash
        return {"revision": 0, "source_hash": source, "save_key": "k", "reason": "Only of local interest."}


class Address(NamedTuple):
    """What to ask, and the answer by role: log-in (302), not there (404), not allowed (403), done (200, 302, 422)."""

    method: str
    arguments: Callable[[World], list[Any]]
    data: Callable[[World], dict[str, Any]]
    answers: dict[str, int]


def answers(
    *, member: int, only: str = "anna ben dora rolf", anonymous: int = 302, outside: int = 404
) -> dict[str, int]:
    """The answers where some members of the project may and all others may not."""
    allowed = only.split()
    inside = {name: member if name in allowed else 403 for name in ("anna", "ben", "dora", "rolf")}
    return {ANYBODY: anonymous, "carla": outside, "root": outside, **inside}


def everybody(status: int, anonymous: int = 302) -> dict[str, int]:
    return {name: anonymous if name == ANYBODY else status for name in ROLES}


def nothing(world: World) -> dict[str, Any]:
    return {}


def of(attribute: str) -> Callable[[World], list[Any]]:
    return lambda world: [getattr(world, attribute).pk]


EDITORS = "anna ben dora"
#: Pages about the installation are for staff, whoever else they are.
STAFF = everybody(403)
APPROVERS = "ben dora"

ADDRESSES: dict[str, Address] = {
    "login": Address("get", lambda w: [], nothing, everybody(302, anonymous=200)),
    "logout": Address("post", lambda w: [], nothing, everybody(302)),
    "words": Address("get", lambda w: [], nothing, everybody(200, anonymous=200)),
    "reviews:my-work": Address("get", lambda w: [], nothing, everybody(200)),
    "reviews:session-log-in": Address("post", lambda w: [], nothing, everybody(422, anonymous=422)),
    "reviews:session": Address("get", lambda w: [], nothing, everybody(200, anonymous=401)),
    "reviews:my-data": Address("get", lambda w: [], nothing, everybody(200)),
    "reviews:my-data-file": Address("get", lambda w: [], nothing, everybody(200)),
    "reviews:operations": Address("get", lambda w: [], nothing, STAFF | {"root": 200}),
    "reviews:operations-retry": Address("post", of("failed_run"), nothing, STAFF | {"root": 302}),
    "reviews:keys": Address("get", lambda w: [], nothing, everybody(200)),
    "reviews:keys-save": Address("post", lambda w: [], lambda w: {"dismiss": "Alt+J"}, everybody(302)),
    "reviews:work-take": Address("post", lambda w: [], lambda w: {"step": "edit"}, everybody(302)),
    "reviews:work-claim": Address("post", of("item"), nothing, answers(member=302, only=EDITORS)),
    "reviews:work-release": Address("post", of("item"), nothing, answers(member=302, only=EDITORS)),
    "reviews:work-pass-on": Address("get", of("item"), nothing, answers(member=200, only=EDITORS)),
    # Ben and Anna have not got it: they are told so.
    "reviews:work-assign": Address(
        "post",
        of("item"),
        lambda w: {"to": str(w.cast["anna"].public_id), "reason": "Her beat."},
        answers(member=422, only=EDITORS) | {"dora": 302},
    ),
    "reviews:availability": Address("get", lambda w: [], nothing, everybody(200)),
    "reviews:availability-save": Address("post", lambda w: [], lambda w: {"most_open": 3}, everybody(302)),
    "reviews:team": Address("get", lambda w: [w.open.project.slug], nothing, answers(member=200, only="dora")),
    "reviews:team-rule": Address(
        "post", lambda w: [w.open.project.slug], lambda w: {"assigns": "1"}, answers(member=302, only="dora")
    ),
    "reviews:team-member": Address("get", World.member, nothing, answers(member=200, only="dora")),
    "reviews:team-member-save": Address(
        "post", World.member, lambda w: {"most_open": 3}, answers(member=302, only="dora")
    ),
    "reviews:document": Address("get", of("open"), nothing, answers(member=200)),
    "reviews:document-next": Address("get", of("open"), nothing, answers(member=302)),
    "reviews:document-window": Address(
        "get", of("open"), lambda world: {"first": 0, "last": 2**40}, answers(member=302)
    ),
    "reviews:document-preview": Address("get", of("open"), nothing, answers(member=200)),
    "reviews:document-presence": Address("post", of("open"), lambda w: {"seen": 0}, answers(member=200)),
    "reviews:document-approve": Address(
        "post",
        of("reviewed"),
        lambda w: {"seen": [f"{w.reviewed_segment.pk}:{w.seen()['revision']}:{w.seen()['source_hash']}"]},
        answers(member=302, only=APPROVERS),
    ),
    "reviews:document-dismiss": Address(
        "post", of("flawed"), lambda w: {"findings": str(w.finding.pk)}, answers(member=302, only=EDITORS)
    ),
    "reviews:document-gate": Address("get", of("approved"), nothing, answers(member=302, only="dora")),
    **{
        f"reviews:document-record{form}": Address("get", World.record, nothing, answers(member=200, only="dora"))
        for form in ("", "-json", "-pdf")
    },
    "reviews:document-publish": Address("post", of("approved"), nothing, answers(member=302, only="dora")),
    "reviews:segment": Address("get", of("segment"), nothing, answers(member=302)),
    "reviews:segment-history": Address("get", of("segment"), nothing, answers(member=200)),
    "reviews:segment-save": Address(
        "post",
        of("segment"),
        lambda w: {"typed": "Good day.", "base": 0, "save_key": "k"},
        answers(member=302, only=EDITORS),
    ),
    "reviews:segment-accept": Address(
        "post",
        of("segment"),
        lambda w: {"base": 0, "save_key": "k", "seen_hash": w.segment.chosen.content_hash},
        answers(member=302, only=EDITORS),
    ),
    "reviews:segment-approve": Address("post", of("reviewed_segment"), World.seen, answers(member=302, only=APPROVERS)),
    "reviews:segment-send-back": Address(
        "post", of("reviewed_segment"), World.seen, answers(member=302, only=APPROVERS)
    ),
    "reviews:segment-reopen": Address("post", of("reviewed_segment"), World.seen, answers(member=302, only=EDITORS)),
    "reviews:segment-omit": Address("post", of("segment"), World.unseen, answers(member=302, only=EDITORS)),
    "reviews:segment-copy": Address("post", of("segment"), World.unseen, answers(member=302, only=EDITORS)),
    "reviews:segment-dismiss": Address(
        "post", of("flawed_segment"), lambda w: {"finding": w.finding.pk}, answers(member=302, only=EDITORS)
    ),
    "reviews:segment-undo-dismissal": Address(
        "post", of("flawed_segment"), lambda w: {"dismissal": w.dismissal.pk}, answers(member=302, only=EDITORS)
    ),
    "reviews:segment-draft": Address(
        "post", of("segment"), lambda w: {"typed": "Go", "base": 0, "sequence": 1}, answers(member=200, only=EDITORS)
    ),
    "reviews:segment-quote": Address("get", of("segment"), nothing, answers(member=200, only=EDITORS)),
    "reviews:segment-quote-note": Address(
        "post",
        of("segment"),
        lambda w: {"base": 0, "language": "fr", "wording": "translated"},
        answers(member=302, only=EDITORS),
    ),
    "reviews:segment-draft-discard": Address("post", of("segment"), nothing, answers(member=302, only=EDITORS)),
    "reviews:segment-divide": Address("get", lambda w: [w.joined[0].pk], nothing, answers(member=200, only=EDITORS)),
    "reviews:segment-divide-save": Address(
        "post", lambda w: [w.joined[0].pk], World.divided, answers(member=302, only=EDITORS)
    ),
    "reviews:segment-divide-draft": Address(
        "post", lambda w: [w.joined[0].pk], World.divided, answers(member=200, only=EDITORS)
    ),
    "reviews:segment-divide-discard": Address(
        "post", lambda w: [w.joined[0].pk], nothing, answers(member=302, only=EDITORS)
    ),
    "reviews:segment-join": Address("get", lambda w: [w.parted[1].pk], nothing, answers(member=200, only=EDITORS)),
    "reviews:segment-join-save": Address(
        "post",
        lambda w: [w.parted[1].pk],
        lambda w: {"base": 1, "base_before": 1, "save_key": "k"},
        answers(member=302, only=EDITORS),
    ),
    "reviews:segment-add": Address("get", of("segment"), nothing, answers(member=200, only=EDITORS)),
    "reviews:segment-add-save": Address(
        "post", of("segment"), lambda w: {"typed": "An agency.", "save_key": "k"}, answers(member=302, only=EDITORS)
    ),
    "reviews:segment-marks": Address("get", of("segment"), nothing, answers(member=200)),
    "reviews:segment-marks-all": Address("get", of("segment"), nothing, answers(member=200, only="dora rolf")),
    "reviews:segment-mark": Address("post", of("segment"), World.mark, answers(member=302)),
    # Nothing is marked yet that could be taken back.
    "reviews:segment-unmark": Address("post", of("segment"), World.mark, answers(member=422)),
    "reviews:segment-rate": Address("post", of("segment"), World.judged, answers(member=302)),
    # A kept text is its owner's alone: Ben's.
    "reviews:kept-keep": Address("post", of("kept"), lambda w: {"base": 1}, everybody(404) | {"ben": 302}),
    "reviews:kept-discard": Address("post", of("kept"), nothing, everybody(404) | {"ben": 302}),
    "reviews:notices": Address("get", lambda w: [], nothing, everybody(200)),
    "reviews:notices-read": Address("post", lambda w: [], lambda w: {"newest": w.notice.pk}, everybody(302)),
    "reviews:notice-choices": Address("get", lambda w: [], nothing, everybody(200)),
    "reviews:notice-choices-save": Address("post", lambda w: [], lambda w: {"assigned": "none"}, everybody(302)),
    # A notice is its person's alone: Ben's.
    "reviews:notice": Address("get", of("notice"), nothing, everybody(404) | {"ben": 302}),
    "reviews:notice-read": Address("post", of("notice"), nothing, everybody(404) | {"ben": 302}),
    # A second review's rows are its reviewer's alone: Anna's. Ben settles another.
    "reviews:second-review": Address("get", of("second"), nothing, answers(member=200, only=EDITORS)),
    "reviews:second-review-take": Address("post", of("second"), nothing, answers(member=302, only=EDITORS)),
    "reviews:second-review-give-back": Address("post", of("second"), nothing, answers(member=302, only=EDITORS)),
    "reviews:second-review-presence": Address("post", of("second"), nothing, answers(member=200, only=EDITORS)),
    **{
        f"reviews:second-segment{name}": Address(method, of("apart_segment"), data, everybody(404) | {"anna": status})
        for name, method, data, status in [
            ("", "get", nothing, 302),
            ("-save", "post", lambda w: {"typed": "Good day.", "base": 0, "save_key": "k"}, 302),
            (
                "-accept",
                "post",
                lambda w: {"base": 0, "save_key": "k", "seen_hash": w.apart_segment.chosen.content_hash},
                302,
            ),
            ("-omit", "post", lambda w: w.unseen(w.apart_segment), 302),
            ("-copy", "post", lambda w: w.unseen(w.apart_segment), 302),
            ("-draft", "post", lambda w: {"typed": "Go", "base": 0, "sequence": 1}, 200),
            ("-draft-discard", "post", nothing, 302),
        ]
    },
    "reviews:second-segment-settle": Address("post", of("settled_segment"), nothing, everybody(404) | {"ben": 422}),
    "reviews:segment-second-review-anew": Address(
        "post", of("reviewed_segment"), lambda w: {"reason": "Again."}, answers(member=302, only="dora")
    ),
    "reviews:bulk": Address("get", lambda w: [], nothing, everybody(200)),
    "reviews:job-start": Address("post", lambda w: [w.open.project.slug], nothing, answers(member=302)),
    "reviews:jobs": Address("get", lambda w: [], nothing, everybody(200)),
    "reviews:job": Address("get", of("job"), nothing, answers(member=200, only="dora")),
    "reviews:job-cancel": Address("post", of("job"), nothing, answers(member=302, only="dora")),
    "reviews:search": Address("get", lambda w: [w.open.project.slug], nothing, answers(member=200)),
    "reviews:dashboard": Address(
        "get", lambda w: [w.open.project.slug], nothing, answers(member=200, only="dora rolf")
    ),
    "reviews:dashboard-csv": Address(
        "get", lambda w: [w.open.project.slug, "sections"], nothing, answers(member=200, only="dora rolf")
    ),
    **{
        # The project has no reference: the page says so, a file cannot.
        f"reviews:{name}": Address(
            "get", lambda w: [w.open.project.slug], nothing, answers(member=status, only="dora rolf")
        )
        for name, status in {
            "engines": 200,
            "engines-json": 422,
            "engines-csv": 422,
            "engines-left-out": 422,
            "engines-segments": 422,
            "engines-segments-csv": 422,
        }.items()
    },
    "reviews:checks": Address("get", lambda w: [w.open.project.slug], nothing, answers(member=200, only="dora rolf")),
    "reviews:checks-policy": Address(
        "post", lambda w: [w.open.project.slug], nothing, answers(member=302, only="dora")
    ),
    "reviews:routing": Address("get", lambda w: [w.open.project.slug], nothing, answers(member=200)),
    "reviews:routing-edit": Address(
        "post", lambda w: [w.open.project.slug], lambda w: {"rules": 0, "act": "add"}, answers(member=200, only="dora")
    ),
    "reviews:routing-save": Address(
        "post",
        lambda w: [w.open.project.slug],
        lambda w: {"rules": 0, "seen": json.dumps(Project.objects.get().routing_policy)},
        answers(member=302, only="dora"),
    ),
    "reviews:glossary": Address("get", lambda w: [w.open.project.slug], nothing, answers(member=200)),
    "reviews:glossary-csv": Address("get", lambda w: [w.open.project.slug], nothing, answers(member=200)),
    "reviews:glossary-add": Address(
        "post",
        lambda w: [w.open.project.slug],
        lambda w: {"source": "Rat", "target": "council"},
        answers(member=302, only="dora"),
    ),
    # A term that is not there is told of on the page.
    "reviews:glossary-change": Address(
        "post",
        lambda w: [w.open.project.slug, 1],
        lambda w: {"source": "Rat", "target": "council"},
        answers(member=409, only="dora"),
    ),
    "reviews:glossary-retire": Address(
        "post", lambda w: [w.open.project.slug, 1], nothing, answers(member=302, only="dora")
    ),
    "reviews:glossary-import": Address(
        "post", lambda w: [w.open.project.slug], lambda w: {"rows": "Rat\tcouncil"}, answers(member=302, only="dora")
    ),
    "reviews:imports": Address("get", lambda w: [w.open.project.slug], nothing, answers(member=200)),
    # Without a file an upload is refused with a page that says so.
    "reviews:import-upload": Address(
        "post", lambda w: [w.open.project.slug], nothing, answers(member=422, only="dora")
    ),
    "reviews:import": Address("get", of("batch"), nothing, answers(member=200)),
    "reviews:import-confirm": Address("post", of("batch"), nothing, answers(member=302, only="dora")),
    "reviews:import-cancel": Address("post", of("batch"), nothing, answers(member=302, only="dora")),
    "reviews:import-report": Address("get", of("batch"), nothing, answers(member=200)),
    "reviews:import-refused": Address("get", of("batch"), nothing, answers(member=200)),
}


def named_addresses(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[str]:
    """The names of all addresses but the admin's."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
                yield from named_addresses(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            yield prefix + pattern.name


@pytest.fixture
def world(project, cast):
    cast["root"] = make_person("root", is_superuser=True, is_staff=True)
    return World(project, cast)


@pytest.fixture
def signed_in(world):
    """A browser for each role that is logged in; what it does is taken back after each try."""
    clients = {}
    for role in ROLES:
        clients[role] = Client()
        if role != ANYBODY:
            clients[role].force_login(world.cast[role])
    return clients


def test_every_role_gets_its_answer(world, signed_in, subtests):
    for name, address in ADDRESSES.items():
        url = reverse(name, args=address.arguments(world))
        data = address.data(world)
        with subtests.test(name):
            found = {}
            for role, client in signed_in.items():
                cookies = client.cookies.output()
                with undone():
                    response = getattr(client, address.method)(url, data)
                found[role] = response.status_code
                if role == ANYBODY and response.status_code == 302 and name != "logout":
                    assert response.url.startswith("/log-in/?next="), name
                if client.cookies.output() != cookies and role != ANYBODY:
                    client.force_login(world.cast[role])
            assert found == address.answers


POSTS = [name for name, address in ADDRESSES.items() if address.method == "post"]


def test_what_changes_something_cannot_be_fetched(world, signed_in, subtests):
    for name in POSTS:
        with subtests.test(name):
            answer = signed_in["dora"].get(reverse(name, args=ADDRESSES[name].arguments(world)))
            assert answer.status_code == 405


def test_what_changes_something_wants_the_pages_token(world, subtests):
    client = Client(enforce_csrf_checks=True)
    for name in POSTS:
        address = ADDRESSES[name]
        # Somebody who may: the refusal is not about the role.
        client.force_login(world.cast["dora" if address.answers["ben"] == 403 else "ben"])
        with subtests.test(name), undone():
            response = client.post(reverse(name, args=address.arguments(world)), address.data(world))
            assert response.status_code == 403
            assert "out of date" in response.content.decode()


def test_no_address_is_left_out():
    assert set(named_addresses()) == set(ADDRESSES)


@pytest.mark.parametrize("page", ["index", "password_change"])
def test_the_admin_sends_strangers_to_its_log_in(client, db, page):
    response = client.get(reverse(f"admin:{page}"))
    assert response.status_code == 302
    assert response.url.startswith("/admin/login/")


def test_no_table_of_the_admin_opens_to_strangers_or_members(world):
    tables = [
        reverse(f"admin:{pattern.name}")
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and resolver.namespace == "admin"
        for table in resolver.url_patterns
        if isinstance(table, URLResolver)
        for pattern in table.url_patterns
        if isinstance(pattern, URLPattern) and pattern.name and pattern.name.endswith(("_changelist", "_add"))
    ]
    assert len(tables) > 30
    anonymous, dora = Client(), Client()
    dora.force_login(world.cast["dora"])
    for url in tables:
        assert anonymous.get(url).status_code == 302, url
        assert dora.get(url).status_code == 302, url

"""Four eyes hold on every way there is: each address, each command, each action of the admin is tried.

Ben may approve, but not these texts: he wrote the first and marked the second as reviewed. Every way that writes is
tried with what an attacker would send; a way that is new and not listed here fails the tests at the end.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import CommandError, call_command, get_commands
from django.test import Client, RequestFactory
from django.urls import reverse

from reviews import pipeline
from reviews.checks.runner import check_targets
from reviews.editing import jobs
from reviews.editing.saving import accept, save_revision
from reviews.models import (
    BulkJob,
    Decision,
    DecisionKind,
    Document,
    Draft,
    DraftKind,
    Finding,
    ImportBatch,
    Notice,
    NoticeKind,
    Person,
    Project,
    Publication,
    Revision,
    SegmentState,
    Step,
    TaskRun,
    WorkItem,
)
from reviews.models.audit import AuditEvent
from reviews.models.states import verify
from tests.editing.lanes import ask_twice, work_on
from tests.factories import make_document, make_person, segments_of

from .conftest import browser_of, script_of, undone
from .test_urls_by_role import ADDRESSES, named_addresses

pytestmark = pytest.mark.django_db


class Desk:
    """An article of two texts that Ben may not approve, with whatever else an address may be about."""

    def __init__(self, project: Project, cast: dict[str, Person]) -> None:
        self.project, self.cast = project, cast
        self.document = make_document(project, external_id="nx-1")
        check_targets(self.document.pk)
        first, second = segments_of(self.document)
        save_revision(segment_id=first.pk, person=cast["ben"], typed="By Ben.", base=0, reviewed=True)
        save_revision(segment_id=second.pk, person=cast["anna"], typed="By Anna.", base=0)
        save_revision(segment_id=second.pk, person=cast["ben"], typed="A late one.", base=0)
        accept(segment_id=second.pk, person=cast["ben"], base=1)
        check_targets(self.document.pk)
        self.kept = Draft.objects.get(kind=DraftKind.REFUSED)
        self.item = WorkItem.objects.create(project=project, document=self.document, step=Step.APPROVE)
        self.batch = ImportBatch.objects.create(project=project, person=cast["ben"], state=ImportBatch.State.DONE)
        self.notice = Notice.objects.create(
            person=cast["ben"], document=self.document, kind=NoticeKind.SENT_BACK, key="decision:1", text="Sent back."
        )
        self.apart = WorkItem.objects.create(project=project, document=make_document(project), step=Step.BLIND)
        self.job = BulkJob.objects.create(project=project, person=cast["ben"], act=BulkJob.Act.APPROVE)
        self.findings = list(Finding.objects.values_list("pk", flat=True))

    @property
    def segments(self) -> Any:
        return segments_of(self.document)

    def targets(self, name: str) -> Iterator[list[Any]]:
        """The arguments of an address, for each thing it could be tried on."""
        if ":segment" in name or ":second-segment" in name:
            yield from ([segment.pk] for segment in self.segments)
        elif ":second-review" in name:
            yield [self.apart.pk]
        elif name in ("reviews:job", "reviews:job-cancel"):
            yield [self.job.pk]
        elif name in ("reviews:bulk", "reviews:jobs"):
            yield []
        elif ":document-record" in name:
            yield [self.document.pk, 1]
        elif ":document" in name:
            yield [self.document.pk]
        elif ":work-take" in name or ":availability" in name or name in PERSONAL:
            yield []
        elif ":work" in name:
            yield [self.item.pk]
        elif name in ("reviews:notice", "reviews:notice-read"):
            yield [self.notice.pk]
        elif ":notice" in name:
            yield []
        elif ":kept" in name:
            yield [self.kept.pk]
        elif ":team-member" in name:
            yield [self.project.slug, self.cast["ben"].public_id]
        elif name in ("reviews:glossary-change", "reviews:glossary-retire"):
            yield [self.project.slug, 1]
        elif name == "reviews:operations-retry":
            yield [
                TaskRun.objects.create(document=self.document, project=self.project, kind="check", state="failed").pk
            ]
        elif name == "reviews:dashboard-csv":
            yield [self.project.slug, "sections"]
        elif name in PROJECT_PAGES:
            yield [self.project.slug]
        else:
            yield [self.batch.pk]

    def payload(self, target: list[Any]) -> dict[str, Any]:
        """Everything a form of the workbench takes, true of the text as it stands and asking for its approval."""
        segment = next((each for each in self.segments if target == [each.pk]), self.segments[0])
        revision = segment.latest_revision
        shown = [f"{each.pk}:{each.latest_revision_id}:{each.latest_revision.source_hash}" for each in self.segments]
        return {
            "seen": shown,
            "entries": [f"{self.document.pk}:{Document.objects.get(pk=self.document.pk).audit_number}"],
            "act": BulkJob.Act.APPROVE,
            "chosen": revision.content_hash,
            "revision": revision.pk,
            "base": revision.number,
            "source_hash": revision.source_hash,
            "seen_hash": revision.content_hash,
            "save_key": "k",
            "typed": revision.text,
            "segment": [segment.pk],
            "base_before": 1,
            "sequence": 1,
            "reason": "It is good.",
            "reviewed": "1",
            "approved": "1",
            "kind": DecisionKind.APPROVED,
            "state": SegmentState.APPROVED,
            "lane": "main",
            "step": Step.APPROVE,
            "person": self.cast["anna"].pk,
            "four_eyes": "",
            "finding": self.findings[0] if self.findings else 1,
            "findings": ",".join(map(str, self.findings)) or "1",
            "dismissal": 1,
            "waive": ["codes.inline"],
            "text": segment.chosen_id,
            "side": "target",
            "start": 0,
            "end": 3,
            "category": "style/awkward",
            "severity": "minor",
            "ordinal": 0,
            "newest": self.notice.pk,
            **dict.fromkeys(NoticeKind.values, "none"),
        }

    def assert_nobody_approved(self) -> None:
        approvals = Decision.objects.filter(kind=DecisionKind.APPROVED)
        assert not approvals.exists(), [str(each.person) for each in approvals]
        assert not Publication.objects.exists()
        document = Document.objects.get(pk=self.document.pk)
        assert document.segments_approved == 0
        assert verify(document) == []


PERSONAL = (
    "login",
    "logout",
    "words",
    "reviews:my-work",
    "reviews:session",
    "reviews:session-log-in",
    "reviews:my-data",
    "reviews:operations",
    "reviews:my-data-file",
    "reviews:keys",
    "reviews:keys-save",
)
PROJECT_PAGES = {
    name
    for name, address in ADDRESSES.items()
    if name.startswith(
        (
            "reviews:dashboard",
            "reviews:engines",
            "reviews:checks",
            "reviews:routing",
            "reviews:glossary",
            "reviews:imports",
        )
    )
    or name in ("reviews:search", "reviews:import-upload", "reviews:job-start", "reviews:team", "reviews:team-rule")
}

#: Addresses that take no POST at all: that they refuse one is tested below.
READ_ONLY = {name for name, address in ADDRESSES.items() if address.method == "get" and name != "login"}

#: Addresses that write, each tried by Ben on both texts.
WRITING = {
    "login",
    "logout",
    "reviews:session-log-in",
    "reviews:keys-save",
    "reviews:work-take",
    "reviews:work-claim",
    "reviews:work-release",
    "reviews:work-assign",
    "reviews:availability-save",
    "reviews:team-member-save",
    "reviews:team-rule",
    "reviews:document-presence",
    "reviews:document-approve",
    "reviews:document-dismiss",
    "reviews:document-publish",
    "reviews:segment-save",
    "reviews:segment-accept",
    "reviews:segment-approve",
    "reviews:segment-send-back",
    "reviews:segment-reopen",
    "reviews:segment-omit",
    "reviews:segment-copy",
    "reviews:segment-dismiss",
    "reviews:segment-undo-dismissal",
    "reviews:segment-draft",
    "reviews:segment-draft-discard",
    "reviews:segment-divide-save",
    "reviews:segment-divide-draft",
    "reviews:segment-divide-discard",
    "reviews:segment-join-save",
    "reviews:segment-add-save",
    "reviews:segment-quote-note",
    "reviews:segment-mark",
    "reviews:segment-unmark",
    "reviews:segment-rate",
    "reviews:second-review-take",
    "reviews:second-review-give-back",
    "reviews:second-review-presence",
    "reviews:second-segment-save",
    "reviews:second-segment-accept",
    "reviews:second-segment-omit",
    "reviews:second-segment-copy",
    "reviews:second-segment-draft",
    "reviews:second-segment-draft-discard",
    "reviews:second-segment-settle",
    "reviews:segment-second-review-anew",
    "reviews:job-start",
    "reviews:job-cancel",
    "reviews:kept-keep",
    "reviews:kept-discard",
    "reviews:notice-read",
    "reviews:notices-read",
    "reviews:notice-choices-save",
    "reviews:checks-policy",
    "reviews:routing-edit",
    "reviews:routing-save",
    "reviews:glossary-add",
    "reviews:glossary-change",
    "reviews:glossary-retire",
    "reviews:glossary-import",
    "reviews:import-upload",
    "reviews:import-confirm",
    "reviews:import-cancel",
    "reviews:operations-retry",
}


@pytest.fixture
def desk(project: Project, cast: dict[str, Person]) -> Desk:
    return Desk(project, cast)


@pytest.mark.parametrize("browser", [browser_of, script_of])
def test_no_address_lets_an_author_approve(
    desk: Desk, browser: Callable[[Person], Client], subtests: pytest.Subtests
) -> None:
    try_each(desk, sorted(WRITING), browser(desk.cast["ben"]), subtests)


def test_no_address_gets_around_a_second_review(desk: Desk, subtests: pytest.Subtests) -> None:
    """Dora may approve both texts, but for the second review that was asked for."""
    ask_twice(desk.project)
    work_on(desk.document, Step.BLIND, list(desk.segments))
    try_each(desk, sorted(WRITING), browser_of(desk.cast["dora"]), subtests)


def try_each(desk: Desk, names: list[str], client: Client, subtests: pytest.Subtests) -> None:
    """Ask each address for an approval, on everything it could be tried on; nothing may come of it."""
    for name in names:
        with subtests.test(name), undone():
            for target in desk.targets(name):
                client.post(reverse(name, args=target), desk.payload(target))
                do_all_jobs()
                desk.assert_nobody_approved()


def do_all_jobs() -> None:
    """A worker does what was asked for."""
    for job in BulkJob.objects.filter(state=BulkJob.State.RUNNING):
        while jobs.work(job.pk, after=pipeline.after_decision):
            pass


def test_what_is_only_read_takes_no_post(desk: Desk, subtests: pytest.Subtests) -> None:
    client = browser_of(desk.cast["dora"])
    for name in sorted(READ_ONLY):
        with subtests.test(name), undone():
            for target in desk.targets(name):
                assert client.post(reverse(name, args=target), desk.payload(target)).status_code == 405
            desk.assert_nobody_approved()


@pytest.mark.parametrize("name", ["reviews:segment-approve", "reviews:document-approve", "reviews:job-start"])
def test_the_same_requests_by_a_second_person_do_approve(desk: Desk, name: str) -> None:
    """Without this the tests above could pass because their requests are wrong."""
    client = browser_of(desk.cast["dora"])
    for target in desk.targets(name):
        client.post(reverse(name, args=target), desk.payload(target))
        do_all_jobs()
    assert {segment.state for segment in desk.segments} == {SegmentState.APPROVED}


def test_an_author_is_told_why_for_each_text(desk: Desk) -> None:
    client = script_of(desk.cast["ben"])
    said = []
    for target in desk.targets("reviews:segment-approve"):
        response = client.post(reverse("reviews:segment-approve", args=target), desk.payload(target))
        assert response.status_code == 422
        said.append(response.content.decode())
    assert "You wrote this text. Somebody else has to approve it." in said[0]
    assert "You marked this text as reviewed. Somebody else has to approve it." in said[1]


def test_a_detour_over_another_editors_decision_does_not_help(desk: Desk) -> None:
    """Anna says that Ben's text is reviewed; it is still Ben's."""
    accept(segment_id=desk.segments[0].pk, person=desk.cast["anna"], base=1)
    client = browser_of(desk.cast["ben"])
    target = [desk.segments[0].pk]
    client.post(reverse("reviews:segment-approve", args=target), desk.payload(target))
    desk.assert_nobody_approved()


# --- commands ---------------------------------------------------------------------------------------------

#: Commands that read files or the database and write nothing of the record: that they do not is tested below.
READING_COMMANDS = {
    "align_articles",
    "check_pairs",
    "compare_systems",
    "correlations",
    "export",
    "export_scores",
    "findings",
    "read_file",
    "review_record",
    "score_pairs",
    "segments",
    "split_sentences",
    "status",
    "verify_state",
}


def _page(folder: Path) -> Path:
    row = {
        "document": "nx-1",
        "id": "1",
        "source": "Guten Morgen.",
        "hypotheses": {"engine-a": "By Ben."},
        "state": "approved",
        "approved_by": "anna",
    }
    file = folder / "in.jsonl"
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return file


#: Commands that write: how each is tried. They name people, and nobody checks who types the name.
WRITING_COMMANDS: dict[str, Callable[[Desk, Path], list[str]]] = {
    "bulk_import": lambda desk, folder: [str(_page(folder)), "--project", "desk", "--inline"],
    "import_scores": lambda desk, folder: [str(_page(folder)), "--project", "desk", "--metric", "x"],
    "load_demo": lambda desk, folder: [],
    "publish": lambda desk, folder: ["--project", "desk", "--document", "nx-1", "--user", "dora"],
    "route": lambda desk, folder: ["--project", "desk"],
    "remove_name": lambda desk, folder: ["anna", "--by", "ben"],
    "retention": lambda desk, folder: [],
    "rebuild_search": lambda desk, folder: ["--project", "desk"],
    "realign": lambda desk, folder: ["--project", "desk", "--inline"],
    "save_revision": lambda desk, folder: [
        *("--project", "desk", "--document", "nx-1", "--segment", str(desk.segments[1].pk)),
        *("--user", "ben", "--base", "1", "--text", str(_page(folder))),
    ],
    "score": lambda desk, folder: ["--project", "desk", "--inline"],
}


def manage(name: str, *arguments: str) -> None:
    """Run a command; what it says and how it ends is not the question here."""
    try:
        call_command(name, *arguments, stdout=io.StringIO(), stderr=io.StringIO(), no_color=True)
    except (CommandError, SystemExit):
        return


@pytest.mark.parametrize("second_review", [False, True])
@pytest.mark.parametrize("name", sorted(WRITING_COMMANDS))
def test_no_command_lets_an_author_approve(desk: Desk, name: str, second_review: bool, tmp_path: Path) -> None:
    if second_review:
        ask_twice(desk.project)
        work_on(desk.document, Step.BLIND, list(desk.segments))
    manage(name, *WRITING_COMMANDS[name](desk, tmp_path))
    desk.assert_nobody_approved()


def test_no_command_takes_a_decision_at_all(desk: Desk) -> None:
    """Deciding is for screens, where a person has the text before them."""
    for name in WORKBENCH_COMMANDS:
        text = (COMMANDS / f"{name}.py").read_text(encoding="utf-8")
        for door in ("editing.deciding", "editing.leaving_out", "record_decision", "Decision.objects.create"):
            assert door not in text, name


@pytest.mark.parametrize("name", sorted(READING_COMMANDS))
def test_a_reading_command_imports_nothing_that_writes(name: str) -> None:
    text = (COMMANDS / f"{name}.py").read_text(encoding="utf-8")
    for door in ("reviews.editing.", "pipeline", ".save(", ".create(", ".update(", ".delete(", "import_document"):
        assert door not in text, door


COMMANDS = Path(pipeline.__file__).parent / "management" / "commands"
WORKBENCH_COMMANDS = {name for name, app in get_commands().items() if app == "reviews"}


# --- the admin --------------------------------------------------------------------------------------------

#: The admin's actions on lists, by table, as a superuser is offered them; each is tried below.
ADMIN_ACTIONS = {("Membership", "delete_selected")}


def offered_actions(root: Person) -> set[tuple[str, str]]:
    request = RequestFactory().get("/admin/")
    request.user = root
    return {
        (model.__name__, action)
        for model, tables in admin.site._registry.items()
        for action in tables.get_actions(request)
    }


@pytest.fixture
def root() -> Person:
    return make_person("root", is_superuser=True, is_staff=True)


@pytest.mark.parametrize(("table", "action"), sorted(ADMIN_ACTIONS))
def test_no_action_of_the_admin_approves(desk: Desk, root: Person, table: str, action: str) -> None:
    model = next(each for each in admin.site._registry if each.__name__ == table)
    rows = list(model.objects.values_list("pk", flat=True))
    browser_of(root).post(
        reverse(f"admin:reviews_{table.lower()}_changelist"),
        {"action": action, "_selected_action": rows, "post": "yes"},
    )
    desk.assert_nobody_approved()


def test_no_page_of_the_admin_writes_into_the_record(desk: Desk, root: Person, subtests: pytest.Subtests) -> None:
    """Each table's add and change pages, with the columns of an approval."""
    before = (Decision.objects.count(), Revision.objects.count())
    segment = desk.segments[0]
    data = desk.payload([segment.pk]) | {
        "document": desk.document.pk,
        "segment": segment.pk,
        "target_hash": segment.latest_revision.content_hash,
        "latest_decision": 1,
        "_save": "Save",
    }
    client = browser_of(root)
    for model in admin.site._registry:
        name = f"admin:reviews_{model._meta.model_name}"
        with subtests.test(model.__name__), undone():
            client.post(reverse(f"{name}_add"), data)
            row = model.objects.first()
            if row is not None:
                client.post(reverse(f"{name}_change", args=[row.pk]), data)
                client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"})
            assert (Decision.objects.count(), Revision.objects.count()) == before
            desk.assert_nobody_approved()


def change_project(root: Person, project: Project, **columns: Any) -> None:
    data = {
        "name": project.name,
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
        "disclosure": "",
        "deadline_lead": 120,
        "marking": project.marking,
        **columns,
    }
    response = browser_of(root).post(reverse("admin:reviews_project_change", args=[project.pk]), data)
    assert response.status_code == 302


def test_switching_four_eyes_off_is_on_the_record(desk: Desk, root: Person) -> None:
    change_project(root, desk.project)
    assert not Project.objects.get().four_eyes
    event = AuditEvent.objects.get(action="project.four_eyes")
    body = json.loads(event.body)
    assert body["person"]["id"] == str(root.public_id)
    assert body["data"] == {
        "before": {"every_text": True, "kinds": []},
        "after": {"every_text": False, "kinds": []},
    }
    client = browser_of(desk.cast["ben"])
    target = [desk.segments[0].pk]
    client.post(reverse("reviews:segment-approve", args=target), desk.payload(target))
    assert not Decision.objects.get(kind=DecisionKind.APPROVED).four_eyes


def test_four_eyes_by_kind_are_set_in_the_admin_and_hold_there(desk: Desk, root: Person) -> None:
    change_project(root, desk.project, four_eyes_kinds=["body", "headline"])
    assert Project.objects.get().four_eyes_kinds == ["body", "headline"]
    event = json.loads(AuditEvent.objects.get(action="project.four_eyes").body)
    assert event["data"]["after"] == {"every_text": False, "kinds": ["body", "headline"]}
    client = browser_of(desk.cast["ben"])
    for target in desk.targets("reviews:segment-approve"):
        client.post(reverse("reviews:segment-approve", args=target), desk.payload(target))
        desk.assert_nobody_approved()


def test_the_article_offers_no_approval_that_would_be_refused(desk: Desk) -> None:
    """By kind too: both texts are of the body."""
    for everything, kinds, offered in ((True, [], 0), (False, ["body"], 0), (False, ["headline"], 2)):
        Project.objects.update(four_eyes=everything, four_eyes_kinds=kinds)
        page = browser_of(desk.cast["ben"]).get(reverse("reviews:document", args=[desk.document.pk]))
        assert page.context["approvable"] == offered


def test_other_changes_of_a_project_leave_four_eyes_alone(desk: Desk, root: Person) -> None:
    change_project(root, desk.project, name="Other", four_eyes="on")
    assert Project.objects.get().four_eyes
    assert not AuditEvent.objects.filter(action="project.four_eyes").exists()


# --- nothing is left out ------------------------------------------------------------------------------------


def test_every_address_is_tried() -> None:
    assert set(named_addresses()) == READ_ONLY | WRITING
    assert not READ_ONLY & WRITING


def test_every_command_is_tried() -> None:
    assert READING_COMMANDS | set(WRITING_COMMANDS) == WORKBENCH_COMMANDS


def test_every_action_of_the_admin_is_tried(root: Person) -> None:
    assert offered_actions(root) == ADMIN_ACTIONS

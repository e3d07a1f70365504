"""Apply a project's routing policy, and say what it decides and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from reviews import pipeline
from reviews.management.base import REJECTED, WorkbenchCommand, project_named
from reviews.models import Document
from reviews.routing.policy import DEPTHS, PolicyError, parse_policy
from reviews.routing.rules import Route
from reviews.routing.work import Plan, Wanted, plan, unapproved


class Command(WorkbenchCommand):
    help = (
        "Apply a project's routing policy to its articles that are not approved yet, and print each decision with its "
        "reason: the steps of every article, and for every text the rule that decided (JSON Lines with --json). "
        "With --dry-run nothing is written."
    )
    example = "route --project desk --dry-run"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be decided.")

    def run(self, **options: Any) -> int:
        project = project_named(options["project"])
        try:
            parse_policy(project.routing_policy)
        except PolicyError as error:
            self.say(f"The project's policy cannot be read, nothing was routed. {error}")
            return REJECTED
        count = 0

        def show(document_id: int) -> None:
            nonlocal count
            if not options["dry_run"]:
                pipeline.route_document(document_id)
            planned = plan(Document.objects.select_related("project").get(pk=document_id))
            count += 1
            if options["json"]:
                self.emit(_row(planned))
            else:
                self.stdout.write("\n".join(_lines(planned)))

        if not options["dry_run"]:
            pipeline.route_project(project.pk, show)
        else:
            for document_id in unapproved(project):
                show(document_id)
        self.say(
            f"{count} {'article' if count == 1 else 'articles'} {'looked at' if options['dry_run'] else 'routed'}."
        )
        return 0


def _row(planned: Plan) -> dict[str, Any]:
    return {
        "document": planned.document.external_id,
        "steps": [_step(entry) for entry in planned.wanted],
        "texts": [_text(segment, route) for segment, route in planned.routes.items()],
    }


def _step(entry: Wanted) -> dict[str, Any]:
    decision = entry.decision
    return {
        "step": decision.step,
        "state": entry.state.value,
        "skill": decision.skill,
        "section": decision.section,
        "due": decision.due.isoformat() if decision.due else None,
        "segments": list(decision.segments),
        "reason": decision.reason,
    }


def _text(segment: int, route: Route) -> dict[str, Any]:
    then = route.rule.then
    return {
        "segment": segment,
        "rule": route.rule.name,
        "depth": DEPTHS[then.depth],
        "specialist": then.specialist,
        "second_review": then.second_review,
        "reason": route.reason,
    }


def _lines(planned: Plan) -> Iterator[str]:
    document = planned.document.external_id
    for entry in planned.wanted:
        decision = entry.decision
        due = decision.due.isoformat(timespec="minutes") if decision.due else "no deadline"
        queue = ", ".join(part for part in (decision.skill, decision.section) if part) or "-"
        yield "\t".join((document, decision.step, entry.state, queue, due, decision.reason))
    for segment, route in planned.routes.items():
        yield "\t".join((document, f"text {segment}", route.in_words))

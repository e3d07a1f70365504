"""The demo project that bin/start loads into an empty database."""

from __future__ import annotations

import json
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone

from reviews import pipeline
from reviews.importing.formats.base import ReadOptions
from reviews.importing.formats.registry import BY_NAME
from reviews.importing.importer import Importer
from reviews.management.base import WorkbenchCommand
from reviews.models import Document, ImportBatch, Membership, Person, Project, Role

SLUG = "demo"
ARTICLES = Path(settings.BASE_DIR) / "fixtures" / "articles"

#: Log-in name, name, roles in the demo project, and what the person is there for.
CAST: tuple[tuple[str, str, str, tuple[Role, ...], str], ...] = (
    ("mara", "Mara", "Engel", (Role.EDITOR,), "editor"),
    ("jonas", "Jonas", "Brandt", (Role.EDITOR, Role.APPROVER), "second editor, may approve"),
    ("ines", "Ines", "Falk", (Role.DESK_HEAD,), "desk head"),
)

#: Hours until each article is due, in the order of their folders: a desk with something burning.
DUE_IN_HOURS = (6, 1, 3, 26)


class Command(WorkbenchCommand):
    help = "Load the demo project with its articles and log-ins into an installation that has no project yet."
    example = "load_demo --print-logins"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--print-logins", action="store_true", help="Only print the demo log-ins.")

    def run(self, **options: Any) -> int:
        if not options["print_logins"] and not Project.objects.exists():
            load(say=self.say)
        logins = read_logins()
        if options["json"]:
            self.emit(logins)
        elif logins:
            for name, password, role in logins:
                self.stdout.write(f"{name:<8}{password:<16}{role}")
        return 0


def logins_file() -> Path:
    return Path(settings.WORKBENCH_DATA) / "demo_logins.json"


def read_logins() -> list[list[str]]:
    """(log-in name, password, role in words) of the demo people that are still there."""
    try:
        logins: list[list[str]] = json.loads(logins_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    there = set(Person.objects.filter(is_active=True).values_list("username", flat=True))
    return [login for login in logins if login[0] in there]


@transaction.atomic
def load(*, say: Any) -> None:
    """Make people and project and import the articles, all or nothing."""
    project = Project.objects.create(slug=SLUG, name="Demo desk", source_lang="de", target_lang="en")
    logins = []
    for username, first, last, roles, words in CAST:
        password = secrets.token_urlsafe(9)
        person = Person.objects.create_user(username, password=password, first_name=first, last_name=last)
        Membership.objects.bulk_create(Membership(project=project, person=person, role=role) for role in roles)
        logins.append([username, password, words])
    _import_articles(project, say)
    _set_deadlines(project)
    _write_logins(logins)


def _import_articles(project: Project, say: Any) -> None:
    options = ReadOptions(project.source_lang, project.target_lang, timezone.get_default_timezone())
    batch = ImportBatch.objects.create(project=project, options={"paths": ["fixtures/articles"]})
    importer = Importer(project, batch, after_document=pipeline.after_import, say=say)
    for folder in sorted(path for path in ARTICLES.iterdir() if path.is_dir()):
        importer.take_file(BY_NAME["html"], folder, options, name=f"fixtures/articles/{folder.name}")
    importer.finish()


def _set_deadlines(project: Project) -> None:
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    for document, hours in zip(Document.objects.filter(project=project).order_by("pk"), DUE_IN_HOURS, strict=True):
        Document.objects.filter(pk=document.pk).update(deadline_at=now + timedelta(hours=hours))


def _write_logins(logins: list[list[str]]) -> None:
    """Keep the generated passwords for the next start, readable by this user only."""
    file = logins_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(logins, out)

"""Projects and who may do what in them."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .people import Person
from .protocols import Protocol

#: Protocols by which the product itself asks; a number without marks comes in as a file only.
MARKING_CHOICES = [(protocol.value, protocol.label) for protocol in (Protocol.MQM, Protocol.ESA)]


class Role(models.TextChoices):
    EDITOR = "editor", _("Editor")
    APPROVER = "approver", _("Approver")
    DESK_HEAD = "desk_head", _("Desk head")
    RESEARCHER = "researcher", _("Researcher")


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, person: Person) -> ProjectQuerySet:
        """Projects the person is a member of in any role."""
        return self.filter(memberships__person=person, archived_at=None).distinct()


class Project(models.Model):
    """One language direction for one desk."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    source_lang = models.CharField(max_length=20)
    target_lang = models.CharField(max_length=20)
    four_eyes = models.BooleanField(
        default=True, help_text="Whoever wrote a text may not approve it; somebody else has to."
    )
    four_eyes_kinds = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        blank=True,
        help_text="Kinds of text that need a second person even where not every text does.",
    )
    disclosure = models.CharField(
        max_length=400,
        blank=True,
        help_text="The line under a published article, with {source_language}, {target_language}, {engines} and "
        "{assistance} where these are to stand; empty for the standard line.",
    )
    check_policy = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        blank=True,
        help_text="What findings do, as `reviews.checks.policy` reads it; empty for the defaults.",
    )
    routing_policy = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        blank=True,
        help_text="Which text needs which work, as `reviews.routing.policy` reads it; empty for the defaults.",
    )
    routing_changed_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when articles may still be routed by an older policy."
    )
    checks_changed_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since when the open findings of articles may still be counted by an older policy.",
    )
    assigns = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether new work is given to people by rule; without it everybody takes the next piece.",
    )
    deadline_lead = models.PositiveSmallIntegerField(
        default=120, db_default=120, help_text="So many minutes before a deadline people are told that it is near."
    )
    blind_engines = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Engines have letters instead of names wherever their texts are worked on.",
    )
    marking = models.CharField(
        max_length=10,
        choices=MARKING_CHOICES,
        default=Protocol.MQM,
        db_default=Protocol.MQM,
        help_text="How errors are marked in the texts of engines.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    audit_number = models.PositiveBigIntegerField(default=0, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="project_languages_differ", condition=~Q(source_lang=models.F("target_lang"))),
            models.CheckConstraint(
                name="project_marking_known", condition=Q(marking__in=[value for value, _ in MARKING_CHOICES])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def asks_second_person(self, kinds: Iterable[str]) -> bool:
        """Whether a text that serves segments of these kinds is approved by somebody who did not write it."""
        return self.four_eyes or not set(self.four_eyes_kinds).isdisjoint(kinds)

    def roles_of(self, person: Person) -> frozenset[str]:
        """The roles the person has here; empty for somebody outside the project."""
        return frozenset(self.memberships.filter(person=person).values_list("role", flat=True))


class Membership(models.Model):
    """One role of one person in one project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="membership_once", fields=["project", "person", "role"]),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_role_display()} · {self.project}"


def roles_held(person: Person) -> list[tuple[Project, frozenset[str]]]:
    """The person's live projects by name, with the roles held in each; one query."""
    projects: dict[int, Project] = {}
    roles: dict[int, set[str]] = {}
    rows = Membership.objects.filter(person=person, project__archived_at=None).select_related("project")
    for row in rows.order_by("project__name", "project_id"):
        projects[row.project_id] = row.project
        roles.setdefault(row.project_id, set()).add(row.role)
    return [(project, frozenset(roles[pk])) for pk, project in projects.items()]

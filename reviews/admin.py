"""Look-ups for whoever runs the installation. People, projects and memberships are edited here; the record is not.

Drafts are their owners' alone and have no page. Scores show neither author nor revision: figures and people never
stand in one list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import CheckboxSelectMultiple, ModelForm, MultipleChoiceField
from django.http import HttpRequest

from .editing.policies import record_engines, record_four_eyes
from .models import (
    AuditEvent,
    Campaign,
    CheckedPair,
    Decision,
    Dismissal,
    DismissalUndo,
    Document,
    ErrorAnnotation,
    Finding,
    Hypothesis,
    ImportBatch,
    Lane,
    Membership,
    MetricConfig,
    Person,
    Placement,
    Project,
    Publication,
    QuoteProvenance,
    Rating,
    Reference,
    ReferenceSet,
    Revision,
    Score,
    ScoreTarget,
    Segment,
    SegmentSource,
    SourceRevision,
    System,
    TaskRun,
    WorkItem,
)
from .models.document import KIND_CHOICES, CodedTextModel
from .publishing.disclosure import DisclosureError, check_template

admin.site.site_header = "Review workbench: look-ups"
admin.site.site_title = "Look-ups"
admin.site.index_title = "Tables"
# Roles are memberships of projects; groups would be a second, unused way.
admin.site.unregister(Group)


if TYPE_CHECKING:  # Django's own admin classes take no parameters when the code runs
    AnyAdmin = admin.ModelAdmin[Any]
    ProjectModelAdmin = admin.ModelAdmin[Project]
    PersonModelAdmin = UserAdmin[Person]
    MembershipTable = admin.TabularInline[Membership, Project]
    ProjectModelForm = ModelForm[Project]
else:
    AnyAdmin = ProjectModelAdmin = admin.ModelAdmin
    PersonModelAdmin = UserAdmin
    MembershipTable = admin.TabularInline
    ProjectModelForm = ModelForm


class LookUp(AnyAdmin):
    """A table to read in, never to write in."""

    list_per_page = 50
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """No list is narrowed to one person by its address: the number of rows would be a figure of theirs."""
        field = lookup.partition("__")[0].removesuffix("_id")
        if field in {column.name for column in self.opts.concrete_fields if column.related_model is Person}:
            return False
        return super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class MainLane(LookUp):
    """Lanes beside the main one are not looked up: who runs the installation may be one of the two reviewers."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(lane=Lane.MAIN)


@admin.display(description="text")
def excerpt(row: CodedTextModel) -> str:
    return row.text if len(row.text) <= 80 else f"{row.text[:79]}…"


@admin.display(description="MT engine")
def engine_of(score: Score) -> str:
    return score.hypothesis.system.label


def look_up(
    model: type[Model],
    columns: Sequence[str | Callable[[Any], str]],
    *,
    joins: Sequence[str] = (),
    search: Sequence[str] = (),
    filters: Sequence[str] = (),
    hidden: Sequence[str] = (),
    base: type[LookUp] = LookUp,
) -> None:
    """Register a read-only page: its columns, what its rows are joined with, what finds them, what nobody sees."""
    attributes: dict[str, Any] = {
        "list_display": columns,
        "list_select_related": joins or False,
        "search_fields": search,
        "list_filter": filters,
        "exclude": hidden,
        "ordering": ["-pk"],
    }
    admin.site.register(model, type(f"{model.__name__}LookUp", (base,), attributes))


@admin.register(Person)
class PersonAdmin(PersonModelAdmin):
    """People log in here and nowhere else; names can be cleared, accounts disabled, never deleted."""

    list_display = ("username", "first_name", "last_name", "email", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff", "is_superuser")
    readonly_fields = ("public_id", "last_login", "date_joined")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "public_id")}),
        ("Name", {"fields": ("first_name", "last_name", "email")}),
        ("May", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return False


class MembershipInline(MembershipTable):
    model = Membership
    extra = 0
    autocomplete_fields = ("person",)


class ProjectForm(ProjectModelForm):
    four_eyes_kinds = MultipleChoiceField(
        choices=KIND_CHOICES,
        required=False,
        widget=CheckboxSelectMultiple,
        help_text="These kinds need a second person even where not every text does.",
    )

    def clean_disclosure(self) -> str:
        disclosure = str(self.cleaned_data["disclosure"])
        try:
            check_template(disclosure)
        except DisclosureError as error:
            raise ValidationError(str(error)) from error
        return disclosure


@admin.register(Project)
class ProjectAdmin(ProjectModelAdmin):
    """A project is archived, never deleted; its languages stay what its texts are in.

    Who switches four eyes on or off, or takes the engines' names away, is written into the project's record, in the
    page's own transaction.
    """

    list_display = ("name", "slug", "source_lang", "target_lang", "four_eyes", "archived_at")
    search_fields = ("name", "slug")
    form = ProjectForm
    inlines = (MembershipInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Project | None = None) -> tuple[str, ...]:
        # What findings do, and which text needs which work, is decided on pages of the project's own, which write
        # down who did.
        return ("check_policy", "routing_policy", "assigns", *(("source_lang", "target_lang", "slug") if obj else ()))

    def save_model(self, request: HttpRequest, obj: Project, form: ModelForm[Project], change: bool) -> None:
        before = Project.objects.get(pk=obj.pk) if change else obj
        super().save_model(request, obj, form, change)
        person = cast(Person, request.user)
        record_four_eyes(obj, person, before)
        record_engines(obj, person, before)

    def has_delete_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(AnyAdmin):
    list_display = ("person", "project", "role")
    list_filter = ("role", "project")
    list_select_related = ("person", "project")
    search_fields = ("person__username", "project__slug")
    autocomplete_fields = ("person", "project")


look_up(
    Document,
    ["external_id", "title", "project", "state", "section", "deadline_at", "created_at"],
    joins=["project"],
    search=["external_id", "title"],
    filters=["state", "project"],
)
look_up(
    SourceRevision,
    ["document", "number", "reader", "raw_name", "created_at"],
    joins=["document"],
    search=["document__external_id", "content_hash", "raw_hash"],
)
look_up(
    Segment,
    ["id", "document", "external_id", "state", "risk_rank"],
    joins=["document"],
    search=["document__external_id"],
    filters=["state"],
)
look_up(SegmentSource, ["id", "segment_id", excerpt, "created_at"], search=["content_hash", "text"])
look_up(
    Placement,
    ["id", "source_revision", "segment_id", "rank", "block", "sentence", "kind"],
    joins=["source_revision"],
    filters=["kind"],
)
look_up(System, ["name", "version", "project", "position"], joins=["project"], filters=["project"])
look_up(
    Hypothesis,
    ["id", "document", "system", "segment_id", "covers", "number", excerpt],
    joins=["document", "system"],
    search=["document__external_id", "content_hash"],
    filters=["system"],
)
look_up(
    Reference,
    ["id", "document", "name", "segment_id", "covers", "number", excerpt],
    joins=["document"],
    search=["document__external_id"],
)
look_up(ReferenceSet, ["label", "project"], joins=["project"])
look_up(
    Revision,
    ["id", "document", "segment_id", "number", "author", "origin", "created_at"],
    joins=["document", "author"],
    search=["document__external_id", "content_hash"],
    filters=["origin"],
    base=MainLane,
)
look_up(
    Decision,
    ["id", "document", "segment_id", "kind", "person", "reason", "created_at"],
    joins=["document", "person"],
    search=["document__external_id"],
    filters=["kind"],
    base=MainLane,
)
look_up(MetricConfig, ["metric", "signature"])
look_up(ScoreTarget, ["project", "kind", "reference_set"], joins=["project", "reference_set"], filters=["kind"])
look_up(
    Score,
    ["id", engine_of, "config", "target", "value", "reason"],
    joins=["hypothesis__system", "config", "target__project", "target__reference_set"],
    filters=["config"],
)
look_up(Campaign, ["id", "project", "name", "protocol", "created_at"], joins=["project"], filters=["protocol"])
look_up(
    Rating,
    ["id", "campaign", "hypothesis_id", "number", "value", "created_at"],
    joins=["campaign"],
    search=["hypothesis__document__external_id"],
    filters=["campaign"],
    hidden=["annotator"],
)
look_up(
    ErrorAnnotation,
    ["id", "rating_id", "side", "start", "end", "category", "severity", "comment"],
    search=["rating__hypothesis__document__external_id"],
    filters=["severity"],
)
look_up(
    Finding,
    ["id", "project", "check_name", "severity", "category", "message"],
    joins=["project"],
    search=["source_hash", "target_hash"],
    filters=["check_name", "severity"],
)
look_up(
    Dismissal,
    ["id", "document", "segment_id", "check_name", "scope", "person", "reason", "created_at"],
    joins=["document", "person"],
    search=["document__external_id", "source_hash", "target_hash"],
    filters=["check_name", "scope"],
)
look_up(DismissalUndo, ["dismissal_id", "person", "reason", "created_at"], joins=["person"])
look_up(
    QuoteProvenance,
    ["document", "segment_id", "number", "language", "wording", "link", "person", "created_at"],
    joins=["document", "person"],
    search=["document__external_id"],
    filters=["wording", "language"],
)
look_up(CheckedPair, ["id", "project", "source_hash", "target_hash", "created_at"], joins=["project"])
look_up(
    WorkItem,
    ["id", "document", "step", "state", "lease_owner", "lease_until"],
    joins=["document", "lease_owner"],
    search=["document__external_id"],
    filters=["step", "state"],
)
look_up(
    Publication,
    ["document", "number", "published_by", "via", "created_at"],
    joins=["document", "published_by"],
    search=["document__external_id", "content_hash"],
)
look_up(AuditEvent, ["stream", "number", "action", "created_at", "hash"], search=["=stream"], filters=["action"])
look_up(ImportBatch, ["id", "project", "state", "created_at", "finished_at"], joins=["project"], filters=["state"])
look_up(
    TaskRun,
    ["id", "kind", "document", "state", "attempts", "error", "updated_at"],
    joins=["document"],
    filters=["kind", "state"],
)

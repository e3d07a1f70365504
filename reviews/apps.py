"""The one app."""

from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db.models.signals import post_migrate, pre_migrate


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = "Translation review"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from reviews.models import search, triggers

        pre_migrate.connect(triggers.lift_before_migrate, sender=self, dispatch_uid="reviews.tally")
        post_migrate.connect(triggers.install_after_migrate, sender=self, dispatch_uid="reviews.append_only")
        post_migrate.connect(search.install_after_migrate, sender=self, dispatch_uid="reviews.search")
        register(append_only_tables_are_guarded, Tags.database)


def append_only_tables_are_guarded(*, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A system check: every table that is append-only, or counted, has its triggers once the tables exist."""
    from django.db import connections

    from reviews.models import AuditEvent
    from reviews.models.triggers import missing

    errors: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if AuditEvent._meta.db_table not in connection.introspection.table_names():
            continue
        lost = missing(connection)
        if lost:
            errors.append(
                Error(
                    f"{len(lost)} triggers are missing in database {alias!r}: {', '.join(lost[:3])} …",
                    hint="Run `bin/manage migrate`: it installs them again.",
                    id="reviews.E001",
                )
            )
    return errors

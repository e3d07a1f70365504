"""What every test shares: the marks, the lifted triggers of the flush, and the browser's launch options."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections
from django.test import TransactionTestCase

from reviews.models import Person, Project, triggers
from tests import factories

_flush = TransactionTestCase._fixture_teardown


def _flush_with_triggers_lifted(case: TransactionTestCase) -> None:
    """Empty the tables as Django does after a test that commits, append-only ones too.

    Django's flush ends with the post_migrate signal, which installs the triggers again; they are counted here so
    that no later test runs without them.
    """
    names = case._databases_names(include_mirrors=False)
    for name in names:
        triggers.lift(connections[name])
    try:
        _flush(case)
    finally:
        for name in names:
            if triggers.missing(connections[name]):
                triggers.install(connections[name])


TransactionTestCase._fixture_teardown = _flush_with_triggers_lifted  # type: ignore[method-assign]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Nothing is skipped here: bin/test selects by marks, so the marks are made complete before it does."""
    for item in items:
        uses_database = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if uses_database and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db)
        if item.get_closest_marker("services") and item.get_closest_marker("browser"):
            raise pytest.UsageError(f"{item.nodeid} is marked services and browser: no tier of bin/test runs both.")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, quiet and offline; without its sandbox, which root may not have."""
    return {
        **browser_type_launch_args,
        "executable_path": "/usr/bin/chromium",
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ],
    }


@pytest.fixture
def project(db: None) -> Project:
    """An empty project from German to English."""
    return factories.make_project()


@pytest.fixture
def cast(project: Project) -> dict[str, Person]:
    """The people of the project, by first name."""
    return factories.make_cast(project)

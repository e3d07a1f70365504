"""The line under a published article that says how it came about."""

from __future__ import annotations

from reviews.models import Project

from .languages import language_name


def disclosure_line(project: Project) -> str:
    """The project's own line, else the standard one. Only for articles that went through the gate."""
    return project.disclosure or (
        f"This article was originally published in {language_name(project.source_lang)}. "
        "It was translated with technical assistance and editorially reviewed before publication."
    )

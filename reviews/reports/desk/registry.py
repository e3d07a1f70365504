"""The panels of the desk head's page, in its order. A new one is a file here, a line below and a test."""

from __future__ import annotations

from typing import Final

from .base import Panel
from .due import DueSoon
from .effort import EditedByEngine
from .lag import Lag
from .quality import EngineCourse, EngineScores
from .sections import WaitingBySection
from .states import ArticlesByState, TextsByState
from .steps import WorkBySteps

PANELS: Final[tuple[Panel, ...]] = (
    WaitingBySection(),
    DueSoon(),
    WorkBySteps(),
    ArticlesByState(),
    TextsByState(),
    Lag(),
    EngineCourse(),
    EngineScores(),
    EditedByEngine(),
)

PANELS_BY_KEY: Final = {panel.key: panel for panel in PANELS}

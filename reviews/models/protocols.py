"""How people are asked for their judgement of a translation."""

from __future__ import annotations

from django.db import models


class Protocol(models.TextChoices):
    """How a campaign asked: for error marks with weights, for a number from 0 to 100 after marking, for the number."""

    MQM = "mqm", "MQM: errors marked by category and severity"
    ESA = "esa", "ESA: errors marked, then 0 to 100"
    DA = "da", "DA: 0 to 100"

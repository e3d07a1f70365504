"""How people are asked for their judgement of a translation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Protocol(models.TextChoices):
    """How a campaign asked: for error marks with weights, for a number from 0 to 100 after marking, for the number."""

    MQM = "mqm", _("MQM: errors marked by category and severity")
    ESA = "esa", _("ESA: errors marked, then 0 to 100")
    DA = "da", _("DA: 0 to 100")

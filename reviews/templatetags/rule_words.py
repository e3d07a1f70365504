"""Rules of routing in the language of whoever reads the page; their reasons are kept in English (`routing.rules`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.routing.conditions import CONDITIONS, AnyOf, Condition
from reviews.routing.policy import DEPTHS, DUE_FROM, EVERYTHING_ELSE, SECOND_REVIEW, Due, Outcome, Rule

register = template.Library()


@register.filter
def rule_name(rule: Rule) -> str:
    """What people called it; the one behind all others has a name of ours."""
    return _(rule.name) if rule is EVERYTHING_ELSE else rule.name


@register.filter
def conditions(rule: Rule) -> list[str]:
    """What has to hold, one text for each condition."""
    return [_condition(each, rule.when[each.key]) for each in CONDITIONS if each.key in rule.when]


@register.filter
def outcome(then: Outcome) -> list[str]:
    """What is done with a text: how thoroughly first, by whom, in which queue, until when."""
    return [*_steps(then), *_queue(then)]


def _condition(condition: Condition, value: Any) -> str:
    if not isinstance(condition, AnyOf):
        return _(condition.words).format(number_format(condition.to_json(value), force_grouping=True))
    named = (_(condition.choices[each]).split(":")[0] if each in condition.choices else each for each in value)
    return f"{_(condition.label)}: {_either(named)}"


def _either(values: Iterable[str]) -> str:
    *most, last = values
    return _("%(most)s or %(last)s") % {"most": ", ".join(most), "last": last} if most else last


def _steps(then: Outcome) -> Iterable[str]:
    yield _(DEPTHS[then.depth])
    if then.specialist:
        yield _("specialist: %(skill)s") % {"skill": then.specialist}
    if then.second_review:
        yield _(SECOND_REVIEW)


def _queue(then: Outcome) -> Iterable[str]:
    if then.section:
        yield _("queue %(section)s") % {"section": then.section}
    if then.due:
        yield _due(then.due)


def _due(due: Due) -> str:
    words = ngettext("due %(hours)s hour %(since)s", "due %(hours)s hours %(since)s", 1 if due.hours == 1 else 2)
    return words % {"hours": f"{due.hours:g}", "since": _(DUE_FROM[due.since])}

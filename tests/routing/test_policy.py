"""How a project's routing policy is read: strictly, with every problem named at its place."""

from __future__ import annotations

from typing import Any

import pytest

from reviews.routing.policy import Due, Outcome, Policy, PolicyError, Problem, Rule, parse_policy

WHOLE = {
    "rules": [
        {
            "name": "Allegations",
            "when": {
                "kinds": ["headline", "quote"],
                "sections": ["Politics"],
                "risk": ["high"],
                "findings": ["negation", "accuracy/omission"],
                "systems": ["engine-a@2"],
                "deadline_within": 6,
                "reach_from": 10000,
            },
            "then": {
                "depth": "full",
                "specialist": "law",
                "second_review": True,
                "section": "Legal desk",
                "due": {"hours": 1.5, "from": "before_deadline"},
            },
        },
        {"name": "The rest", "when": {}, "then": {"depth": "light"}},
    ]
}


def test_nothing_is_a_policy_without_rules_of_its_own():
    assert parse_policy({}) == Policy()
    assert Policy().to_json() == {}
    assert [rule.name for rule in Policy().all_rules] == ["Everything else"]
    assert Policy().all_rules[-1].then == Outcome("full")


def test_a_policy_comes_back_as_it_was_written():
    policy = parse_policy(WHOLE)
    assert policy.to_json() == WHOLE
    assert policy.skills == ("law",)
    assert policy.rules[0].then.due == Due(1.5, "before_deadline")


def test_a_rule_says_itself_in_words():
    first, second = parse_policy(WHOLE).rules
    assert first.in_words == (
        "Kind of text: headline or quote",
        "Section: Politics",
        "Risk: high",
        "Finding: negation or accuracy/omission",
        "MT engine: engine-a@2",
        "Deadline: at most 6 hours after arrival",
        "Expected readers: at least 10,000",
    )
    assert first.then.in_words == (
        "full post-edit",
        "specialist: law",
        "blind second review",
        "queue Legal desk",
        "due 1.5 hours before the deadline",
    )
    assert second.in_words == ()


def test_words_are_tidied_and_empty_conditions_are_none():
    rule = {
        "name": "  The\n rest ",
        "when": {"sections": [" ", ""], "kinds": []},
        "then": {"specialist": " civil  law "},
    }
    assert parse_policy({"rules": [rule]}).rules == (Rule("The rest", {}, Outcome(specialist="civil law")),)


@pytest.mark.parametrize(
    ("value", "field", "message"),
    [
        ({"name": ""}, "name", "Give the rule a name: it stands beside every text the rule decides about."),
        ({"name": "x" * 81}, "name", "It has 81 characters; keep it to 80."),
        ({"name": 3}, "name", "3 must be words."),
        (
            {"name": "everything ELSE"},
            "name",
            "There is another rule 'everything ELSE'. Give this one a name of its own.",
        ),
        ({"if": {}}, "rule", "'if' is none of name, when, then."),
        ([], "rule", "[] must be an object such as {}."),
        ({"when": {"kind": []}}, "when", "'kind' is none of kinds, sections, risk, findings, systems, "),
        ({"when": {"reach_from": -1}}, "reach_from", "-1 is no number above 0 and up to 2,000,000,000."),
        ({"then": {"depth": "none"}}, "depth", "'none' is none of light, full."),
        ({"then": {"depth": ["full"]}}, "depth", "['full'] is none of light, full."),
        ({"then": {"skip": True}}, "then", "'skip' is none of depth, specialist, second_review, section, due."),
        ({"then": {"second_review": "yes"}}, "second_review", "'yes' is neither true nor false."),
        ({"then": {"specialist": "x" * 61}}, "specialist", "It has 61 characters; keep it to 60."),
        ({"then": {"section": "x" * 121}}, "section", "It has 121 characters; keep it to 120."),
        ({"then": {"due": {"hours": 721}}}, "due", "721 is no number above 0 and up to 720."),
        ({"then": {"due": {}}}, "due", "None is no number above 0 and up to 720."),
        ({"then": {"due": {"hours": 2, "from": "now"}}}, "due", "'now' is none of before_deadline, after_arrival."),
    ],
)
def test_each_problem_names_value_place_and_remedy(value: Any, field: str, message: str):
    rule = {"name": "Second", **value} if isinstance(value, dict) else value
    problems = problems_of({"rules": [{"name": "First"}, rule]})
    assert [(each.rule, each.field) for each in problems if each.field == field] == [(1, field)]
    found = next(each for each in problems if each.field == field)
    assert found.message.startswith(message)
    assert str(found).startswith(f"Rule 2, {field}: {message}")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "The policy is []; it must be an object such as {}."),
        ({"rule": []}, "The policy holds 'rule'; the only key it may have is 'rules'."),
        ({"rules": {}}, "'rules' is {}; it must be a list of rules."),
        ({"rules": [{}] * 31}, "There are 31 rules; keep at most 30."),
    ],
)
def test_a_policy_of_another_shape_is_refused(value: Any, message: str):
    assert problems_of(value) == (Problem(None, "", message),)


def test_all_problems_are_named_at_once_in_the_order_of_the_rules():
    rules = [
        {"name": "a", "when": {"kinds": ["titel"]}},
        {"name": "", "then": {"depth": "deep"}},
        {"name": "A"},
    ]
    assert [(each.rule, each.field) for each in problems_of({"rules": rules})] == [
        (0, "kinds"),
        (1, "name"),
        (1, "depth"),
        (2, "name"),
    ]


def problems_of(value: Any) -> tuple[Problem, ...]:
    with pytest.raises(PolicyError) as caught:
        parse_policy(value)
    return caught.value.problems

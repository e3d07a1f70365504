"""What findings do: strict reading, defaults, and a check's own word before its findings' severity."""

import pytest

from reviews.checks.policy import Policy, PolicyError, parse_policy


def test_by_default_what_is_critical_blocks_publishing_and_the_rest_informs():
    policy = parse_policy({})
    assert [policy.effect("numbers.value", s) for s in ("critical", "major", "minor")] == [
        "publishing",
        "inform",
        "inform",
    ]
    assert not policy.blocks_approval
    assert policy.to_json() == {}


def test_a_check_has_the_last_word_on_its_findings():
    policy = parse_policy({"severities": {"major": "approval"}, "checks": {"quotes.kept": "off"}})
    assert policy.effect("quotes.kept", "critical") == "off"
    assert policy.effect("names.copied", "major") == "approval"
    assert policy.effect("names.copied", "critical") == "publishing"
    assert policy.blocks_approval


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"checks": {"numbers.value": "off", "a.check_that_is_gone": "inform"}},
        {"severities": {"critical": "inform", "minor": "publishing"}},
    ],
)
def test_a_policy_is_kept_as_it_was_read(value):
    assert parse_policy(value).to_json() == value
    assert parse_policy(parse_policy(value).to_json()) == parse_policy(value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "The policy is None"),
        ([], r"The policy is \[\]"),
        ({"check": {}}, "'check', which is none of severities, checks"),
        ({"severities": []}, "'severities' is"),
        ({"severities": {"fatal": "inform"}}, "'fatal', which is none of critical, major, minor"),
        ({"severities": {"critical": "off"}}, "'critical' is 'off', which is none of inform, approval, publishing"),
        ({"checks": {"numbers.value": "mute"}}, "'numbers.value' is 'mute', which is none of off, inform"),
        ({"checks": {"numbers.value": ["off"]}}, r"'numbers.value' is \['off'\]"),
    ],
)
def test_what_is_no_policy_is_named(value, words):
    with pytest.raises(PolicyError, match=words):
        parse_policy(value)


def test_equal_policies_are_equal():
    assert Policy() == parse_policy({"severities": {"critical": "publishing"}})

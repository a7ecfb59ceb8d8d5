"""Tags of users, roles, policies and instance profiles."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import EC2, allow, document, limit, policy, refused, tags
from tests.support.tenants import Tenant

IGNORING_CASE = ("user", "role")
KINDS = (*IGNORING_CASE, "policy", "instance_profile")


class Tagged:
    """One taggable thing, and its three operations."""

    def __init__(self, iam: Any, kind: str, *, create: bool = True, given: Any = ()) -> None:
        self.iam, self.kind = iam, kind
        if create:
            self.members = self._create(list(given))

    def _create(self, given: list[dict[str, str]]) -> dict[str, str]:
        if self.kind == "policy":
            return {"PolicyArn": policy(self.iam, "x", Tags=given)}
        member = {"user": "UserName", "role": "RoleName", "instance_profile": "InstanceProfileName"}[self.kind]
        extra = {"AssumeRolePolicyDocument": EC2} if self.kind == "role" else {}
        getattr(self.iam, f"create_{self.kind}")(**{member: "x"}, **extra, Tags=given)
        return {member: "x"}

    def tag(self, *given: dict[str, str]) -> None:
        getattr(self.iam, f"tag_{self.kind}")(**self.members, Tags=list(given))

    def untag(self, *keys: str) -> None:
        getattr(self.iam, f"untag_{self.kind}")(**self.members, TagKeys=list(keys))

    def listed(self) -> list[dict[str, str]]:
        pages = self.iam.get_paginator(f"list_{self.kind}_tags").paginate(**self.members)
        return [tag for page in pages for tag in page["Tags"]]


@pytest.fixture(params=KINDS)
def thing(request: pytest.FixtureRequest, iam: Any) -> Tagged:
    return Tagged(iam, request.param)


def test_tags_are_set_replaced_removed_and_sorted(thing: Tagged) -> None:
    thing.tag(*tags(b="1", a="2"))
    thing.tag(*tags(c="3", a="4"))
    assert thing.listed() == tags(a="4", b="1", c="3")
    thing.untag("b", "not-there")
    assert thing.listed() == tags(a="4", c="3")
    thing.tag()
    assert thing.listed() == tags(a="4", c="3")


def test_tags_of_a_creation(iam: Any) -> None:
    for kind in KINDS:
        assert Tagged(iam, kind, given=tags(b="", a="2")).listed() == tags(a="2", b="")


def test_case_counts_in_keys_of_some_and_not_of_others(thing: Tagged) -> None:
    thing.tag(*tags(Department="1"))
    thing.tag(*tags(department="2"))
    if thing.kind in IGNORING_CASE:
        assert thing.listed() == tags(department="2")
        thing.untag("DEPARTMENT")
        assert thing.listed() == []
    else:
        assert thing.listed() == tags(Department="1", department="2")
        thing.untag("DEPARTMENT", "department")
        assert thing.listed() == tags(Department="1")


def test_a_key_given_twice_is_refused(thing: Tagged) -> None:
    twice = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    with refused("InvalidInput", twice):
        thing.tag({"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"})
    if thing.kind in IGNORING_CASE:
        with refused("InvalidInput", twice):
            thing.tag(*tags(a="1", A="2"))
    else:
        thing.tag(*tags(a="1", A="2"))


@pytest.mark.parametrize("key", ["aws:team", "AWS:team", "Aws:"])
def test_keys_of_the_system_are_refused(thing: Tagged, key: str) -> None:
    with refused("InvalidInput", "aws:"):
        thing.tag({"Key": key, "Value": "v"})
    assert thing.listed() == []


@pytest.mark.parametrize(
    ("key", "value", "at"),
    [
        ("a" * 129, "v", "tags.1.member.key"),
        ("a", "v" * 257, "tags.1.member.value"),
        ("a!", "v", "tags.1.member.key"),
        ("a", "<v>", "tags.1.member.value"),
    ],
)
def test_what_no_tag_can_be(iam: Any, key: str, value: str, at: str) -> None:
    with refused("ValidationError", f"at '{at}' failed to satisfy constraint"):
        Tagged(iam, "user").tag({"Key": key, "Value": value})


def test_letters_of_all_scripts_are_welcome(thing: Tagged) -> None:
    given = [{"Key": "\u00e9t\u00e9 1", "Value": "\u65e5\u672c_.:/=+-@"}, {"Key": "\u0434" * 128, "Value": ""}]
    thing.tag(*given)
    assert thing.listed() == given


def test_long_keys_of_wide_letters_can_be_paged(thing: Tagged) -> None:
    """Their markers have to fit into the 320 characters that AWS gives a marker."""
    given = [{"Key": chr(0x20000 + n) * 128, "Value": ""} for n in range(3)]
    thing.tag(*given)
    pages = thing.iam.get_paginator(f"list_{thing.kind}_tags").paginate(
        **thing.members, PaginationConfig={"PageSize": 1}
    )
    assert [tag for page in pages for tag in page["Tags"]] == given


def test_fifty_tags_and_no_more(thing: Tagged, tenant: Tenant) -> None:
    thing.tag(*tags(**{f"k{n}": "v" for n in range(50)}))
    thing.tag(*tags(k0="w"))
    with refused("LimitExceeded", "Cannot exceed quota for TagsPerResource: 50"):
        thing.tag(*tags(one="more"))
    with refused("ValidationError", "Member must have length less than or equal to 50"):
        thing.tag(*tags(**{f"k{n}": "v" for n in range(51)}))
    limit(tenant, "TagsPerResource", 51)
    thing.tag(*tags(one="more"))


def test_nothing_is_tagged_that_does_not_exist(iam: Any, tenant: Tenant) -> None:
    missing = {
        "user": {"UserName": "none"},
        "role": {"RoleName": "none"},
        "instance_profile": {"InstanceProfileName": "none"},
        "policy": {"PolicyArn": f"arn:aws:iam::{tenant.account_id}:policy/none"},
    }
    for kind in KINDS:
        thing = Tagged(iam, kind, create=False)
        thing.members = missing[kind]
        for ask in (lambda thing=thing: thing.tag(*tags(a="b")), lambda thing=thing: thing.untag("a"), thing.listed):
            with refused("NoSuchEntity"):
                ask()


def test_tags_of_requests_and_resources_decide(iam: Any, tenant: Tenant) -> None:
    may = [
        allow("iam:TagUser", "*", **{"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}),
        allow("iam:DeleteUser", "*", StringEquals={"aws:ResourceTag/team": "red", "iam:ResourceTag/team": "red"}),
    ]
    helper = tenant.client("iam", tenant.user("helper", document(*may)))
    iam.create_user(UserName="ada")
    with refused("AccessDenied"):
        helper.tag_user(UserName="ada", Tags=tags(team="red", cost="1"))
    with refused("AccessDenied"):
        helper.delete_user(UserName="ada")
    helper.tag_user(UserName="ada", Tags=tags(team="red"))
    helper.delete_user(UserName="ada")

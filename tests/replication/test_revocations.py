"""Whatever takes a right away says so: a region that is told of it ahead denies, before it could apply anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamconsole.replication.regions import applier, overlay, store
from iamconsole.replication.regions.store import LEASE
from tests.decisions.asking import READ_REPORTS, Doors, arn
from tests.decisions.wire import document, statement
from tests.replication.test_doors import X, look_always  # noqa: F401
from tests.support.tenants import Tenant

DENY = document(statement("Deny", "*"))
NOTHING = document(statement("Allow", "ec2:*"))
READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
Step = tuple[str, dict[str, Any]]
ADA = {"user_name": "ada"}
GROUP = {"group_name": "g"}
JOINED: list[Step] = [("CreateGroup", GROUP), ("AddUserToGroup", GROUP | ADA)]
INLINE: Step = ("PutUserPolicy", ADA | {"policy_name": "p", "policy_document": READ_REPORTS})
POLICY = {"policy_arn": "arn:aws:iam::ACCOUNT:policy/own"}
BOUNDARY = {"permissions_boundary": "arn:aws:iam::ACCOUNT:policy/edge"}
OWN: Step = ("CreatePolicy", {"policy_name": "own", "policy_document": READ_REPORTS})
EDGE: Step = ("CreatePolicy", {"policy_name": "edge", "policy_document": READ_REPORTS})
VERSION: Step = ("CreatePolicyVersion", POLICY | {"policy_document": NOTHING})
ON_X = {"resource_arn": X}
TAGGED = document(
    statement("Allow", "s3:*", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}}),
)
RED = ADA | {"tags": [{"key": "team", "value": "red"}]}
OPEN = '{"Version":"2012-10-17","Statement":[{"Effect":"%s","Principal":"*","Action":"s3:*","Resource":"*"}]}'

# What was there before, and what takes the right away.
CASES: dict[str, tuple[list[Step], Step]] = {
    "inline policy deleted": ([INLINE], ("DeleteUserPolicy", ADA | {"policy_name": "p"})),
    "inline policy replaced": ([INLINE], ("PutUserPolicy", ADA | {"policy_name": "p", "policy_document": NOTHING})),
    "deny put beside": ([INLINE], ("PutUserPolicy", ADA | {"policy_name": "d", "policy_document": DENY})),
    "detached": (
        [OWN, ("AttachUserPolicy", ADA | POLICY)],
        ("DetachUserPolicy", ADA | POLICY),
    ),
    "deny attached": (
        [INLINE, ("CreatePolicy", {"policy_name": "own", "policy_document": DENY})],
        ("AttachUserPolicy", ADA | POLICY),
    ),
    "left a group": (
        [*JOINED, ("PutGroupPolicy", GROUP | {"policy_name": "p", "policy_document": READ_REPORTS})],
        ("RemoveUserFromGroup", GROUP | ADA),
    ),
    "joined a group that denies": (
        [INLINE, ("CreateGroup", GROUP), ("PutGroupPolicy", GROUP | {"policy_name": "d", "policy_document": DENY})],
        ("AddUserToGroup", GROUP | ADA),
    ),
    "group's policy deleted": (
        [*JOINED, ("PutGroupPolicy", GROUP | {"policy_name": "p", "policy_document": READ_REPORTS})],
        ("DeleteGroupPolicy", GROUP | {"policy_name": "p"}),
    ),
    "group denies": (
        [INLINE, *JOINED],
        ("PutGroupPolicy", GROUP | {"policy_name": "d", "policy_document": DENY}),
    ),
    "group's policy detached": (
        [OWN, *JOINED, ("AttachGroupPolicy", GROUP | POLICY)],
        ("DetachGroupPolicy", GROUP | POLICY),
    ),
    "version made the default": (
        [OWN, ("AttachUserPolicy", ADA | POLICY), VERSION],
        ("SetDefaultPolicyVersion", POLICY | {"version_id": "v2"}),
    ),
    "version created as the default": (
        [OWN, ("AttachUserPolicy", ADA | POLICY)],
        ("CreatePolicyVersion", POLICY | {"policy_document": NOTHING, "set_as_default": True}),
    ),
    "boundary put": (
        [INLINE, ("CreatePolicy", {"policy_name": "edge", "policy_document": NOTHING})],
        ("PutUserPermissionsBoundary", ADA | BOUNDARY),
    ),
    "boundary narrowed": (
        [INLINE, EDGE, ("PutUserPermissionsBoundary", ADA | BOUNDARY)],
        (
            "CreatePolicyVersion",
            {
                "policy_arn": "arn:aws:iam::ACCOUNT:policy/edge",
                "policy_document": NOTHING,
                "set_as_default": True,
            },
        ),
    ),
    "untagged": (
        [("PutUserPolicy", ADA | {"policy_name": "p", "policy_document": TAGGED}), ("TagUser", RED)],
        ("UntagUser", ADA | {"tag_keys": ["team"]}),
    ),
    "tagged": (
        [("PutUserPolicy", ADA | {"policy_name": "p", "policy_document": TAGGED}), ("TagUser", RED)],
        ("TagUser", ADA | {"tags": [{"key": "team", "value": "blue"}]}),
    ),
    "renamed": ([INLINE], ("UpdateUser", ADA | {"new_user_name": "eve"})),
    "resource denies": ([INLINE], ("iamconsole:PutResourcePolicy", ON_X | {"policy_document": OPEN % "Deny"})),
    "resource allows no more": (
        [("iamconsole:PutResourcePolicy", ON_X | {"policy_document": OPEN % "Allow"})],
        ("iamconsole:DeleteResourcePolicy", ON_X),
    ),
    "deleted": (
        [("iamconsole:PutResourcePolicy", ON_X | {"policy_document": OPEN % "Allow"})],
        ("DeleteUser", ADA),
    ),
}


def perform(tenant: Tenant, step: Step) -> None:
    action, members = step
    known = {
        name: value.replace("ACCOUNT", tenant.account_id) if isinstance(value, str) else value
        for name, value in members.items()
    }
    tenant.run(action if ":" in action else f"iam:{action}", **known)


def tell_ahead(region: str) -> None:
    """What an applier with a backlog does first."""
    place = store.writing(region)
    applied = place.cursor(0, generation=place.generation()).applied
    fence = place.lease()
    pairs = [part for pair in overlay.waiting(0, applied).items() for part in pair]
    assert pairs, "nothing of it is marked as a revocation"
    place.write("deny", fence, LEASE, *pairs)
    place.release(fence)


@pytest.mark.parametrize("name", CASES)
def test_a_region_that_is_told_denies(tenant: Tenant, regions: Any, name: str) -> None:
    before, revocation = CASES[name]
    tenant.run("iam:CreateUser", user_name="ada")
    for step in before:
        perform(tenant, step)
    applier.apply("eu")
    asked = {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject", "resource": X}

    def decision(region: str) -> Any:
        return Doors.of(tenant).post(f"/api/v1/authorize?region={region}", asked).body["decision"]

    assert (decision("home"), decision("eu")) == ("allow", "allow")
    perform(tenant, revocation)
    assert (decision("home"), decision("eu")) == ("deny", "allow")
    tell_ahead("eu")
    assert decision("eu") == "deny"
    applier.apply("eu")
    assert decision("eu") == "deny"


def inactive(tenant: Tenant, key: str) -> None:
    tenant.run("iam:UpdateAccessKey", user_name="ada", access_key_id=key, status="Inactive")


def deleted(tenant: Tenant, key: str) -> None:
    tenant.run("iam:DeleteAccessKey", user_name="ada", access_key_id=key)


@pytest.mark.parametrize("revoke", [inactive, deleted])
def test_a_key_and_its_tokens_are_unknown_at_once(
    tenant: Tenant, regions: Any, revoke: Callable[[Tenant, str], None]
) -> None:
    key = tenant.user("ada", document(statement("Allow", "*")))
    signing = Doors(tenant.app, key)
    bearing = signing.bearing()
    applier.apply("eu")
    asked = {"principal": arn(tenant, "user/ada"), "action": "s3:GetObject", "resource": X}
    assert {each.post("/api/v1/authorize?region=eu", asked).status for each in (signing, bearing)} == {200}
    revoke(tenant, key["AccessKeyId"])
    tell_ahead("eu")
    assert {each.post("/api/v1/authorize?region=eu", asked).status for each in (signing, bearing)} == {401}
    applier.apply("eu")
    assert {each.post("/api/v1/authorize?region=eu", asked).status for each in (signing, bearing)} == {401}

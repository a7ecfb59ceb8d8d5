"""`Call.if_match`: nobody replaces a document that he has not seen."""

from __future__ import annotations

from typing import Any

import pytest

from iamconsole.kernel.errors import ChangedSinceRead
from iamconsole.kernel.operation import REGISTRY
from iamconsole.kernel.preconditions import ABSENT, tag_of
from iamconsole.runtime import batch
from tests.query.aws import ANYTHING, EC2, allow, document
from tests.support.tenants import Tenant, run

OTHER = document(allow("s3:GetObject"))
ARN = "arn:aws:iam::{}:policy/p"


def furnish(tenant: Tenant) -> None:
    tenant.user("ada")
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run("iam:CreateRole", role_name="job", assume_role_policy_document=EC2)
    tenant.run("iam:CreatePolicy", policy_name="p", policy_document=ANYTHING)
    for kind, name in {"user": "ada", "group": "devs", "role": "job"}.items():
        put = f"iam:Put{kind.capitalize()}Policy"
        tenant.run(put, policy_name="p", policy_document=ANYTHING, **{f"{kind}_name": name})


# The operation, its members, and the tag of what it is about to replace.
REPLACING: dict[str, tuple[dict[str, Any], str]] = {
    "iam:PutUserPolicy": ({"user_name": "ada", "policy_name": "p", "policy_document": OTHER}, tag_of(ANYTHING)),
    "iam:PutGroupPolicy": ({"group_name": "devs", "policy_name": "p", "policy_document": OTHER}, tag_of(ANYTHING)),
    "iam:PutRolePolicy": ({"role_name": "job", "policy_name": "p", "policy_document": OTHER}, tag_of(ANYTHING)),
    "iam:UpdateAssumeRolePolicy": ({"role_name": "job", "policy_document": EC2}, tag_of(EC2)),
    "iam:CreatePolicyVersion": ({"policy_arn": ARN, "policy_document": OTHER, "set_as_default": True}, "v1"),
    "iam:SetDefaultPolicyVersion": ({"policy_arn": ARN, "version_id": "v1"}, "v1"),
}


def attempt(tenant: Tenant, action: str, tag: str) -> Any:
    members = {
        name: value.format(tenant.account_id) if name == "policy_arn" else value
        for name, value in REPLACING[action][0].items()
    }
    call = tenant.operator()
    call.if_match = tag
    return run(call, action, **members)


@pytest.mark.parametrize("action", REPLACING)
def test_what_was_seen_is_replaced_and_nothing_else(tenant: Tenant, action: str) -> None:
    furnish(tenant)
    for tag in ("v7", tag_of("something else"), ABSENT):
        with pytest.raises(ChangedSinceRead):
            attempt(tenant, action, tag)
    attempt(tenant, action, REPLACING[action][1])
    attempt(tenant, action, "")


def test_who_means_to_create_does_not_replace(tenant: Tenant) -> None:
    furnish(tenant)
    call = tenant.operator()
    call.if_match = ABSENT
    run(call, "iam:PutUserPolicy", user_name="ada", policy_name="new", policy_document=OTHER)
    with pytest.raises(ChangedSinceRead):
        run(call, "iam:PutUserPolicy", user_name="ada", policy_name="new", policy_document=OTHER)


def test_a_version_that_waits_replaces_nothing(tenant: Tenant) -> None:
    furnish(tenant)
    call = tenant.operator()
    call.if_match = "v7"
    run(call, "iam:CreatePolicyVersion", policy_arn=ARN.format(tenant.account_id), policy_document=OTHER)


def test_it_holds_for_everything_of_a_batch_and_is_on_record(tenant: Tenant) -> None:
    furnish(tenant)
    arn = ARN.format(tenant.account_id)
    tenant.run("iam:CreatePolicyVersion", policy_arn=arn, policy_document=OTHER)
    call = tenant.operator()
    call.if_match = "v7"
    items = [
        ("iam:DeletePolicyVersion", {"policy_arn": arn, "version_id": "v2"}),
        ("iam:CreatePolicyVersion", {"policy_arn": arn, "policy_document": OTHER, "set_as_default": True}),
    ]
    outcomes = batch.execute_batch(call, [(REGISTRY[action], members) for action, members in items])
    assert [outcome.ok for outcome in outcomes] == [True, False]
    assert isinstance(outcomes[1].fault, ChangedSinceRead)
    versions = tenant.run("iam:ListPolicyVersions", policy_arn=arn).versions
    assert [version.version_id for version in versions] == ["v2", "v1"]
    events = tenant.run("iamconsole:LookupAuditEvents", error_code="ConcurrentModification").events
    assert [event.event_name for event in events] == ["CreatePolicyVersion"]

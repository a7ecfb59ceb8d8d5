"""Resource policies and trust policies: who calls, and whose the resource is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import refused
from tests.simulator.asking import ANYTHING, OBJECT, admitting, allow, custom, deny, policy, sources, trusting

HERE, THERE = "123456789012", "999999999999"
ADA = f"arn:aws:iam::{HERE}:user/team/ada"
ROLE = f"arn:aws:iam::{HERE}:role/app"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/app/one"
FAY = f"arn:aws:sts::{HERE}:federated-user/fay"
NOTHING = policy(allow("ec2:*"))

WITHIN = {
    "a user by name": (NOTHING, admitting(ADA), ADA, "allowed"),
    "another user": (NOTHING, admitting(f"arn:aws:iam::{HERE}:user/bob"), ADA, "implicitDeny"),
    "the account delegates": (NOTHING, admitting(HERE), ADA, "implicitDeny"),
    "the account and an identity policy": (ANYTHING, admitting(HERE), ADA, "allowed"),
    "an identity policy alone": (ANYTHING, admitting(f"arn:aws:iam::{HERE}:user/bob"), ADA, "allowed"),
    "everybody": (NOTHING, admitting("*"), ADA, "allowed"),
    "a deny": (ANYTHING, admitting(ADA, effect="Deny"), ADA, "explicitDeny"),
    "a deny of somebody else": (ANYTHING, admitting(ROLE, effect="Deny"), ADA, "allowed"),
    "a role by name": (NOTHING, admitting(ROLE), ROLE, "allowed"),
    "a session by its role": (NOTHING, admitting(ROLE), SESSION, "allowed"),
    "a session by name": (NOTHING, admitting(SESSION), SESSION, "allowed"),
    "another session": (NOTHING, admitting(SESSION), SESSION.replace("one", "two"), "implicitDeny"),
    "a role is none of its sessions": (NOTHING, admitting(SESSION), ROLE, "implicitDeny"),
    "a federated user by name": (NOTHING, admitting(FAY), FAY, "allowed"),
    "a federated user without session policy": (ANYTHING, admitting(HERE), FAY, "implicitDeny"),
    "another resource": (NOTHING, admitting(ADA, resource="arn:aws:s3:::c/*"), ADA, "implicitDeny"),
}


@pytest.mark.parametrize("name", WITHIN)
def test_within_an_account(iam: Any, name: str) -> None:
    identity, resource_policy, caller, wanted = WITHIN[name]
    result = custom(iam, identity, ResourcePolicy=resource_policy, CallerArn=caller)
    assert result["EvalDecision"] == wanted
    assert result["EvalDecisionDetails"] == {}


def test_the_resource_policy_is_named(iam: Any) -> None:
    result = custom(iam, ANYTHING, ResourcePolicy=admitting(ADA), CallerArn=ADA)
    assert sources(result) == [("ResourcePolicy", "resource"), ("PolicyInputList.1", "none")]
    assert sources(custom(iam, NOTHING, ResourcePolicy=admitting(ADA), CallerArn=ADA)) == [
        ("ResourcePolicy", "resource")
    ]


@pytest.mark.parametrize(
    ("caller", "decision"),
    [(ADA, "allowed"), (ROLE, "implicitDeny"), (SESSION, "allowed")],
)
def test_how_far_a_boundary_reaches(iam: Any, caller: str, decision: str) -> None:
    """It limits what is granted to a role, not what is granted to a user or to a session by name (reference 3.6)."""
    result = custom(
        iam,
        NOTHING,
        ResourcePolicy=admitting(caller),
        CallerArn=caller,
        PermissionsBoundaryPolicyInputList=[policy(allow("ec2:*"))],
    )
    assert result["EvalDecision"] == decision
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


ACROSS = {
    "both sides": (ANYTHING, admitting(ADA), "allowed", ("allowed", "allowed")),
    "their side alone": (NOTHING, admitting(ADA), "implicitDeny", ("implicitDeny", "allowed")),
    "our side alone": (ANYTHING, admitting(THERE), "implicitDeny", ("allowed", "implicitDeny")),
    "their deny": (ANYTHING, admitting(ADA, effect="Deny"), "explicitDeny", ("allowed", "explicitDeny")),
    "our deny": (policy(deny()), admitting(ADA), "explicitDeny", ("explicitDeny", "allowed")),
    "the whole account": (ANYTHING, admitting(f"arn:aws:iam::{HERE}:root"), "allowed", ("allowed", "allowed")),
}


@pytest.mark.parametrize("owner", [THERE, f"arn:aws:iam::{THERE}:root"])
@pytest.mark.parametrize("name", ACROSS)
def test_across_accounts_both_must_allow(iam: Any, name: str, owner: str) -> None:
    identity, resource_policy, wanted, (ours, theirs) = ACROSS[name]
    result = custom(iam, identity, ResourcePolicy=resource_policy, CallerArn=ADA, ResourceOwner=owner)
    assert result["EvalDecision"] == wanted
    details = {"IAM Policy": ours, "Resource Policy": theirs}
    assert result["EvalDecisionDetails"] == details
    assert result["ResourceSpecificResults"][0]["EvalDecisionDetails"] == details


def test_details_tell_of_the_boundary_and_nothing_where_the_organization_denies(iam: Any) -> None:
    across = {"ResourcePolicy": admitting(ADA), "CallerArn": ADA, "ResourceOwner": THERE}
    bounded = custom(iam, ANYTHING, PermissionsBoundaryPolicyInputList=[policy(allow("ec2:*"))], **across)
    assert bounded["EvalDecisionDetails"] == {
        "IAM Policy": "allowed",
        "Resource Policy": "allowed",
        "Permissions Boundary": "implicitDeny",
    }
    levels = [{"ServiceControlPolicyInputList": [policy(allow("ec2:*"))]}]
    assert "EvalDecisionDetails" not in custom(iam, ANYTHING, OrderedOrganizationPolicyInputList=levels, **across)


def test_the_owner_is_read_off_the_resource(iam: Any) -> None:
    queue = f"arn:aws:sqs:eu-west-1:{THERE}:q"
    asked = {"action": "sqs:SendMessage", "resource": queue, "CallerArn": ADA}
    # Without a resource policy, or an owner, only the caller's own policies are in question.
    assert custom(iam, ANYTHING, **asked)["EvalDecision"] == "allowed"
    assert custom(iam, ANYTHING, ResourceOwner=THERE, **asked)["EvalDecision"] == "implicitDeny"
    theirs = admitting(ADA, action="sqs:*", resource=queue)
    assert custom(iam, NOTHING, ResourcePolicy=theirs, **asked)["EvalDecision"] == "implicitDeny"
    assert custom(iam, ANYTHING, ResourcePolicy=theirs, **asked)["EvalDecision"] == "allowed"
    conditional = policy(allow("*", StringEquals={"aws:ResourceAccount": THERE}))
    assert custom(iam, conditional, **asked)["EvalDecision"] == "allowed"


TRUST = {
    "named": (NOTHING, trusting(ADA), ADA, "allowed"),
    "the account, and no identity policy": (NOTHING, trusting(HERE), ADA, "implicitDeny"),
    "the account and an identity policy": (policy(allow("sts:AssumeRole", ROLE)), trusting(HERE), ADA, "allowed"),
    "not trusted, whatever the identity policy": (ANYTHING, trusting(THERE), ADA, "implicitDeny"),
    "a condition": (
        ANYTHING,
        trusting(HERE, StringEquals={"sts:ExternalId": "x"}),
        ADA,
        "implicitDeny",
    ),
    "another action of STS": (ANYTHING, trusting(HERE, "sts:TagSession"), ADA, "implicitDeny"),
    "from another account, both": (
        policy(allow("sts:AssumeRole", ROLE)),
        trusting(f"arn:aws:iam::{THERE}:user/x"),
        f"arn:aws:iam::{THERE}:user/x",
        "allowed",
    ),
    "from another account, trust alone": (
        NOTHING,
        trusting(f"arn:aws:iam::{THERE}:user/x"),
        f"arn:aws:iam::{THERE}:user/x",
        "implicitDeny",
    ),
    "one role takes on another": (
        NOTHING,
        trusting(f"arn:aws:iam::{HERE}:role/ci"),
        f"arn:aws:sts::{HERE}:assumed-role/ci/1",
        "allowed",
    ),
}


@pytest.mark.parametrize("name", TRUST)
def test_a_trust_policy(iam: Any, name: str) -> None:
    identity, trust, caller, wanted = TRUST[name]
    asked = {"action": "sts:AssumeRole", "resource": ROLE, "CallerArn": caller}
    assert custom(iam, identity, ResourcePolicy=trust, **asked)["EvalDecision"] == wanted


def test_a_key_policy_must_allow(iam: Any) -> None:
    key = f"arn:aws:kms:eu-west-1:{HERE}:key/1"
    asked = {"action": "kms:Decrypt", "resource": key, "CallerArn": ADA}
    for principal, decision in ((HERE, "allowed"), (ROLE, "implicitDeny")):
        text = admitting(principal, action="kms:*", resource="*")
        assert custom(iam, ANYTHING, ResourcePolicy=text, **asked)["EvalDecision"] == decision


def test_a_policy_is_read_as_the_kind_that_the_question_asks_for(iam: Any) -> None:
    with refused("InvalidInput", "ResourcePolicy: Has prohibited field Resource."):
        text = admitting(ADA, action="sts:AssumeRole", resource="*")
        custom(iam, action="sts:AssumeRole", resource=ROLE, ResourcePolicy=text, CallerArn=ADA)
    with refused("InvalidInput", "ResourcePolicy: Policy statement must contain resources."):
        custom(iam, ResourcePolicy=trusting(ADA), CallerArn=ADA)


def test_a_resource_policy_needs_a_caller(iam: Any) -> None:
    for caller in ({}, {"CallerArn": f"arn:aws:iam::{HERE}:group/g"}):
        with refused("InvalidInput", "CallerArn: a ResourcePolicy says who may come in"):
            custom(iam, ANYTHING, resource=OBJECT, ResourcePolicy=admitting(ADA), **caller)

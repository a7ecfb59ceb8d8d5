"""A simulated decision with every check is the decision that a real request meets."""

from __future__ import annotations

from typing import Any

import pytest

from iamconsole.kernel.errors import AccessDenied, InvalidInput, NoSuchEntity
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_user
from tests.access.asking import arn_of, user_of
from tests.query.aws import allow, deny, document, policy, trusting
from tests.simulator.asking import admitting
from tests.support.tenants import Tenant, run

MFA = {"aws:MultiFactorAuthPresent": "true"}
OBJECT = "arn:aws:s3:::reports/x"


def explain(tenant: Tenant, **members: Any) -> Any:
    asked = {"action_names": ["s3:GetObject"], "resource_arns": [OBJECT]}
    return tenant.run("iamconsole:ExplainAccess", **asked | members)


def one(tenant: Tenant, **members: Any) -> Any:
    (trace,) = explain(tenant, **members).traces
    return trace


def test_the_statement_that_decides_is_named_with_its_holder(tenant: Tenant) -> None:
    tenant.user("ada", document(allow("s3:Get*") | {"Sid": "Read"}))
    told = explain(tenant, policy_source_arn=arn_of(tenant, "user/ada"))
    (trace,), (written,) = told.traces, told.policies
    assert trace.decision == "allowed"
    assert [(s.sid, s.policy_uri) for check in trace.checks for s in check.statements] == [("Read", written.uri)]
    assert (written.name, written.holder) == ("p0", arn_of(tenant, "user/ada"))


def test_a_near_miss_its_fix_and_the_fix_tried(tenant: Tenant) -> None:
    tenant.user("ada", document(allow("s3:*", "*", Bool=MFA)))
    asked = {"policy_source_arn": arn_of(tenant, "user/ada")}
    trace = one(tenant, **asked)
    assert [(miss.key, miss.wanted) for miss in trace.near_misses] == [("aws:MultiFactorAuthPresent", ["true"])]
    assert trace.missing_context_values == ["aws:MultiFactorAuthPresent"]
    sign_in, widen = trace.fixes
    (key,) = sign_in.context
    told = {"context_key_name": key.key, "context_key_values": key.values, "context_key_type": "boolean"}
    assert one(tenant, **asked, context_entries=[told]).decision == "allowed"
    assert one(tenant, **asked, policy_input_list=[widen.steps[0].policy_document]).decision == "allowed"


def test_policies_left_out_and_put_in(tenant: Tenant, iam: Any) -> None:
    tenant.user("ada", document(allow("s3:*")))
    guard = policy(iam, "guard", document(deny("s3:*")))
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=guard)
    asked = {"policy_source_arn": arn_of(tenant, "user/ada")}
    assert one(tenant, **asked).decision == "explicitDeny"
    assert one(tenant, **asked, policy_exclusion_list=[{"policy_arn": guard}]).decision == "allowed"
    inline = {"attachment_type": "user", "attachment_name": "ada", "policy_name": "p0"}
    left_out = [{"policy_arn": guard}, {"inline_policy_identifier": inline}]
    assert one(tenant, **asked, policy_exclusion_list=left_out).decision == "implicitDeny"


def test_a_draft_needs_no_principal(tenant: Tenant) -> None:
    assert one(tenant, policy_input_list=[document(allow("s3:Get*"))]).decision == "allowed"


@pytest.mark.parametrize(("trusted", "verdict"), [("ada", "allowed"), ("bob", "implicitDeny")])
def test_the_trust_policy_of_a_role_counts(tenant: Tenant, trusted: str, verdict: str) -> None:
    tenant.user("ada", document(allow("sts:AssumeRole")))
    tenant.user("bob")
    trust = trusting({"AWS": arn_of(tenant, f"user/{trusted}")})
    tenant.run("iam:CreateRole", role_name="deploy", assume_role_policy_document=trust)
    role = arn_of(tenant, "role/deploy")
    asked = {"action_names": ["sts:AssumeRole"], "resource_arns": [role]}
    assert one(tenant, policy_source_arn=arn_of(tenant, "user/ada"), **asked).decision == verdict


def test_the_stored_policy_of_a_resource_counts_unless_one_is_given(tenant: Tenant) -> None:
    tenant.user("ada")
    ada = arn_of(tenant, "user/ada")
    tenant.run(
        "iamconsole:PutResourcePolicy",
        resource_arn="arn:aws:s3:::reports",
        policy_document=admitting(ada, resource="*"),
    )
    assert one(tenant, policy_source_arn=ada).decision == "allowed"
    nobody = admitting(arn_of(tenant, "root"), action="s3:PutObject", resource="*")
    assert one(tenant, policy_source_arn=ada, resource_policy=nobody).decision == "implicitDeny"


def test_wildcards_stand_for_every_action_that_is_known(tenant: Tenant) -> None:
    tenant.user("ada", document(allow("sqs:Send*")))
    asked = {"policy_source_arn": arn_of(tenant, "user/ada"), "action_names": ["sqs:SendM*", "sqs:Purge*"]}
    assert [(t.action, t.decision) for t in explain(tenant, **asked).traces] == [
        ("sqs:SendMessage", "allowed"),
        ("sqs:PurgeQueue", "implicitDeny"),
    ]


@pytest.mark.parametrize("names", [["nothing:Like*"], ["s*:*"], ["s3x"]])
def test_actions_that_cannot_be_asked_about(tenant: Tenant, names: list[str]) -> None:
    with pytest.raises(InvalidInput):
        explain(tenant, policy_input_list=[document(allow())], action_names=names)


def test_answers_come_in_pages(tenant: Tenant) -> None:
    asked = {"policy_input_list": [document(allow())], "resource_arns": [f"{OBJECT}{n}" for n in range(5)]}
    first = explain(tenant, **asked, max_items=3)
    rest = explain(tenant, **asked, marker=first.marker)
    assert [trace.resource[-1] for trace in (*first.traces, *rest.traces)] == list("01234")
    assert (first.is_truncated, rest.is_truncated, rest.marker) == (True, False, None)


def test_nobody_of_another_account_can_be_asked_about(tenant: Tenant, other: Tenant) -> None:
    other.user("eve", document(allow()))
    with pytest.raises(AccessDenied):
        explain(tenant, policy_source_arn=arn_of(other, "user/eve"))
    with pytest.raises(NoSuchEntity):
        explain(tenant, policy_source_arn=arn_of(tenant, "user/eve"))


def test_it_needs_the_right_to_ask_about_that_principal(tenant: Tenant) -> None:
    tenant.user("ada")
    tenant.user("bob", document(allow("iamconsole:ExplainAccess", arn_of(tenant, "user/bob"))))
    call = calls.call_for(of_user(user_of(tenant, "bob")), door="test")
    asked = {"action_names": ["s3:GetObject"]}
    assert run(call, "iamconsole:ExplainAccess", **asked, policy_source_arn=arn_of(tenant, "user/bob")).traces
    for members in ({"policy_source_arn": arn_of(tenant, "user/ada")}, {"policy_input_list": [document(allow())]}):
        with pytest.raises(AccessDenied):
            run(call, "iamconsole:ExplainAccess", **asked, **members)

"""What we tell of a denial beyond AWS: near misses and fixes; a fix applied makes the call succeed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.decisions_record.support import Denied
from tests.query.aws import allow, deny, document, policy
from tests.rest.signed import Rest
from tests.support.tenants import Tenant

MFA = {"aws:MultiFactorAuthPresent": "true"}


def test_the_whole_explanation(tenant: Tenant, ada: Denied) -> None:
    ada.may(allow("iam:List*", "*", Bool=MFA) | {"Sid": "WithMfa"})
    told = ada.explained(ada.denied())
    users = f"arn:aws:iam::{tenant.account_id}:user/"
    assert (told.principal, told.action, told.resource) == (f"{users}ada", "iam:ListUsers", users)
    assert told.evaluated_effect == "IMPLICIT_DENY"
    assert {entry.key: entry.values for entry in told.context}["aws:username"] == ["ada"]
    (miss,) = told.near_misses
    assert (miss.sid, miss.key, miss.wanted, miss.found) == ("WithMfa", "aws:MultiFactorAuthPresent", ["true"], None)
    (written,) = told.policies
    assert (written.uri, written.name) == (miss.policy_uri, "p")
    assert json.loads(written.policy_document)["Statement"][0]["Sid"] == "WithMfa"
    sign_in, attach = told.fixes
    assert (sign_in.needs_policy_change, sign_in.steps) == (False, [])
    assert [(entry.key, entry.values) for entry in sign_in.context] == [("aws:MultiFactorAuthPresent", ["true"])]
    assert (attach.needs_policy_change, attach.context) == (True, [])
    statement = {"Effect": "Allow", "Action": "iam:ListUsers", "Resource": users}
    assert attach.steps[0].policy_document == json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_what_was_found_is_told_beside_what_was_wanted(ada: Denied) -> None:
    ada.may(allow("iam:List*", "*", IpAddress={"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}))
    (miss,) = ada.explained(ada.denied()).near_misses
    assert (miss.operator, miss.wanted, miss.found) == ("IpAddress", ["10.0.0.0/8", "192.0.2.0/24"], ["127.0.0.1"])


@pytest.mark.parametrize("operation", ["list_users", "list_roles", "get_account_summary", "list_policies"])
def test_the_fix_applied_makes_the_call_succeed(ada: Denied, iam: Any, operation: str) -> None:
    (fix,) = ada.explained(ada.denied(operation)).fixes
    (step,) = fix.steps
    iam.put_user_policy(UserName="ada", PolicyName="fix", PolicyDocument=step.policy_document)
    getattr(ada.iam, operation)()


def test_a_boundary_and_a_missing_allow_are_mended_together(ada: Denied, iam: Any) -> None:
    bounding = policy(iam, "limit", document(allow("s3:*")))
    iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=bounding)
    (fix,) = ada.explained(ada.denied("delete_user", UserName="bob")).fixes
    attach, extend = fix.steps
    assert (extend.policy_type, extend.policy_uri) == ("PERMISSIONS_BOUNDARY", bounding)
    iam.put_user_policy(UserName="ada", PolicyName="fix", PolicyDocument=attach.policy_document)
    ada.denied("delete_user", UserName="bob")
    iam.create_policy_version(PolicyArn=bounding, PolicyDocument=extend.policy_document, SetAsDefault=True)
    iam.create_user(UserName="bob")
    ada.iam.delete_user(UserName="bob")


def test_a_deny_is_named_by_policy_and_sid(ada: Denied, iam: Any) -> None:
    managed = policy(iam, "guard", document(deny("iam:List*") | {"Sid": "NoLists"}))
    iam.attach_user_policy(UserName="ada", PolicyArn=managed)
    ada.may(allow())
    (fix,) = ada.explained(ada.denied()).fixes
    (step,) = fix.steps
    assert (step.policy_uri, step.sid, step.policy_document) == (managed, "NoLists", None)
    assert managed in fix.text
    iam.detach_user_policy(UserName="ada", PolicyArn=managed)
    ada.iam.list_users()


def test_it_is_told_through_rest(tenant: Tenant, ada: Denied) -> None:
    ada.may(deny() | {"Sid": "No"})
    refused = Rest(tenant.app, ada.key).get("/users").body
    told = Rest(tenant.app, tenant.admin_key).get(f"/denials/{refused['authorizationId']}").body
    assert told["AuthorizationId"] == refused["authorizationId"]
    (check,) = told["Checks"]
    assert [statement["Sid"] for statement in check["Statements"]] == ["No"]
    assert Rest(tenant.app, ada.key).get(f"/denials/{refused['authorizationId']}").status == 403

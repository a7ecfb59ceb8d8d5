"""Managed policies: the account's own, and AWS's that belong to everybody."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.query.aws import ADMINISTRATOR, ANYTHING, allow, document, limit, names, policy, refused, tags
from tests.support.tenants import Tenant, open_account


def test_a_policy_is_created_shown_and_listed(iam: Any, tenant: Tenant) -> None:
    made = iam.create_policy(
        PolicyName="Read", Path="/team/", PolicyDocument=ANYTHING, Description="reads", Tags=tags(team="red")
    )["Policy"]
    assert made["Arn"] == f"arn:aws:iam::{tenant.account_id}:policy/team/Read"
    assert made["PolicyId"].startswith("ANPA")
    assert (made["DefaultVersionId"], made["AttachmentCount"], made["IsAttachable"]) == ("v1", 0, True)
    shown = iam.get_policy(PolicyArn=made["Arn"])["Policy"]
    assert shown == made
    listed = iam.list_policies(Scope="Local")["Policies"]
    assert names(listed, "PolicyName") == ["Read"]
    assert shown.keys() - listed[0].keys() == {"Description", "Tags"}


@pytest.mark.parametrize("name", ["read", "READ"])
def test_a_name_is_taken_whatever_its_case_and_path(iam: Any, name: str) -> None:
    policy(iam, "Read")
    with refused("EntityAlreadyExists", f"A policy called {name} already exists. Duplicate names are not allowed."):
        policy(iam, name, Path="/elsewhere/")


def test_an_arn_must_be_exact(iam: Any, tenant: Tenant) -> None:
    arn = policy(iam, "Read", Path="/team/")
    for wrong in ("policy/team/read", "policy/Read", "policy/Team/Read", "policy/none"):
        missing = arn.rsplit(":", 1)[0] + f":{wrong}"
        with refused("NoSuchEntity", f"Policy {missing} does not exist or is not attachable."):
            iam.get_policy(PolicyArn=missing)
        with refused("NoSuchEntity", f"Policy {missing} was not found."):
            iam.delete_policy(PolicyArn=missing)
    for bad in ("not-an-arn-at-all-really", "arn:aws:iam::aws:user/ada-lovelace", arn + "/", arn + "\x00", arn + " "):
        with refused("InvalidInput", "is not valid."):
            iam.get_policy(PolicyArn=bad)


def test_another_accounts_policy_is_as_good_as_none(iam: Any, tenant: Tenant, app: Any) -> None:
    foreign = policy(open_account(app).client("iam"), "Theirs")
    for ask in (iam.get_policy, iam.delete_policy, iam.list_policy_versions, iam.list_policy_tags):
        with refused("NoSuchEntity", foreign):
            ask(PolicyArn=foreign)
    with refused("NoSuchEntity"):
        iam.attach_user_policy(UserName="admin", PolicyArn=foreign)


def test_scopes_and_filters(iam: Any) -> None:
    local = [policy(iam, name) for name in ("attached", "bounding", "idle")]
    iam.attach_user_policy(UserName="admin", PolicyArn=local[0])
    iam.create_user(UserName="ada", PermissionsBoundary=local[1])

    def listed(**filters: Any) -> set[str]:
        pages = iam.get_paginator("list_policies").paginate(**filters)
        return {found["PolicyName"] for page in pages for found in page["Policies"]}

    aws = listed(Scope="AWS")
    assert "AdministratorAccess" in aws
    assert listed(Scope="Local") == {"attached", "bounding", "idle"}
    assert listed() == listed(Scope="All") == aws | listed(Scope="Local")
    assert listed(OnlyAttached=True) == {"attached", "AdministratorAccess"}
    assert listed(Scope="Local", OnlyAttached=True) == {"attached"}
    assert listed(PolicyUsageFilter="PermissionsPolicy") == {"attached", "AdministratorAccess"}
    assert listed(PolicyUsageFilter="PermissionsBoundary") == {"bounding"}
    assert listed(PolicyUsageFilter="PermissionsBoundary", OnlyAttached=True) == set()


def test_path_prefixes(iam: Any) -> None:
    policy(iam, "a", Path="/team/")
    policy(iam, "b", Path="/Team/")
    assert names(iam.list_policies(Scope="Local", PathPrefix="/team/")["Policies"], "PolicyName") == ["a"]
    job = iam.list_policies(PathPrefix="/job-function/")["Policies"]
    assert {found["Path"] for found in job} == {"/job-function/"}


def test_counts_of_aws_policies_are_the_accounts_own(iam: Any, app: Any) -> None:
    open_account(app)  # whose administrator has the same policy attached
    assert iam.get_policy(PolicyArn=ADMINISTRATOR)["Policy"]["AttachmentCount"] == 1
    iam.create_user(UserName="ada", PermissionsBoundary=ADMINISTRATOR)
    shown = iam.get_policy(PolicyArn=ADMINISTRATOR)["Policy"]
    assert (shown["AttachmentCount"], shown["PermissionsBoundaryUsageCount"]) == (1, 1)


def test_aws_policies_are_read_by_whoever_may_read_policies(iam: Any, tenant: Tenant) -> None:
    reader = tenant.client("iam", tenant.user("reader", document(allow(["iam:GetPolicy*", "iam:List*"]))))
    assert reader.get_policy(PolicyArn=ADMINISTRATOR)["Policy"]["Arn"] == ADMINISTRATOR
    version = reader.get_policy_version(PolicyArn=ADMINISTRATOR, VersionId="v1")["PolicyVersion"]
    assert version["Document"]["Statement"][0]["Action"] == "*"
    assert reader.list_policy_tags(PolicyArn=ADMINISTRATOR)["Tags"] == []
    assert names(reader.list_entities_for_policy(PolicyArn=ADMINISTRATOR)["PolicyUsers"], "UserName") == ["admin"]
    with refused("AccessDenied"):
        tenant.client("iam", tenant.user("nobody")).get_policy(PolicyArn=ADMINISTRATOR)


CHANGES: dict[str, dict[str, Any]] = {
    "create_policy_version": {"PolicyDocument": ANYTHING},
    "delete_policy": {},
    "delete_policy_version": {"VersionId": "v1"},
    "set_default_policy_version": {"VersionId": "v1"},
    "tag_policy": {"Tags": tags(a="b")},
    "untag_policy": {"TagKeys": ["a"]},
}


@pytest.mark.parametrize("change", CHANGES)
def test_aws_policies_cannot_be_changed_by_anybody(iam: Any, change: str) -> None:
    """AWS answers AccessDenied: none of the faults it models for these operations would say it."""
    with refused("AccessDenied", f"on resource: {ADMINISTRATOR}"):
        getattr(iam, change)(PolicyArn=ADMINISTRATOR, **CHANGES[change])


def test_a_policy_in_use_is_not_deleted(iam: Any) -> None:
    arn = policy(iam)
    iam.create_group(GroupName="g")
    iam.create_user(UserName="ada")
    uses = [
        (iam.attach_user_policy, iam.detach_user_policy, {"UserName": "ada", "PolicyArn": arn}),
        (iam.attach_group_policy, iam.detach_group_policy, {"GroupName": "g", "PolicyArn": arn}),
    ]
    for attach, detach, members in uses:
        attach(**members)
        with refused("DeleteConflict", "Cannot delete a policy attached to entities."):
            iam.delete_policy(PolicyArn=arn)
        detach(**members)
    iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=arn)
    with refused("DeleteConflict", "Cannot delete a policy attached to entities."):
        iam.delete_policy(PolicyArn=arn)
    iam.delete_user_permissions_boundary(UserName="ada")
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=ANYTHING)
    with refused("DeleteConflict", "This policy has more than one version."):
        iam.delete_policy(PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    iam.delete_policy(PolicyArn=arn)
    with refused("NoSuchEntity"):
        iam.get_policy(PolicyArn=arn)


def test_a_name_used_again_is_attached_nowhere(iam: Any) -> None:
    old = policy(iam)
    first = iam.get_policy(PolicyArn=old)["Policy"]
    iam.delete_policy(PolicyArn=old)
    second = iam.get_policy(PolicyArn=policy(iam))["Policy"]
    assert second["Arn"] == first["Arn"]
    assert second["PolicyId"] != first["PolicyId"]


# Texts that must come back byte for byte, though JSON would let a store reformat them.
TEXTS = [
    ANYTHING,
    '{\n\t"Version":"2012-10-17",\r\n  "Statement" : [{"Effect":"Allow",  "Action":"*" ,"Resource":["*"]}]\n}\n\n',
    '  {"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::\u00e4\u00f6\u00fc-\u00ff/*"}}',
    '{"Statement":[{"Sid":"","Effect":"Deny","NotAction":"a:b","Resource":"arn:aws:s3:::a&b<c>\'\\"+%20"}]}',
    '{"Version":"2008-10-17","Id":"\u00a0x","Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}]}',
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_document_comes_back_byte_for_byte(iam: Any, text: str) -> None:
    raw: list[bytes] = []
    iam.meta.events.register("before-parse.iam.GetPolicyVersion", lambda response_dict, **_: raw.append(response_dict))
    arn = policy(iam, "p", text)
    iam.get_policy_version(PolicyArn=arn, VersionId="v1")
    assert f"<Document>{quote(text, safe='-_.~')}</Document>".encode() in raw[0]["body"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "Syntax errors in policy."),
        ("nonsense", "Syntax errors in policy."),
        ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}]}', ""),
        (ANYTHING.replace("2012", "2020"), "Policy document must be version 2012-10-17 or greater."),
        (document({"Effect": "Allow", "Resource": "*"}), "Policy statement must contain actions."),
        (document({"Effect": "Allow", "Action": "*"}), "Policy statement must contain resources."),
        (document(allow("ListUsers")), "Actions/Conditions must be prefaced by a vendor"),
    ],
)
def test_malformed_documents(iam: Any, text: str, message: str) -> None:
    with refused("MalformedPolicyDocument", message):
        policy(iam, "p", text)


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\x1f"])
def test_a_description_is_text_that_can_be_stored_and_shown(iam: Any, bad: str) -> None:
    with refused("ValidationError", "at 'description' failed to satisfy constraint"):
        policy(iam, "p", Description=f"a{bad}z")
    arn = policy(iam, "p", Description="Grüße\n\t\u20ac <&> \U0001f600")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["Description"] == "Grüße\n\t\u20ac <&> \U0001f600"


def test_a_document_of_characters_beyond_latin_1_is_refused(iam: Any) -> None:
    with refused("ValidationError", "policyDocument"):
        policy(iam, "p", document(allow("*", "arn:aws:s3:::EURO")).replace("EURO", "\u20ac"))


def test_the_quotas_of_policies(iam: Any, tenant: Tenant) -> None:
    policy(iam)
    limit(tenant, "PoliciesPerAccount", 1)
    with refused("LimitExceeded", "Cannot exceed quota for PoliciesPerAccount: 1"):
        policy(iam, "second")
    limit(tenant, "PoliciesPerAccount", 9)
    size = len(ANYTHING.replace(" ", ""))
    limit(tenant, "PolicySize", size)
    policy(iam, "fits", ANYTHING + " \n" * 100)
    limit(tenant, "PolicySize", size - 1)
    with refused("LimitExceeded", f"Cannot exceed quota for PolicySize: {size - 1}"):
        policy(iam, "too-long")
    limit(tenant, "PolicySize", 6144)
    limit(tenant, "PolicyVersionsInUse", 2)
    with refused("LimitExceeded", "Cannot exceed quota for PolicyVersionsInUse: 2"):
        policy(iam, "one-too-many")


def test_waiters_know_when_a_policy_exists(iam: Any) -> None:
    iam.get_waiter("policy_exists").wait(PolicyArn=policy(iam), WaiterConfig={"Delay": 0, "MaxAttempts": 1})

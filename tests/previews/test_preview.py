"""`iamconsole:PreviewPolicyChange`: who gains and who loses, before anything is changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iamconsole.audit.history.models import AccessHistory, LastAccess
from iamconsole.audit.history.recorder import recorder
from iamconsole.kernel import clock
from iamconsole.kernel.errors import AccessDenied, InvalidInput, MalformedPolicyDocument, NoSuchEntity
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_user
from policies.models import PolicyVersion
from tests.decisions.asking import Doors, arn
from tests.query.aws import allow, deny, document, refused
from tests.support.tenants import Tenant, open_account, run
from tests.support.write_guard import setting_up

OBJECTS = "arn:aws:s3:::reports/*"
READ = document(allow(["s3:GetObject", "s3:ListBucket"], OBJECTS))
LESS = document(allow("s3:ListBucket", OBJECTS))
MORE = document(allow(["s3:GetObject", "s3:ListBucket", "s3:PutObject"], OBJECTS))


@pytest.fixture
def policy(tenant: Tenant) -> str:
    """A policy that ada has by way of her group."""
    made: str = tenant.run("iam:CreatePolicy", policy_name="Reports", policy_document=READ).policy.arn
    tenant.run("iam:CreateUser", user_name="ada")
    tenant.run("iam:CreateGroup", group_name="data")
    tenant.run("iam:AddUserToGroup", group_name="data", user_name="ada")
    tenant.run("iam:AttachGroupPolicy", group_name="data", policy_arn=made)
    return made


def preview(tenant: Tenant, policy: str, document: str | None = None, **members: Any) -> Any:
    given = {"policy_document": document} if document is not None else {}
    return tenant.run("iamconsole:PreviewPolicyChange", policy_arn=policy, **given, **members)


def told(answer: Any) -> list[tuple[str, str, str, str]]:
    return [
        (each.principal.rpartition("/")[2], each.effect, each.action, each.resource.rpartition(":")[2])
        for each in answer.changes
    ]


def test_who_gains_and_who_loses(tenant: Tenant, policy: str) -> None:
    assert told(preview(tenant, policy, LESS)) == [("ada", "Loses", "s3:GetObject", "reports/*")]
    assert told(preview(tenant, policy, MORE)) == [("ada", "Gains", "s3:PutObject", "reports/*")]
    same = preview(tenant, policy, READ.replace(", ", ",\n"))
    assert (same.changes, same.principals, same.examined, same.is_complete) == ([], 1, 1, True)


def test_what_was_used_comes_first_and_says_when(tenant: Tenant, policy: str) -> None:
    Doors.of(tenant).authorize(arn(tenant, "user/ada"), "s3:ListBucket", "arn:aws:s3:::reports/2026")
    assert recorder.flush()
    answer = preview(tenant, policy, document(deny("s3:*", OBJECTS)))
    first = answer.changes[0]
    assert (first.action, first.resource, first.effect) == ("s3:ListBucket", "arn:aws:s3:::reports/2026", "Loses")
    assert first.last_used is not None
    assert first.last_refused is None
    assert answer.changes[1].last_used is None
    assert (answer.losing, answer.losing_used, answer.gaining) == (1, 1, 0)


def test_what_was_refused_and_would_be_allowed(tenant: Tenant, policy: str) -> None:
    Doors.of(tenant).authorize(arn(tenant, "user/ada"), "s3:PutObject", "arn:aws:s3:::reports/2026")
    assert recorder.flush()
    first = preview(tenant, policy, MORE).changes[0]
    assert (first.effect, first.resource) == ("Gains", "arn:aws:s3:::reports/2026")
    assert first.last_refused is not None


def test_what_outlived_the_history_counts_too(tenant: Tenant, policy: str) -> None:
    Doors.of(tenant).authorize(arn(tenant, "user/ada"), "s3:GetObject", "arn:aws:s3:::reports/2026")
    assert recorder.flush()
    long_ago = clock.now() - timedelta(days=200)
    with setting_up():
        AccessHistory.objects.filter(account_id=tenant.account_id).delete()
        LastAccess.objects.filter(account_id=tenant.account_id).update(allowed=long_ago)
    assert preview(tenant, policy, LESS).changes[0].last_used == long_ago


def test_circumstances_of_a_request_that_was(tenant: Tenant, policy: str) -> None:
    """Whoever signed in with MFA keeps what the new condition takes from the others."""
    strict = document(allow(["s3:GetObject", "s3:ListBucket"], OBJECTS, Bool={"aws:MultiFactorAuthPresent": "true"}))
    for resource, mfa in (("with", "true"), ("without", "false")):
        Doors.of(tenant).authorize(
            arn(tenant, "user/ada"),
            "s3:GetObject",
            f"arn:aws:s3:::reports/{resource}",
            context={"aws:MultiFactorAuthPresent": mfa, "aws:UserAgent": "reader"},
        )
    assert recorder.flush()
    changes = preview(tenant, policy, strict).changes
    assert [each.resource for each in changes if each.last_used] == ["arn:aws:s3:::reports/without"]
    assert [(each.key, each.values) for each in changes[0].circumstances] == [("aws:MultiFactorAuthPresent", ["false"])]
    back = preview(tenant, policy, document(allow("s3:GetObject", OBJECTS), *_only_with_mfa("s3:PutObject"))).changes
    assert ("Gains", "s3:PutObject", [("aws:MultiFactorAuthPresent", ["true"])]) in [
        (each.effect, each.action, [(c.key, c.values) for c in each.circumstances]) for each in back
    ]


def _only_with_mfa(action: str) -> list[dict[str, Any]]:
    return [allow(action, OBJECTS, Bool={"aws:MultiFactorAuthPresent": "true"})]


def test_other_policies_are_part_of_the_answer(tenant: Tenant, policy: str) -> None:
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="own", policy_document=READ)
    assert told(preview(tenant, policy, LESS)) == []
    tenant.run("iam:CreateUser", user_name="bob")
    tenant.run("iam:AttachUserPolicy", user_name="bob", policy_arn=policy)
    assert told(preview(tenant, policy, LESS)) == [("bob", "Loses", "s3:GetObject", "reports/*")]


def test_the_policy_of_a_resource_is_part_of_the_answer(tenant: Tenant, policy: str) -> None:
    bucket = document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": arn(tenant, "user/ada")},
            "Action": "s3:GetObject",
            "Resource": OBJECTS,
        }
    )
    tenant.run("iamconsole:PutResourcePolicy", resource_arn="arn:aws:s3:::reports", policy_document=bucket)
    assert told(preview(tenant, policy, LESS)) == []


def test_a_boundary_takes_and_gives_no_more_than_is_granted(tenant: Tenant, policy: str) -> None:
    tenant.run("iam:CreateUser", user_name="bob")
    tenant.run("iam:PutUserPolicy", user_name="bob", policy_name="own", policy_document=READ)
    tenant.run("iam:PutUserPermissionsBoundary", user_name="bob", permissions_boundary=policy)
    assert [each for each in told(preview(tenant, policy, LESS)) if each[0] == "bob"] == [
        ("bob", "Loses", "s3:GetObject", "reports/*")
    ]
    assert [each for each in told(preview(tenant, policy, MORE)) if each[0] == "bob"] == []
    assert [each for each in told(preview(tenant, policy)) if each[0] == "bob"] == []


def test_roles_are_principals_too(tenant: Tenant, policy: str) -> None:
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    tenant.run("iam:CreateRole", role_name="job", path="/batch/", assume_role_policy_document=trust)
    tenant.run("iam:AttachRolePolicy", role_name="job", policy_arn=policy)
    session = f"arn:aws:sts::{tenant.account_id}:assumed-role/job/nightly"
    Doors.of(tenant).authorize(session, "s3:GetObject", "arn:aws:s3:::reports/2026")
    assert recorder.flush()
    first = preview(tenant, policy, LESS).changes[0]
    assert (first.principal, first.resource) == (arn(tenant, "role/batch/job"), "arn:aws:s3:::reports/2026")


def test_detaching(tenant: Tenant, policy: str) -> None:
    group, ada = arn(tenant, "group/data"), arn(tenant, "user/ada")
    lost = [("ada", "Loses", "s3:GetObject", "reports/*"), ("ada", "Loses", "s3:ListBucket", "reports/*")]
    assert told(preview(tenant, policy)) == lost
    assert told(preview(tenant, policy, entity_arn=group)) == lost
    assert preview(tenant, policy, entity_arn=ada).principals == 0
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=policy)
    assert told(preview(tenant, policy, entity_arn=group)) == []
    assert told(preview(tenant, policy)) == lost


def test_nothing_is_changed_and_nothing_is_recorded_as_asked(tenant: Tenant, policy: str) -> None:
    preview(tenant, policy, LESS)
    assert recorder.flush()
    assert not AccessHistory.objects.filter(account_id=tenant.account_id, action__startswith="s3:").exists()
    assert PolicyVersion.objects.filter(account_id=tenant.account_id).count() == 1


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"policy_document": "{}"}, MalformedPolicyDocument),
        ({"policy_document": READ, "entity_arn": "arn:aws:iam::123456789012:user/ada"}, InvalidInput),
    ],
)
def test_what_cannot_be_previewed(tenant: Tenant, policy: str, members: Any, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        tenant.run("iamconsole:PreviewPolicyChange", policy_arn=policy, **members)


def test_it_takes_a_right_of_its_own_and_stays_within_the_account(tenant: Tenant, policy: str, app: Any) -> None:
    ada = next(iter(_users(tenant, "ada")))
    with pytest.raises(AccessDenied, match="iamconsole:PreviewPolicyChange"):
        run(calls.call_for(of_user(ada), door="cli"), "iamconsole:PreviewPolicyChange", policy_arn=policy)
    other = open_account(app)
    with pytest.raises(NoSuchEntity):
        preview(other, policy, LESS)
    theirs = preview(other, "arn:aws:iam::aws:policy/AdministratorAccess")
    assert {each.principal for each in theirs.changes} <= {f"arn:aws:iam::{other.account_id}:user/admin"}
    with refused("NoSuchEntity"):
        tenant.client().get_policy(PolicyArn=arn(tenant, "policy/None"))


def _users(tenant: Tenant, name: str) -> Any:
    from accounts.models import User

    return User.objects.filter(account_id=tenant.account_id, name=name)


def test_queries_do_not_grow_and_much_is_bounded(tenant: Tenant, policy: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            preview(tenant, policy, LESS)
        return len(captured)

    few = queries()
    for number in range(12):
        tenant.run("iam:CreateUser", user_name=f"user-{number}")
        tenant.run("iam:AttachUserPolicy", user_name=f"user-{number}", policy_arn=policy)
    assert queries() == few
    wide = document(allow(["sqs:*", "s3:Get*", "s3:List*"], [f"arn:aws:s3:::b{number}" for number in range(20)]))
    answer = preview(tenant, policy, wide)
    assert not answer.is_complete
    assert answer.principals == answer.examined == 13
    assert answer.questions <= 13 * 300
    assert len(answer.changes) == 500

"""`iamconsole:PreviewAccessChange`: what operations would change that are not run yet, each kind a case."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iamconsole.audit.history.recorder import recorder
from iamconsole.kernel import clock
from iamconsole.kernel.errors import (
    AccessDenied,
    Fault,
    InvalidInput,
    LimitExceeded,
    MalformedPolicyDocument,
    NoSuchEntity,
    PolicyNotAttachable,
    UnmodifiableEntity,
    ValidationError,
)
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_user
from policies.documents import importing
from tests.decisions.asking import Doors, arn
from tests.query.aws import allow, deny, document
from tests.support.tenants import Tenant, open_account, run
from tests.support.write_guard import setting_up

OBJECTS = "arn:aws:s3:::reports/*"
READ = document(allow(["s3:GetObject", "s3:ListBucket"], OBJECTS))
LESS = document(allow("s3:ListBucket", OBJECTS))
MORE = document(allow(["s3:GetObject", "s3:ListBucket", "s3:PutObject"], OBJECTS))
SEND = document(allow("sqs:SendMessage"))
GET, LIST = ("s3:GetObject", "reports/*"), ("s3:ListBucket", "reports/*")
PUT, SENDING = ("s3:PutObject", "reports/*"), ("sqs:SendMessage", "*")


def trusting(*principals: str, kind: str = "AWS", **conditions: Any) -> str:
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {kind: list(principals)}, "Action": "sts:AssumeRole"}
    return document(statement | ({"Condition": conditions} if conditions else {}))


@pytest.fixture
def people(tenant: Tenant) -> Tenant:
    """Ada and bob of data, who may read by its inline policy; bob may by a policy of his own, and a role may send."""
    tenant.run("iam:CreateGroup", group_name="data")
    tenant.run("iam:CreateGroup", group_name="empty")
    for name in ("ada", "bob"):
        tenant.run("iam:CreateUser", user_name=name)
        tenant.run("iam:AddUserToGroup", group_name="data", user_name=name)
    for name, text in (("Read", READ), ("Less", LESS)):
        tenant.run("iam:CreatePolicy", policy_name=name, policy_document=text)
    tenant.run("iam:PutGroupPolicy", group_name="data", policy_name="own", policy_document=LESS)
    tenant.run("iam:AttachGroupPolicy", group_name="data", policy_arn=arn(tenant, "policy/Less"))
    tenant.run("iam:AttachUserPolicy", user_name="bob", policy_arn=arn(tenant, "policy/Read"))
    tenant.run("iam:PutUserPermissionsBoundary", user_name="bob", permissions_boundary=arn(tenant, "policy/Read"))
    tenant.run(
        "iam:CreateRole", role_name="job", assume_role_policy_document=trusting("ec2.amazonaws.com", kind="Service")
    )
    tenant.run("iam:PutRolePolicy", role_name="job", policy_name="send", policy_document=SEND)
    return tenant


def preview(tenant: Tenant, *changes: tuple[str, dict[str, Any]]) -> Any:
    """Policies are named shortly."""
    told = []
    for action, members in changes:
        for name in ("policy_arn", "permissions_boundary"):
            if name in members:
                members = members | {name: arn(tenant, f"policy/{members[name]}")}
        told.append({"action": f"iam:{action}", **members})
    return asked(tenant, *told)


def asked(tenant: Tenant, *changes: dict[str, Any]) -> Any:
    return tenant.run("iamconsole:PreviewAccessChange", changes=list(changes))


def told(answer: Any) -> list[tuple[str, str, str, str]]:
    return [
        (each.principal.rpartition("/")[2], each.effect, each.action, each.resource.rpartition(":")[2])
        for each in answer.changes
    ]


def does(who: str, effect: str, *what: tuple[str, str]) -> list[tuple[str, str, str, str]]:
    return [(who, effect, *each) for each in what]


ADA, BOB, DATA, JOB = {"user_name": "ada"}, {"user_name": "bob"}, {"group_name": "data"}, {"role_name": "job"}
CHANGES: list[tuple[str, dict[str, Any], list[tuple[str, str, str, str]]]] = [
    ("PutUserPolicy", {**ADA, "policy_name": "new", "policy_document": READ}, does("ada", "Gains", GET)),
    ("PutUserPolicy", {**BOB, "policy_name": "new", "policy_document": MORE}, []),  # bounded
    ("PutUserPolicy", {**BOB, "policy_name": "new", "policy_document": document(deny("s3:GetObject", OBJECTS))},
     does("bob", "Loses", GET)),
    ("PutGroupPolicy", {**DATA, "policy_name": "own", "policy_document": SEND}, does("ada", "Gains", SENDING)),
    ("DeleteGroupPolicy", {**DATA, "policy_name": "own"}, []),  # the group has another of the same text
    ("PutRolePolicy", {**JOB, "policy_name": "send", "policy_document": LESS},
     [*does("job", "Loses", SENDING), *does("job", "Gains", LIST)]),
    ("DeleteRolePolicy", {**JOB, "policy_name": "send"}, does("job", "Loses", SENDING)),
    ("AttachUserPolicy", {**ADA, "policy_arn": "Read"}, does("ada", "Gains", GET)),
    ("AttachUserPolicy", {**BOB, "policy_arn": "Read"}, []),  # attached already
    ("AttachGroupPolicy", {**DATA, "policy_arn": "Read"}, does("ada", "Gains", GET)),
    ("AttachGroupPolicy", {"group_name": "empty", "policy_arn": "Read"}, []),
    ("AttachRolePolicy", {**JOB, "policy_arn": "Less"}, does("job", "Gains", LIST)),
    ("DetachUserPolicy", {**BOB, "policy_arn": "Read"}, does("bob", "Loses", GET)),
    ("DetachGroupPolicy", {**DATA, "policy_arn": "Less"}, []),
    ("PutUserPermissionsBoundary", {**BOB, "permissions_boundary": "Less"}, does("bob", "Loses", GET)),
    ("PutRolePermissionsBoundary", {**JOB, "permissions_boundary": "Read"}, does("job", "Loses", SENDING)),
    ("DeleteUserPermissionsBoundary", {**BOB}, []),
    ("AddUserToGroup", {**DATA, **ADA}, []),
    ("RemoveUserFromGroup", {**DATA, **ADA}, does("ada", "Loses", LIST)),
    ("RemoveUserFromGroup", {**DATA, **BOB}, []),
]  # fmt: skip


def test_each_kind_of_change(people: Tenant) -> None:
    for action, members, changed in CHANGES:
        assert told(preview(people, (action, members))) == changed, (action, members)


def test_changes_are_looked_at_together(people: Tenant) -> None:
    leaving = ("RemoveUserFromGroup", {**DATA, **ADA})
    assert told(preview(people, leaving, ("AttachUserPolicy", {**ADA, "policy_arn": "Read"}))) == does(
        "ada", "Gains", GET
    )
    both = [
        ("DetachGroupPolicy", {**DATA, "policy_arn": "Less"}),
        ("DeleteGroupPolicy", {**DATA, "policy_name": "own"}),
    ]
    answer = preview(people, *both)
    assert told(answer) == does("ada", "Loses", LIST)
    assert (answer.principals, answer.examined, answer.is_complete) == (2, 2, True)


@pytest.mark.parametrize(
    "changes",
    [
        [("AttachUserPolicy", {**ADA, "policy_arn": "Read"}), ("DetachUserPolicy", {**ADA, "policy_arn": "Read"})],
        [("DetachGroupPolicy", {**DATA, "policy_arn": "Less"}), ("RemoveUserFromGroup", {**DATA, **ADA})],
        [
            ("PutUserPermissionsBoundary", {**BOB, "permissions_boundary": "Less"}),
            ("DeleteUserPermissionsBoundary", {"user_name": "BOB"}),
        ],
    ],
)
def test_changes_that_depend_on_one_another_are_refused(people: Tenant, changes: Any) -> None:
    with pytest.raises(InvalidInput, match="one after the other"):
        preview(people, *changes)


def test_a_change_that_is_named_twice_counts_once(people: Tenant) -> None:
    people.run("iam:AttachUserPolicy", user_name="ada", policy_arn=arn(people, "policy/Less"))
    people.run("iam:DeleteGroupPolicy", group_name="data", policy_name="own")
    detaching = ("DetachUserPolicy", {**ADA, "policy_arn": "Less"})
    assert told(preview(people, detaching, detaching)) == []


def test_a_policy_that_comes_by_two_ways_is_kept_by_the_other(people: Tenant) -> None:
    people.run("iam:AttachUserPolicy", user_name="ada", policy_arn=arn(people, "policy/Less"))
    people.run("iam:DeleteGroupPolicy", group_name="data", policy_name="own")
    for change in (("DetachGroupPolicy", DATA), ("DetachUserPolicy", ADA)):
        assert told(preview(people, (change[0], {**change[1], "policy_arn": "Less"}))) == []


def test_what_an_administrator_loses_is_told_by_service(people: Tenant) -> None:
    people.run("iam:AttachUserPolicy", user_name="ada", policy_arn=ADMINISTRATOR)
    answer = preview(people, ("PutUserPermissionsBoundary", {**ADA, "permissions_boundary": "Read"}))
    assert {("ada", "Loses", "s3:*", "*"), ("ada", "Loses", "iam:*", "*")} <= set(told(answer))
    assert not answer.is_complete


def test_what_was_used_comes_first(people: Tenant) -> None:
    Doors.of(people).authorize(arn(people, "user/ada"), "s3:ListBucket", "arn:aws:s3:::reports/2026")
    assert recorder.flush()
    answer = preview(people, ("RemoveUserFromGroup", {**DATA, **ADA}))
    assert (answer.changes[0].resource, answer.losing_used) == ("arn:aws:s3:::reports/2026", 1)
    bounded = preview(people, ("PutUserPermissionsBoundary", {**ADA, "permissions_boundary": "Read"}))
    assert bounded.changes == []


@pytest.mark.parametrize(
    ("action", "members", "fault"),
    [
        ("PutUserPolicy", {**ADA, "policy_name": "new", "policy_document": "{}"}, MalformedPolicyDocument),
        ("PutUserPolicy", {"user_name": "nobody", "policy_name": "new", "policy_document": READ}, NoSuchEntity),
        ("PutUserPolicy", {**ADA, "policy_document": READ}, ValidationError),
        ("PutUserPolicy", {**ADA, **JOB, "policy_name": "new", "policy_document": READ}, ValidationError),
        ("DeleteUserPolicy", {**ADA, "policy_name": "none"}, NoSuchEntity),
        ("AttachUserPolicy", {**ADA, "policy_arn": "None"}, NoSuchEntity),
        ("DetachUserPolicy", {**ADA, "policy_arn": "Read"}, NoSuchEntity),
        ("DeleteUserPermissionsBoundary", {**ADA}, NoSuchEntity),
        ("RemoveUserFromGroup", {"group_name": "empty", **ADA}, NoSuchEntity),
        ("DeleteUser", {**ADA}, ValidationError),
        ("UpdateAssumeRolePolicy", {**JOB, "policy_document": READ}, MalformedPolicyDocument),
    ],
)  # fmt: skip
def test_it_is_refused_as_the_operation_is(
    people: Tenant, action: str, members: dict[str, Any], fault: type[Fault]
) -> None:
    with pytest.raises(fault):
        preview(people, (action, members))


def test_quotas_and_protected_roles_refuse_too(people: Tenant) -> None:
    long = document(*(allow("s3:GetObject", f"{OBJECTS}{number:0200d}") for number in range(11)))
    with pytest.raises(LimitExceeded):
        preview(people, ("PutUserPolicy", {**ADA, "policy_name": "long", "policy_document": long}))
    linked = people.run("iam:CreateServiceLinkedRole", aws_service_name="autoscaling.amazonaws.com").role
    theirs = {"role_name": linked.role_name}
    with pytest.raises(UnmodifiableEntity):
        preview(people, ("PutRolePolicy", {**theirs, "policy_name": "new", "policy_document": READ}))
    with setting_up():
        importing.put(
            [importing.ImportedPolicy("OfService", "/aws-service-role/", "ANPA" + "S" * 17, "", READ, clock.now())]
        )
    theirs = "arn:aws:iam::aws:policy/aws-service-role/OfService"
    with pytest.raises(PolicyNotAttachable):
        asked(people, {"action": "iam:AttachRolePolicy", **JOB, "policy_arn": theirs})


# --- who asks ---------------------------------------------------------------------------------------------


def asked_by_ada(tenant: Tenant, *changes: dict[str, Any]) -> Any:
    from accounts.models import User

    ada = User.objects.get(account_id=tenant.account_id, name="ada")
    call = calls.call_for(of_user(ada), door="cli")
    return run(call, "iamconsole:PreviewAccessChange", changes=list(changes))


def test_the_right_is_needed_for_all_that_is_named(people: Tenant) -> None:
    joining = {"action": "iam:AddUserToGroup", **DATA, **BOB}
    attaching = {"action": "iam:AttachUserPolicy", **BOB, "policy_arn": arn(people, "policy/Less")}
    with pytest.raises(AccessDenied, match="iamconsole:PreviewAccessChange"):
        asked_by_ada(people, joining)
    may = document(allow("iamconsole:PreviewAccessChange", [arn(people, "user/*"), arn(people, "group/data")]))
    people.run("iam:PutUserPolicy", user_name="ada", policy_name="may", policy_document=may)
    assert asked_by_ada(people, joining).principals == 1
    with pytest.raises(AccessDenied, match="policy/Less"):
        asked_by_ada(people, joining, attaching)


def test_it_stays_within_the_account(people: Tenant, app: Any) -> None:
    other = open_account(app)
    with pytest.raises(NoSuchEntity):
        preview(other, ("RemoveUserFromGroup", {**DATA, **ADA}))
    change = {"action": "iam:AttachUserPolicy", "user_name": "admin", "policy_arn": arn(people, "policy/Less")}
    with pytest.raises(NoSuchEntity):
        other.run("iamconsole:PreviewAccessChange", changes=[change])


def test_queries_do_not_grow_with_members(people: Tenant) -> None:
    change = ("AttachGroupPolicy", {**DATA, "policy_arn": "Read"})

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            preview(people, change)
        return len(captured)

    queries()
    few = queries()
    for number in range(5):
        people.run("iam:CreateUser", user_name=f"user-{number}")
        people.run("iam:AddUserToGroup", group_name="data", user_name=f"user-{number}")
    assert queries() == few
    assert preview(people, change).gaining == 6


# --- losses that nobody is left to undo -------------------------------------------------------------------

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def detaching(name: str) -> dict[str, Any]:
    return {"action": "iam:DetachUserPolicy", "user_name": name, "policy_arn": ADMINISTRATOR}


def kinds(answer: Any) -> list[str]:
    return [each.kind for each in answer.lockouts]


def test_who_locks_himself_out_is_told_so(people: Tenant) -> None:
    last = asked(people, detaching("admin"))
    assert kinds(last) == ["LastAdministrator"]
    assert "admin is the last who can" in last.lockouts[0].message
    people.run("iam:AttachUserPolicy", user_name="ada", policy_arn=ADMINISTRATOR)
    assert kinds(asked(people, detaching("admin"))) == []
    assert kinds(asked_by_ada(people, detaching("ada"))) == ["Caller"]
    both = asked_by_ada(people, detaching("admin"), detaching("ada"))
    assert kinds(both) == ["Caller", "LastAdministrator"]
    assert "iam:AttachUserPolicy" in both.lockouts[0].message
    denying = {"action": "iam:PutGroupPolicy", **DATA, "policy_name": "no", "policy_document": document(deny("iam:*"))}
    assert kinds(asked_by_ada(people, denying)) == ["Caller"]


def test_publishing_a_managed_policy_says_it_too(people: Tenant) -> None:
    every = people.run("iam:CreatePolicy", policy_name="All", policy_document=document(allow("*"))).policy.arn
    people.run("iam:AttachUserPolicy", user_name="ada", policy_arn=every)
    people.run("iam:DetachUserPolicy", user_name="admin", policy_arn=ADMINISTRATOR)
    less = people.run("iamconsole:PreviewPolicyChange", policy_arn=every, policy_document=LESS)
    assert kinds(less) == ["LastAdministrator"]


# --- who can assume a role ---------------------------------------------------------------------------------


def retrusting(tenant: Tenant, before: str, after: str) -> Any:
    tenant.run("iam:UpdateAssumeRolePolicy", role_name="job", policy_document=before)
    return preview(tenant, ("UpdateAssumeRolePolicy", {**JOB, "policy_document": after}))


def assuming(answer: Any) -> list[tuple[str, str, bool]]:
    assert {each.action for each in answer.changes} <= {"sts:AssumeRole"}
    return [(each.principal.rpartition(":")[2], each.effect, each.is_outside) for each in answer.changes]


def test_who_can_assume_a_role_and_who_no_longer_can(people: Tenant) -> None:
    ada, bob = arn(people, "user/ada"), arn(people, "user/bob")
    service = trusting("ec2.amazonaws.com", kind="Service")
    assert assuming(retrusting(people, trusting(ada), trusting(bob))) == [
        ("user/ada", "Loses", False),
        ("user/bob", "Gains", False),
    ]
    answer = retrusting(people, service, trusting(ada))
    assert assuming(answer) == [("ec2.amazonaws.com", "Loses", True), ("user/ada", "Gains", False)]
    assert (answer.principals, answer.examined, answer.is_complete) == (2, 2, True)


def test_a_trust_in_the_account_leaves_it_to_policies(people: Tenant) -> None:
    ada = arn(people, "user/ada")
    root = trusting(arn(people, "root"))
    people.run(
        "iam:PutUserPolicy", user_name="ada", policy_name="may", policy_document=document(allow("sts:AssumeRole"))
    )
    answer = retrusting(people, trusting("ec2.amazonaws.com", kind="Service"), root)
    assert ("user/ada", "Gains", False) in assuming(answer)
    assert ("user/bob", "Gains", False) not in assuming(answer)
    assert ("user/admin", "Gains", False) in assuming(answer)
    assert assuming(retrusting(people, root, trusting(ada))) == [("user/admin", "Loses", False)]


def test_principals_of_other_accounts_are_named_as_they_are_written(people: Tenant) -> None:
    theirs, root = "arn:aws:iam::999999999999:role/ci", "arn:aws:iam::999999999999:root"
    job = trusting(arn(people, "user/ada"))
    assert assuming(retrusting(people, job, trusting(arn(people, "user/ada"), theirs))) == [("role/ci", "Gains", True)]
    assert assuming(retrusting(people, trusting(root), trusting(theirs))) == [("root", "Loses", True)]
    assert assuming(retrusting(people, trusting(theirs), trusting(root))) == [("root", "Gains", True)]
    everybody = retrusting(people, job, trusting("*"))
    assert ("*", "Gains", True) in assuming(everybody)
    strict = retrusting(people, trusting(theirs), trusting(theirs, StringEquals={"sts:ExternalId": "x"}))
    assert assuming(strict) == [("role/ci", "Loses", True)]


def test_conditions_of_a_trust_policy_say_when(people: Tenant) -> None:
    ada = arn(people, "user/ada")
    job, mfa = trusting(ada), {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    theirs = document(
        *json.loads(job)["Statement"],
        *json.loads(trusting("arn:aws:iam::999999999999:root", StringEquals={"sts:ExternalId": "x"}))["Statement"],
    )
    (gain,) = retrusting(people, job, theirs).changes
    assert [(each.key, each.values) for each in gain.circumstances] == [("sts:ExternalId", ["x"])]
    (loss,) = retrusting(people, job, trusting(ada, **mfa)).changes
    assert (loss.effect, loss.circumstances) == ("Loses", [])


def test_a_role_that_nobody_could_assume_is_told_of(people: Tenant) -> None:
    nobody = document(
        {"Effect": "Deny", "Principal": {"AWS": arn(people, "user/ada")}, "Action": "sts:AssumeRole"},
    )
    answer = retrusting(people, trusting(arn(people, "user/ada")), nobody)
    assert kinds(answer) == ["NobodyAssumes"]
    with pytest.raises(InvalidInput, match="alone"):
        preview(
            people,
            ("UpdateAssumeRolePolicy", {**JOB, "policy_document": nobody}),
            ("DeleteRolePolicy", {**JOB, "policy_name": "send"}),
        )

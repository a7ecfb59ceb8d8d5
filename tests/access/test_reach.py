"""Who can do an action on a resource, and who can become whom: what the engine says of each principal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iamconsole.audit.access import holdings, mapping, reach
from iamconsole.audit.access.reach import Deadline
from iamconsole.kernel.errors import InvalidInput
from tests.access.asking import arn_of
from tests.query.aws import ADMINISTRATOR, allow, deny, document, policy, trusting
from tests.simulator.asking import admitting
from tests.support.tenants import Tenant

DELETE = {"action_name": "s3:DeleteObject", "resource_arn": "arn:aws:s3:::reports/x"}
MFA = {"aws:MultiFactorAuthPresent": "true"}


def ask(tenant: Tenant, **members: Any) -> Any:
    return tenant.run("iamconsole:ListPrincipalsWithAccess", **DELETE | members)


def verdicts(tenant: Tenant, **members: Any) -> dict[str, str]:
    return {each.principal.rpartition("/")[2]: each.verdict for each in ask(tenant, **members).principals}


def role(tenant: Tenant, name: str, trusted: str, *statements: dict[str, Any]) -> None:
    trust = trusting({"AWS": arn_of(tenant, trusted)})
    tenant.run("iam:CreateRole", role_name=name, assume_role_policy_document=trust)
    if statements:
        tenant.run("iam:PutRolePolicy", role_name=name, policy_name="p", policy_document=document(*statements))


def test_every_way_to_be_allowed_or_kept_off(tenant: Tenant, iam: Any) -> None:
    tenant.user("ada", document(allow("s3:*")))
    tenant.user("bob", document(allow("s3:*"), deny("s3:Delete*") | {"Sid": "No"}))
    tenant.user("eve", document(allow("s3:*", "*", Bool=MFA)))
    tenant.user("guy", document(allow("s3:*")))
    tenant.user("ian", document(allow("s3:GetObject")))
    tenant.run(
        "iam:PutUserPermissionsBoundary",
        user_name="guy",
        permissions_boundary=policy(iam, "b", document(allow("s3:Get*"))),
    )
    root = f"arn:aws:iam::{tenant.account_id}:root"
    assert verdicts(tenant) == {
        root: "allowed", "ada": "allowed", "admin": "allowed", "bob": "blocked", "eve": "conditional", "guy": "blocked"
    }  # fmt: skip
    by_name = {each.principal.rpartition("/")[2]: each for each in ask(tenant).principals}
    assert [each.sid for each in by_name["bob"].denies] == ["No"]
    assert by_name["guy"].lacking_policy_type == "PERMISSIONS_BOUNDARY"
    assert (by_name["eve"].near_miss.key, by_name["eve"].near_miss.wanted) == ("aws:MultiFactorAuthPresent", ["true"])
    told = {
        "context_key_name": "aws:MultiFactorAuthPresent",
        "context_key_type": "boolean",
        "context_key_values": ["true"],
    }
    assert verdicts(tenant, context_entries=[told])["eve"] == "allowed"


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        (allow("s3:*", "arn:aws:s3:::reports/*"), "allowed"),
        (allow("s3:*", "arn:aws:s3:::reports/x"), "allowed"),
        (allow("s3:*", "arn:aws:s3:::${aws:username}/*"), "allowed"),
        (allow("s3:*", "arn:aws:s3:::${aws:userid}/*"), None),
        ({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::${aws:userid}/*"}, "allowed"),
        ({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::reports/*"}, None),
        (allow("s3:*", "arn:aws:s3:::reports/*", Bool=MFA), "conditional"),
        (allow("s3:*", "arn:aws:s3:::other/*", Bool=MFA), None),
        (allow("s3:*", "arn:aws:s3:::other/*"), None),
    ],
)
def test_whom_a_policy_gives_the_resource(tenant: Tenant, statement: Any, verdict: str | None) -> None:
    tenant.user("reports", document(statement))
    assert verdicts(tenant).get("reports") == verdict


def test_a_boundary_gives_nothing_that_only_its_condition_would_be_missing_of(tenant: Tenant, iam: Any) -> None:
    tenant.user("ada", document(allow("s3:*", "arn:aws:s3:::other/*")))
    boundary = policy(iam, "b", document(allow("s3:*", "*", Bool=MFA)))
    tenant.run("iam:PutUserPermissionsBoundary", user_name="ada", permissions_boundary=boundary)
    assert "ada" not in verdicts(tenant)


def test_the_group_by_which_it_is_so(tenant: Tenant) -> None:
    tenant.user("ada")
    tenant.run("iam:CreateGroup", group_name="devs")
    tenant.run("iam:AddUserToGroup", group_name="devs", user_name="ada")
    tenant.run("iam:AttachGroupPolicy", group_name="devs", policy_arn=ADMINISTRATOR)
    (ada,) = [each for each in ask(tenant).principals if each.principal.endswith("/ada")]
    assert [(each.holder, each.policy_uri) for each in ada.allows] == [(arn_of(tenant, "group/devs"), ADMINISTRATOR)]


def test_the_policy_of_the_resource_counts(tenant: Tenant) -> None:
    tenant.user("ada")
    body = admitting(arn_of(tenant, "user/ada"), action="s3:DeleteObject", resource="*")
    tenant.run("iamconsole:PutResourcePolicy", resource_arn="arn:aws:s3:::reports", policy_document=body)
    (ada,) = [each for each in ask(tenant).principals if each.principal.endswith("/ada")]
    assert [each.policy_type for each in ada.allows] == ["RESOURCE_BASED_POLICY"]


def test_who_can_assume_the_roles_that_can(tenant: Tenant, other: Tenant) -> None:
    tenant.user("ada")
    tenant.user("bob", document(allow("sts:AssumeRole")))
    role(tenant, "deploy", "user/ada", allow("s3:*"))
    role(tenant, "outer", "root", allow("sts:AssumeRole"))
    trust = trusting({"AWS": [arn_of(tenant, "role/outer"), f"arn:aws:iam::{other.account_id}:root"]})
    tenant.run("iam:CreateRole", role_name="inner", assume_role_policy_document=trust)
    tenant.run("iam:PutRolePolicy", role_name="inner", policy_name="p", policy_document=document(allow("s3:*")))
    steps = {
        (s.principal.rpartition(":")[2], s.role.rpartition("/")[2], s.hops, s.is_outside)
        for s in ask(tenant).role_steps
    }
    assert {
        ("user/ada", "deploy", 1, False),
        ("role/outer", "inner", 1, False),
        ("user/bob", "outer", 2, False),
        ("root", "inner", 1, True),
    } <= steps
    assert ("user/bob", "deploy", 1, False) not in steps


@pytest.mark.parametrize(
    "trusted",
    [
        {"Service": "ec2.amazonaws.com"},
        {"AWS": "arn:aws:iam::{account}:user/ada"},
        {"AWS": "{account}"},
        {"AWS": ["arn:aws:iam::{account}:root", "arn:aws:iam::{account}:role/outer"]},
        {"AWS": "*"},
    ],
)
def test_asking_those_who_might_is_as_good_as_asking_everybody(
    tenant: Tenant, trusted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.user("ada")
    tenant.user("bob", document(allow("sts:AssumeRole")))
    tenant.user("eve", document(allow("sts:AssumeRole", "*", Bool=MFA)))
    tenant.user("guy", document(allow("sts:*"), deny("sts:AssumeRole")))
    role(tenant, "outer", "root", allow("sts:AssumeRole"))
    trust = trusting(json.loads(json.dumps(trusted).replace("{account}", tenant.account_id)))
    tenant.run("iam:CreateRole", role_name="inner", assume_role_policy_document=trust)
    tenant.run("iam:PutRolePolicy", role_name="inner", policy_name="p", policy_document=document(allow("s3:*")))
    asked = steps(tenant)
    monkeypatch.setattr(reach._Candidates, "of", lambda candidates, _role: candidates._everybody)
    everybody = steps(tenant)
    # Whom the trust policy leaves out cannot become the role by meeting a condition of his own policies.
    assert asked <= everybody
    assert {each[2] for each in everybody - asked} <= {"conditional"}


def steps(tenant: Tenant) -> set[tuple[str, str, str, int]]:
    return {(step.principal, step.role, step.verdict, step.hops) for step in ask(tenant).role_steps}


def test_roles_by_the_shortest_way(tenant: Tenant, other: Tenant) -> None:
    elsewhere = f"arn:aws:iam::{other.account_id}:role/theirs"
    tenant.user("ada", document(allow("sts:AssumeRole", [arn_of(tenant, "role/a"), elsewhere])))
    role(tenant, "a", "user/ada", allow("sts:AssumeRole"))
    role(tenant, "b", "role/a", allow("sts:AssumeRole"))
    role(tenant, "c", "role/b")
    role(tenant, "d", "user/admin")
    told = tenant.run("iamconsole:ListAssumableRoles", policy_source_arn=arn_of(tenant, "user/ada"))
    assert [(step.role.rpartition("/")[2], step.hops) for step in told.role_steps] == [("a", 1), ("b", 2), ("c", 3)]
    assert (told.elsewhere, told.is_complete) == ([elsewhere], True)


def test_a_circle_of_roles_ends(tenant: Tenant) -> None:
    role(tenant, "a", "user/admin", allow("sts:AssumeRole"))
    role(tenant, "b", "role/a", allow("sts:AssumeRole"))
    tenant.run("iam:UpdateAssumeRolePolicy", role_name="a", policy_document=trusting({"AWS": arn_of(tenant, "role/b")}))
    told = tenant.run("iamconsole:ListAssumableRoles", policy_source_arn=arn_of(tenant, "role/a"))
    assert [step.role.rpartition("/")[2] for step in told.role_steps] == ["b"]


def test_a_group_becomes_nobody(tenant: Tenant) -> None:
    tenant.run("iam:CreateGroup", group_name="devs")
    with pytest.raises(InvalidInput):
        tenant.run("iamconsole:ListAssumableRoles", policy_source_arn=arn_of(tenant, "group/devs"))


def test_pages_tell_how_far_they_came(tenant: Tenant) -> None:
    for name in ("ada", "bob", "eve"):
        tenant.user(name, document(allow("s3:*")))
    first = ask(tenant, max_items=2)
    assert (len(first.principals), first.is_truncated) == (2, True)
    assert first.examined < first.total == 5
    rest = ask(tenant, marker=first.marker)
    assert (len(first.principals) + len(rest.principals), rest.examined) == (5, 5)


def test_a_question_that_takes_too_long_goes_on_on_the_next_page(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ada", "bob"):
        tenant.user(name, document(allow("s3:*")))
    monkeypatch.setattr(mapping, "Deadline", lambda: Deadline(seconds=-1.0))
    found, marker, pages = [], None, 0
    while True:
        told = ask(tenant, marker=marker)
        found += [each.principal for each in told.principals]
        marker, pages = told.marker, pages + 1
        if not told.is_truncated:
            break
    assert (len(found), pages) == (4, 4)


@pytest.mark.parametrize("members", [{"action_name": "s3:*"}, {"resource_arn": "reports"}, {"action_name": "s3x"}])
def test_questions_that_are_none(tenant: Tenant, members: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        ask(tenant, **members)


def test_no_principal_of_another_account_is_told(tenant: Tenant, other: Tenant) -> None:
    other.user("eve", document(allow()))
    assert "eve" not in verdicts(tenant)


ACTIONS = ("s3:GetObject", "s3:DeleteObject", "sqs:SendMessage")
STATEMENTS = st.lists(
    st.builds(
        lambda effect, action, resource, mfa: (
            {"Effect": effect, "Action": action, "Resource": resource} | ({"Condition": {"Bool": MFA}} if mfa else {})
        ),
        st.sampled_from(("Allow", "Allow", "Deny")),
        st.sampled_from((*ACTIONS, "s3:*", "*")),
        st.sampled_from(("*", "arn:aws:s3:::reports/*", "arn:aws:s3:::other/*")),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statements=STATEMENTS, action=st.sampled_from(ACTIONS))
def test_the_map_says_what_the_simulator_says(tenant: Tenant, statements: list[dict[str, Any]], action: str) -> None:
    if tenant.run("iam:ListUsers").users[-1].user_name != "zoe":
        tenant.user("zoe")
    tenant.run(
        "iam:PutUserPolicy",
        user_name="zoe",
        policy_name="p",
        policy_document=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    zoe = arn_of(tenant, "user/zoe")
    asked = {"action_names": [action], "resource_arns": ["arn:aws:s3:::reports/x"]}
    (trace,) = tenant.run("iamconsole:ExplainAccess", policy_source_arn=zoe, **asked).traces
    on_map = [each.verdict for each in ask(tenant, action_name=action).principals if each.principal == zoe]
    assert (on_map == ["allowed"]) is (trace.decision == "allowed")


def test_what_is_remembered_of_an_account_goes_with_its_next_change(tenant: Tenant) -> None:
    before = holdings.of_account(tenant.account_id)
    assert {each.holder.name for each in before} >= {"admin"}
    tenant.user("ada", document(allow("s3:*")))
    assert verdicts(tenant)["ada"] == "allowed"
    tenant.run("iam:DeleteUserPolicy", user_name="ada", policy_name="p0")
    assert "ada" not in verdicts(tenant)


def test_an_engine_fault_is_no_access(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: Any, _action: str, _resource: str) -> Any:
        raise reach.EngineFault("evaluation failed")

    monkeypatch.setattr(reach.Simulation, "decision", broken)
    assert verdicts(tenant) == {}

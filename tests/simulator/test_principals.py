"""SimulatePrincipalPolicy: what a user, group or role has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamconsole.kernel.errors import InvalidInput
from policies.engine import EngineFault
from policies.simulator import simulation
from tests.query.aws import EC2, READ_ONLY, refused, tags
from tests.simulator.asking import ANYTHING, admitting, allow, deny, entry, policy, principal, sources
from tests.support.tenants import Tenant

GETS, PUTS, LISTS = (policy(allow(f"s3:{verb}*")) for verb in ("Get", "Put", "List"))


@pytest.fixture
def arn(tenant: Tenant) -> Callable[[str], str]:
    return lambda name: f"arn:aws:iam::{tenant.account_id}:{name}"


@pytest.fixture
def ada(iam: Any, arn: Callable[[str], str]) -> str:
    """A user with an inline policy, in a group with another, with a managed policy of the account."""
    iam.create_user(UserName="ada", Path="/team/", Tags=tags(team="red"))
    iam.put_user_policy(UserName="ada", PolicyName="own", PolicyDocument=GETS)
    iam.create_group(GroupName="dev")
    iam.put_group_policy(GroupName="dev", PolicyName="shared", PolicyDocument=PUTS)
    iam.add_user_to_group(GroupName="dev", UserName="ada")
    made = iam.create_policy(PolicyName="lists", PolicyDocument=LISTS)["Policy"]["Arn"]
    iam.attach_group_policy(GroupName="dev", PolicyArn=made)
    iam.attach_user_policy(UserName="ada", PolicyArn=made)
    return arn("user/team/ada")


@pytest.fixture
def role(iam: Any, arn: Callable[[str], str]) -> str:
    iam.create_role(RoleName="app", Path="/svc/", AssumeRolePolicyDocument=EC2, Tags=tags(team="blue"))
    iam.put_role_policy(RoleName="app", PolicyName="own", PolicyDocument=GETS)
    return arn("role/svc/app")


def test_a_user_has_his_policies_and_those_of_his_groups(iam: Any, ada: str) -> None:
    decided = {
        action: sources(principal(iam, ada, action=f"s3:{action}"))
        for action in ("GetObject", "PutObject", "ListBucket", "DeleteObject")
    }
    assert decided == {
        "GetObject": [("user_ada_own", "user")],
        "PutObject": [("group_dev_shared", "group")],
        "ListBucket": [("lists", "user-managed")],
        "DeleteObject": [],
    }


def test_a_group_and_a_role(iam: Any, ada: str, role: str, arn: Callable[[str], str]) -> None:
    assert sources(principal(iam, arn("group/dev"), action="s3:PutObject")) == [("group_dev_shared", "group")]
    assert principal(iam, arn("group/dev"))["EvalDecision"] == "implicitDeny"
    assert sources(principal(iam, role)) == [("role_app_own", "role")]


def test_policies_of_aws(iam: Any, arn: Callable[[str], str]) -> None:
    result = principal(iam, arn("user/admin"))
    assert sources(result) == [("AdministratorAccess", "aws-managed")]


def test_the_default_version_counts(iam: Any, ada: str, arn: Callable[[str], str]) -> None:
    iam.create_policy_version(PolicyArn=arn("policy/lists"), PolicyDocument=ANYTHING, SetAsDefault=False)
    assert principal(iam, ada, action="s3:DeleteObject")["EvalDecision"] == "implicitDeny"
    iam.set_default_policy_version(PolicyArn=arn("policy/lists"), VersionId="v2")
    assert principal(iam, ada, action="s3:DeleteObject")["EvalDecision"] == "allowed"


def test_further_policies_are_added(iam: Any, ada: str) -> None:
    result = principal(iam, ada, PolicyInputList=[policy(deny("s3:GetObject"))])
    assert result["EvalDecision"] == "explicitDeny"
    assert sources(result) == [("PolicyInputList.1", "none")]


def test_the_attached_boundary_and_one_in_its_place(iam: Any, ada: str, arn: Callable[[str], str]) -> None:
    iam.create_policy(PolicyName="bound", PolicyDocument=policy(allow("ec2:*"), deny("s3:Put*")))
    assert "PermissionsBoundaryDecisionDetail" not in principal(iam, ada)
    iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=arn("policy/bound"))
    result = principal(iam, ada)
    assert result["EvalDecision"] == "implicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    assert sources(principal(iam, ada, action="s3:PutObject")) == [("bound", "user-managed")]
    result = principal(iam, ada, PermissionsBoundaryPolicyInputList=[policy(allow("s3:Get*"))])
    assert result["EvalDecision"] == "allowed"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
    exclusion = [{"PolicyType": "permission-boundary"}]
    result = principal(iam, ada, PolicyExclusionList=exclusion)
    assert result["EvalDecision"] == "allowed"
    assert "PermissionsBoundaryDecisionDetail" not in result


USER_FACTS = {"aws:username": "ada", "aws:PrincipalType": "User", "aws:PrincipalTag/team": "red"}


def test_what_is_known_of_a_user(iam: Any, tenant: Tenant, ada: str) -> None:
    unique_id = iam.get_user(UserName="ada")["User"]["UserId"]
    facts = {
        **USER_FACTS,
        "aws:PrincipalArn": ada,
        "aws:PrincipalAccount": tenant.account_id,
        "aws:userid": unique_id,
    }
    for text in (
        policy(allow("s3:Delete*", StringEquals=facts)),
        policy(allow("s3:Delete*", "arn:aws:s3:::b/${aws:username}/*")),
    ):
        result = principal(iam, ada, action="s3:DeleteObject", resource="arn:aws:s3:::b/ada/x", PolicyInputList=[text])
        assert (result["EvalDecision"], result["MissingContextValues"]) == ("allowed", [])


def test_what_is_known_of_a_role(iam: Any, tenant: Tenant, role: str) -> None:
    unique_id = iam.get_role(RoleName="app")["Role"]["RoleId"]
    facts = {
        "aws:PrincipalArn": role,
        "aws:PrincipalAccount": tenant.account_id,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalTag/Team": "blue",
    }
    asked = {"action": "s3:DeleteObject", "PolicyInputList": [policy(allow("s3:Delete*", StringEquals=facts))]}
    assert principal(iam, role, **asked)["EvalDecision"] == "allowed"
    session = f"arn:aws:sts::{tenant.account_id}:assumed-role/app/one"
    assert principal(iam, role, CallerArn=session, **asked)["EvalDecision"] == "allowed"
    named = policy(allow("s3:Delete*", StringEquals={"aws:userid": f"{unique_id}:one"}))
    result = principal(iam, role, action="s3:DeleteObject", CallerArn=session, PolicyInputList=[named])
    assert result["EvalDecision"] == "allowed"
    result = principal(iam, role, action="s3:DeleteObject", PolicyInputList=[named])
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("implicitDeny", ["aws:userid"])


@pytest.mark.parametrize("key", USER_FACTS)
def test_context_entries_stand_over_what_is_known(iam: Any, ada: str, key: str) -> None:
    text = policy(allow("s3:Delete*", StringEquals={key: "other"}))
    asked = {"action": "s3:DeleteObject", "PolicyInputList": [text]}
    assert principal(iam, ada, **asked)["EvalDecision"] == "implicitDeny"
    given = [entry(key.upper(), "other")]
    assert principal(iam, ada, ContextEntries=given, **asked)["EvalDecision"] == "allowed"


def test_calling_as_somebody_else_tells_nothing_of_him(iam: Any, ada: str, arn: Callable[[str], str]) -> None:
    """Whoever may ask about one user learns nothing of the tags of another."""
    iam.create_user(UserName="bob", Tags=tags(team="green"))
    text = policy(allow("s3:Delete*", StringEquals={"aws:username": "bob"}))
    tagged = policy(allow("s3:Delete*", StringLike={"aws:PrincipalTag/team": "*"}))
    asked = {"action": "s3:DeleteObject", "CallerArn": arn("user/bob")}
    assert principal(iam, ada, PolicyInputList=[text], **asked)["EvalDecision"] == "allowed"
    result = principal(iam, ada, PolicyInputList=[tagged], **asked)
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("implicitDeny", ["aws:PrincipalTag/team"])


def test_a_resource_policy_names_the_source(iam: Any, ada: str, role: str, arn: Callable[[str], str]) -> None:
    for source in (ada, role):
        text = admitting(source)
        result = principal(iam, source, action="s3:DeleteObject", ResourcePolicy=text)
        assert (result["EvalDecision"], sources(result)) == ("allowed", [("ResourcePolicy", "resource")])
    with refused("InvalidInput", "CallerArn: a ResourcePolicy says who may come in"):
        principal(iam, arn("group/dev"), ResourcePolicy=admitting(ada))
    assert principal(iam, arn("group/dev"), ResourcePolicy=admitting(ada), CallerArn=ada)["EvalDecision"] == "allowed"


EXCLUSIONS = {
    "inline": ({"PolicyType": "inline"}, {"ListBucket"}),
    "the account's own": ({"PolicyType": "user-managed"}, {"GetObject", "PutObject"}),
    "AWS's": ({"PolicyType": "aws-managed"}, {"GetObject", "PutObject", "ListBucket"}),
    "of an organization": ({"PolicyType": "scp"}, {"GetObject", "PutObject", "ListBucket"}),
    "by ARN": ({"PolicyArn": "ACCOUNT:policy/lists"}, {"GetObject", "PutObject"}),
    "by pattern": ({"PolicyArn": "ACCOUNT:policy/l?s*"}, {"GetObject", "PutObject"}),
    "by an ARN that nothing has": ({"PolicyArn": "ACCOUNT:policy/none"}, {"GetObject", "PutObject", "ListBucket"}),
    "a user's by name": (
        {"InlinePolicyIdentifier": {"PolicyName": "own", "AttachmentType": "user", "AttachmentName": "Ada"}},
        {"PutObject", "ListBucket"},
    ),
    "a group's by name": (
        {"InlinePolicyIdentifier": {"PolicyName": "shared", "AttachmentType": "group", "AttachmentName": "dev"}},
        {"GetObject", "ListBucket"},
    ),
    "another owner's": (
        {"InlinePolicyIdentifier": {"PolicyName": "own", "AttachmentType": "role", "AttachmentName": "ada"}},
        {"GetObject", "PutObject", "ListBucket"},
    ),
}


@pytest.mark.parametrize("name", EXCLUSIONS)
def test_policies_are_left_out(iam: Any, ada: str, arn: Callable[[str], str], name: str) -> None:
    identifier, left = EXCLUSIONS[name]
    identifier = {
        key: value.replace("ACCOUNT:", arn("")) if isinstance(value, str) else value
        for key, value in identifier.items()
    }
    answer = iam.simulate_principal_policy(
        PolicySourceArn=ada,
        ActionNames=["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
        PolicyExclusionList=[identifier],
    )
    allowed = [found["EvalActionName"] for found in answer["EvaluationResults"] if found["EvalDecision"] == "allowed"]
    assert allowed == [f"s3:{action}" for action in ("GetObject", "PutObject", "ListBucket") if action in left]


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("arn:aws:iam::*:policy/lists", "is not valid."),
        ("arn:aws:iam::aws:policy/*a*", "is not valid."),
        ("arn:aws:s3:::not-a-policy", "is not valid."),
    ],
)
def test_patterns_that_identify_no_policies(iam: Any, ada: str, pattern: str, sentence: str) -> None:
    with refused("InvalidInput", sentence):
        principal(iam, ada, PolicyExclusionList=[{"PolicyArn": READ_ONLY}, {"PolicyArn": pattern}])


def test_an_identifier_says_one_thing(tenant: Tenant, ada: str) -> None:
    for identifier in ({}, {"policy_type": "inline", "policy_arn": READ_ONLY}):
        with pytest.raises(InvalidInput, match=r"PolicyExclusionList\.1: give one of"):
            tenant.run(
                "iam:SimulatePrincipalPolicy",
                policy_source_arn=ada,
                action_names=["s3:GetObject"],
                policy_exclusion_list=[identifier],
            )


def test_sources_that_are_none(iam: Any, ada: str, tenant: Tenant, arn: Callable[[str], str]) -> None:
    for operation in (iam.get_context_keys_for_principal_policy, lambda **kw: principal(iam, kw["PolicySourceArn"])):
        for missing in ("user/none", "group/none", "role/none", "user/ada", "user/TEAM/ada"):
            with refused("NoSuchEntity", "cannot be found."):
                operation(PolicySourceArn=arn(missing))
        for wrong in (arn("policy/lists"), arn("root"), f"arn:aws:sts::{tenant.account_id}:assumed-role/app/one"):
            with refused("InvalidInput", "is not the ARN of an IAM user, group or role."):
                operation(PolicySourceArn=wrong)


def test_the_source_is_what_the_asker_needs_a_right_to(iam: Any, ada: str, role: str, tenant: Tenant) -> None:
    text = policy(allow(["iam:SimulatePrincipalPolicy", "iam:GetContextKeysForPrincipalPolicy"], ada))
    helper = tenant.client("iam", tenant.user("helper", text))
    assert principal(helper, ada)["EvalDecision"] == "allowed"
    helper.get_context_keys_for_principal_policy(PolicySourceArn=ada)
    for source in (role, "arn:aws:iam::999999999999:user/ada"):
        with refused("AccessDenied", f"iam:SimulatePrincipalPolicy on resource: {source}"):
            principal(helper, source)
        with refused("AccessDenied"):
            helper.get_context_keys_for_principal_policy(PolicySourceArn=source)
    with refused("AccessDenied"):
        helper.simulate_custom_policy(PolicyInputList=[ANYTHING], ActionNames=["s3:GetObject"])
    with refused("AccessDenied"):
        principal(iam, "arn:aws:iam::999999999999:user/ada")


def test_what_is_simulated_is_what_is_enforced(iam: Any, tenant: Tenant) -> None:
    """The same user, policies and actions: asked of the simulator, and done."""
    text = policy(
        allow("iam:List*"),
        deny("iam:ListRoles"),
        allow("iam:GetUser", "arn:aws:iam::*:user/${aws:username}"),
        allow("iam:GetGroup", StringEquals={"aws:PrincipalTag/team": "red"}),
    )
    bob = tenant.client("iam", tenant.user("bob", text, tags=[{"key": "team", "value": "red"}]))
    iam.create_group(GroupName="g")
    source = f"arn:aws:iam::{tenant.account_id}:user"
    asked: list[tuple[str, str, Callable[[], Any]]] = [
        ("iam:ListUsers", f"{source}/", bob.list_users),
        ("iam:ListRoles", f"arn:aws:iam::{tenant.account_id}:role/", bob.list_roles),
        ("iam:GetUser", f"{source}/bob", lambda: bob.get_user(UserName="bob")),
        ("iam:GetUser", f"{source}/admin", lambda: bob.get_user(UserName="admin")),
        ("iam:GetGroup", f"arn:aws:iam::{tenant.account_id}:group/g", lambda: bob.get_group(GroupName="g")),
    ]
    decisions = []
    for action, resource, act in asked:
        decision = principal(iam, f"{source}/bob", action=action, resource=resource)["EvalDecision"]
        decisions.append(decision)
        if decision == "allowed":
            act()
        else:
            with refused("AccessDenied", "explicit deny" if decision == "explicitDeny" else "because no"):
                act()
    assert decisions == ["allowed", "explicitDeny", "allowed", "implicitDeny", "allowed"]


def test_policies_that_cannot_be_evaluated(iam: Any, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> None:
        raise EngineFault("evaluation failed: too deep")

    monkeypatch.setattr(simulation, "authorize", fail)
    with refused("PolicyEvaluation", "evaluation failed: too deep"):
        principal(iam, ada)

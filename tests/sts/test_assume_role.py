"""AssumeRole: who may, with what, for how long, and as whom."""

from __future__ import annotations

from typing import Any

import pytest

from tests.query.aws import ANYTHING, allow, deny, document, refused, root_client, tags
from tests.sts.sessions import ASSUMING, ada_and_app, assume, role, role_arn, trust, user_arn
from tests.support.tenants import Tenant, open_account


def test_a_session_is_its_role_and_name(tenant: Tenant) -> None:
    sts = ada_and_app(tenant)
    made = sts.assume_role(RoleArn=role_arn(tenant, "app"), RoleSessionName="me")
    credentials = made["Credentials"]
    role_id = tenant.run("iam:GetRole", role_name="app").role.role_id
    session_arn = f"arn:aws:sts::{tenant.account_id}:assumed-role/app/me"
    assert made["AssumedRoleUser"] == {"AssumedRoleId": f"{role_id}:me", "Arn": session_arn}
    assert credentials["AccessKeyId"].startswith("ASIA")
    assert (len(credentials["AccessKeyId"]), len(credentials["SecretAccessKey"])) == (20, 40)
    assert made["SessionTokenSize"] == len(credentials["SessionToken"]) < 1024
    assert "PackedPolicySize" not in made
    who = tenant.client("sts", credentials).get_caller_identity()
    assert (who["Arn"], who["UserId"], who["Account"]) == (session_arn, f"{role_id}:me", tenant.account_id)
    assert tenant.client("iam", credentials).list_users()["Users"]


def test_the_path_of_a_role_is_no_part_of_its_sessions(tenant: Tenant) -> None:
    key = tenant.user("ada")
    role(tenant, "app", trust(user_arn(tenant, "ada")), path="/team/")
    sts = tenant.client("sts", key)
    made = sts.assume_role(RoleArn=f"arn:aws:iam::{tenant.account_id}:role/team/app", RoleSessionName="me")
    assert made["AssumedRoleUser"]["Arn"].endswith(":assumed-role/app/me")
    with refused("AccessDenied"):
        assume(sts, tenant)  # without the path


@pytest.mark.parametrize(
    ("wanted", "given", "allowed"),
    [
        ("x-1", "x-1", True),
        ("x-1", None, False),
        ("x-1", "X-1", False),
        ("x-1", "x-10", False),
        ("x-1", "x-2", False),
        ("x-1", "xx", False),
    ],
)
def test_external_id(tenant: Tenant, wanted: str, given: str | None, allowed: bool) -> None:
    sts = ada_and_app(tenant, StringEquals={"sts:ExternalId": wanted})
    members = {"ExternalId": given} if given else {}
    if allowed:
        assert assume(sts, tenant, **members)
    else:
        with refused("AccessDenied", "because no role trust policy allows the sts:AssumeRole action"):
            assume(sts, tenant, **members)


@pytest.mark.parametrize("given", ["", "x", "*?", "x-*"])
def test_an_external_id_that_is_none(tenant: Tenant, given: str) -> None:
    sts = ada_and_app(tenant, StringLike={"sts:ExternalId": "x-1"})
    with pytest.raises(Exception, match=r"ValidationError|Invalid length"):
        assume(sts, tenant, ExternalId=given)


@pytest.mark.parametrize(
    ("trusted", "own", "allowed"),
    [
        ("user", None, True),
        ("account", None, False),
        ("account", "allow", True),
        ("other", "allow", False),
        ("user", "deny", False),
        ("anyone", None, True),
    ],
)
def test_within_the_account(tenant: Tenant, trusted: str, own: str | None, allowed: bool) -> None:
    documents = {None: (), "allow": (ASSUMING,), "deny": (document(deny("sts:AssumeRole")),)}[own]
    key = tenant.user("ada", *documents)
    tenant.user("bob")
    named = {
        "user": user_arn(tenant, "ada"),
        "account": tenant.account_id,
        "other": user_arn(tenant, "bob"),
        "anyone": "*",
    }[trusted]
    role(tenant, "app", trust(named))
    sts = tenant.client("sts", key)
    if allowed:
        assert assume(sts, tenant)
    else:
        with refused("AccessDenied", "is not authorized to perform: sts:AssumeRole on resource"):
            assume(sts, tenant)


@pytest.mark.parametrize(
    ("trusted", "own", "allowed"),
    [("user", True, True), ("account", True, True), ("user", False, False), ("none", True, False)],
)
def test_across_accounts_both_must_allow(tenant: Tenant, app: Any, trusted: str, own: bool, allowed: bool) -> None:
    there = open_account(app)
    sts = tenant.client("sts", tenant.user("ada", *((ASSUMING,) if own else ())))
    named = {"user": user_arn(tenant, "ada"), "account": tenant.account_id, "none": there.account_id}[trusted]
    role(there, "app", trust(named), ANYTHING)
    if not allowed:
        with refused("AccessDenied"):
            assume(sts, there)
        return
    credentials = assume(sts, there)
    who = tenant.client("sts", credentials).get_caller_identity()
    assert who["Account"] == there.account_id
    assert tenant.client("iam", credentials).list_account_aliases()["AccountAliases"] == [there.alias]


def test_a_role_that_does_not_exist_is_denied_in_the_same_words(tenant: Tenant) -> None:
    sts = tenant.client("sts")
    role(tenant, "app", trust({"Service": "ec2.amazonaws.com"}))
    said = []
    for name in ("app", "nil"):
        with pytest.raises(sts.exceptions.ClientError) as caught:
            assume(sts, tenant, name)
        said.append(caught.value.response["Error"]["Message"].replace(f"role/{name}", "role/NAME").split(". To see")[0])
    assert said[0] == said[1]


@pytest.mark.parametrize("arn", ["arn:aws:iam::{0}:user/ada", "arn:aws:iam::12:role/app", "arn:aws:sts::{0}:role/app"])
def test_what_is_no_role(tenant: Tenant, arn: str) -> None:
    with refused("ValidationError", "is invalid"):
        tenant.client("sts").assume_role(RoleArn=arn.format(tenant.account_id), RoleSessionName="me")


def test_root_may_not_assume_roles(tenant: Tenant) -> None:
    role(tenant, "app", trust(tenant.account_id))
    for name in ("app", "nil"):
        with refused("AccessDenied", "Roles may not be assumed by root accounts."):
            assume(root_client(tenant, "sts"), tenant, name)


@pytest.mark.parametrize(
    ("most", "asked", "code"),
    [
        (3600, 900, None),
        (3600, 3600, None),
        (3600, 3601, "ValidationError"),
        (43200, 43200, None),
        (7200, 7201, "ValidationError"),
    ],
)
def test_durations(tenant: Tenant, most: int, asked: int, code: str | None) -> None:
    sts = tenant.client("sts", tenant.user("ada"))
    role(tenant, "app", trust(user_arn(tenant, "ada")), max_session_duration=most)
    if code is None:
        assert assume(sts, tenant, DurationSeconds=asked)
    else:
        with refused(code, "exceeds the MaxSessionDuration set for this role."):
            assume(sts, tenant, DurationSeconds=asked)


def chained(tenant: Tenant, *, action: Any = "sts:*") -> Any:
    """The STS client of a session of app, which role next trusts."""
    ada = ada_and_app(tenant)
    role(tenant, "next", trust(role_arn(tenant, "app"), action), ANYTHING, max_session_duration=43200)
    return ada


def test_chaining_is_bounded_to_an_hour(tenant: Tenant) -> None:
    hop = tenant.client("sts", assume(chained(tenant), tenant))
    assert assume(hop, tenant, "next", DurationSeconds=3600)
    with refused("ValidationError", "1 hour session limit for roles assumed by role chaining"):
        assume(hop, tenant, "next", DurationSeconds=3601)


def test_a_role_does_not_trust_itself(tenant: Tenant) -> None:
    hop = tenant.client("sts", assume(ada_and_app(tenant), tenant))
    with refused("AccessDenied"):
        assume(hop, tenant)


def test_session_tags_need_tag_session_on_both_sides(tenant: Tenant) -> None:
    sts = ada_and_app(tenant, action="sts:AssumeRole")
    with refused("AccessDenied", "sts:TagSession"):
        assume(sts, tenant, Tags=tags(team="red"))
    role(tenant, "tagged", trust(tenant.account_id, ["sts:AssumeRole", "sts:TagSession"]))
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="p", policy_document=ASSUMING)
    with refused("AccessDenied", "because no identity-based policy allows the sts:TagSession action"):
        assume(sts, tenant, "tagged", Tags=tags(team="red"))


def test_session_tags_are_the_principals_and_override_the_roles(tenant: Tenant) -> None:
    wants = document(allow("iam:ListUsers", StringEquals={"aws:PrincipalTag/team": "red"}))
    sts = tenant.client("sts", tenant.user("ada"))
    blue = [{"Key": "Team", "Value": "blue"}]
    role(tenant, "app", trust(user_arn(tenant, "ada"), "sts:*"), wants, tags=blue)
    with refused("AccessDenied"):
        tenant.client("iam", assume(sts, tenant)).list_users()
    assert tenant.client("iam", assume(sts, tenant, Tags=tags(team="red"))).list_users()


def test_transitive_tags_go_down_the_chain_and_cannot_be_changed(tenant: Tenant) -> None:
    ada = chained(tenant)
    condition = {"StringEquals": {"aws:PrincipalTag/team": "red"}, "Null": {"aws:PrincipalTag/color": "true"}}
    tenant.run(
        "iam:PutRolePolicy",
        role_name="next",
        policy_name="p0",
        policy_document=document(allow("iam:ListUsers", **condition)),
    )
    hop = tenant.client("sts", assume(ada, tenant, Tags=tags(team="red", color="dark"), TransitiveTagKeys=["Team"]))
    assert tenant.client("iam", assume(hop, tenant, "next")).list_users()
    with refused("InvalidParameterValue", "conflicts with a transitive tag key from the calling session"):
        assume(hop, tenant, "next", Tags=tags(TEAM="blue"))


def test_handing_tags_down_needs_tag_session(tenant: Tenant) -> None:
    ada = chained(tenant, action="sts:AssumeRole")
    hop = tenant.client("sts", assume(ada, tenant, Tags=tags(team="red"), TransitiveTagKeys=["team"]))
    with refused("AccessDenied", "sts:TagSession"):
        assume(hop, tenant, "next")
    assert assume(tenant.client("sts", assume(ada, tenant, Tags=tags(team="red"))), tenant, "next")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]}, "Duplicate tag keys"),
        ({"TransitiveTagKeys": ["team"]}, "must be included in the requested tags"),
        ({"Tags": [{"Key": "aws:x", "Value": "1"}]}, "belong to the system"),
    ],
)
def test_tags_that_are_refused(tenant: Tenant, given: dict[str, Any], text: str) -> None:
    with refused("InvalidParameterValue", text):
        assume(ada_and_app(tenant), tenant, **given)


def test_conditions_on_tags_of_the_request(tenant: Tenant) -> None:
    sts = ada_and_app(tenant, StringEquals={"aws:RequestTag/team": "red", "sts:RoleSessionName": "me"})
    assert assume(sts, tenant, Tags=tags(team="red"))
    for members in ({"Tags": tags(team="blue")}, {}, {"Tags": tags(team="red"), "session": "you"}):
        with refused("AccessDenied"):
            assume(sts, tenant, **members)


def test_source_identity_stays_for_the_whole_chain(tenant: Tenant) -> None:
    ada = chained(tenant)
    wants = document(allow("iam:ListUsers", StringEquals={"aws:SourceIdentity": "ada-at-work"}))
    tenant.run("iam:PutRolePolicy", role_name="next", policy_name="p0", policy_document=wants)
    hop = tenant.client("sts", assume(ada, tenant, SourceIdentity="ada-at-work"))
    made = hop.assume_role(RoleArn=role_arn(tenant, "next"), RoleSessionName="hop")
    assert made["SourceIdentity"] == "ada-at-work"
    assert tenant.client("iam", made["Credentials"]).list_users()
    with refused("AccessDenied", "source identity"):
        assume(hop, tenant, "next", SourceIdentity="somebody-else")


@pytest.mark.parametrize("given", [{"SourceIdentity": "ada-at-work"}, {}])
def test_source_identity_needs_its_permission(tenant: Tenant, given: dict[str, str]) -> None:
    ada = chained(tenant, action="sts:AssumeRole")
    hop = tenant.client("sts", assume(ada, tenant, **({} if given else {"SourceIdentity": "ada-at-work"})))
    with refused("AccessDenied", "sts:SetSourceIdentity"):
        assume(hop, tenant, "next", **given)


def test_provided_contexts_are_refused(tenant: Tenant) -> None:
    context = {"ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter", "ContextAssertion": "none"}
    with refused("ValidationError", "No context provider"):
        assume(ada_and_app(tenant), tenant, ProvidedContexts=[context])


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"SerialNumber": "arn:aws:iam::1:mfa/x"}, "must provide both"),
        ({"TokenCode": "123456"}, "must provide both"),
        ({"SerialNumber": "arn:aws:iam::1:mfa/x", "TokenCode": "123456"}, "MultiFactorAuthentication failed"),
    ],
)
def test_mfa_that_proves_nothing(tenant: Tenant, given: dict[str, str], text: str) -> None:
    with refused("AccessDenied", text):
        assume(ada_and_app(tenant), tenant, **given)


def test_mfa_counts_for_the_trust_policy(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    sts = ada_and_app(tenant, Bool={"aws:MultiFactorAuthPresent": "true"})
    with refused("AccessDenied", "role trust policy"):
        assume(sts, tenant)
    seen = []
    monkeypatch.setattr("accounts.sts.mfa.verify_code", lambda user, **given: seen.append((user.name, given["code"])))
    credentials = assume(sts, tenant, SerialNumber="arn:aws:iam::1:mfa/x", TokenCode="123456")
    assert seen == [("ada", "123456")]
    wants = document(allow("iam:ListUsers", Bool={"aws:MultiFactorAuthPresent": "true"}))
    tenant.run("iam:PutRolePolicy", role_name="app", policy_name="p0", policy_document=wants)
    with refused("AccessDenied"):
        tenant.client("iam", credentials).list_users()  # AWS: the role's session does not carry it on

"""What the engine decides with the policies that cover a resource, as the projection gives them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamconsole.replication.models import ProjectedDocument, ProjectedRow
from iamconsole.replication.projection import policy_sets
from iamconsole.replication.projection.resource_policies import covering
from iamconsole.replication.projection.rows import HOME
from policies.engine import (
    Bound,
    Layer,
    Outcome,
    Policies,
    PolicyKind,
    Principal,
    PrincipalType,
    Request,
    Source,
    authorize,
    compiled,
)
from tests.services.examples import BUCKET, attach, document, order, register
from tests.support.tenants import Tenant

READ = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)
KEY = f"{BUCKET}/2026/january.csv"


def user(tenant: Tenant, name: str = "ada", *documents: str) -> Principal:
    """A new user of the account, as the engine knows him."""
    made = tenant.run("iam:CreateUser", user_name=name).user
    for text in documents:
        tenant.run("iam:PutUserPolicy", user_name=name, policy_name="p", policy_document=text)
    return Principal(PrincipalType.USER, tenant.account_id, made.arn, made.user_id, made.user_id)


def session(tenant: Tenant, trust: str, name: str = "reader") -> Principal:
    """A session of a new role."""
    made = tenant.run("iam:CreateRole", role_name=name, assume_role_policy_document=trust).role
    arn = f"arn:aws:sts::{tenant.account_id}:assumed-role/{name}/s"
    return Principal(
        PrincipalType.ROLE_SESSION, tenant.account_id, arn, f"{made.role_id}:s", made.role_id, role_arn=made.arn
    )


def decide(owner: Tenant, principal: Principal, resource: str = KEY, action: str = "s3:GetObject") -> Any:
    kind = "user" if principal.type is PrincipalType.USER else "role"
    assert principal.account
    own = policy_sets.of(kind, principal.unique_id, principal.account).policies
    policies = Policies(identity=own.identity, resource=covering(owner.account_id, resource, HOME))
    return authorize(Request(principal, action, resource, {}, owner.account_id), policies)


def allowed(owner: Tenant, principal: Principal, resource: str = KEY, action: str = "s3:GetObject") -> bool:
    return bool(decide(owner, principal, resource, action).allowed)


def trusting(arn: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_the_policy_of_a_bucket_speaks_of_what_lies_in_it(tenant: Tenant) -> None:
    ada = user(tenant)
    assert not allowed(tenant, ada)
    attach(tenant, BUCKET, document(ada.arn, resource=f"{BUCKET}/2026/*"))
    assert allowed(tenant, ada)
    assert not allowed(tenant, ada, f"{BUCKET}/2025/january.csv")
    assert not allowed(tenant, ada, f"{BUCKET}-old/2026/january.csv")
    assert not allowed(tenant, ada, action="s3:PutObject")
    assert not allowed(tenant, user(tenant, "bob"))


def test_resources_of_registered_services_have_policies_too(tenant: Tenant) -> None:
    register(tenant)
    ada = user(tenant)
    attach(tenant, order(tenant), document(ada.arn, action="orders:Get*"))
    assert allowed(tenant, ada, order(tenant), "orders:GetOrder")
    assert allowed(tenant, ada, f"{order(tenant)}/line/3", "orders:GetOrder")
    assert not allowed(tenant, ada, order(tenant, "12"), "orders:GetOrder")


def test_naming_the_account_leaves_the_word_to_its_policies(tenant: Tenant) -> None:
    attach(tenant, BUCKET, document(tenant.account_id))
    assert decide(tenant, user(tenant)).denied_by is Layer.IDENTITY
    assert allowed(tenant, user(tenant, "bob", READ))


def test_across_accounts_both_must_allow(tenant: Tenant, other: Tenant) -> None:
    with_policy, without = user(other, "ada", READ), user(other, "bob")
    assert decide(tenant, with_policy).denied_by is Layer.RESOURCE
    attach(tenant, BUCKET, document([with_policy.arn, without.arn]))
    assert allowed(tenant, with_policy)
    assert decide(tenant, without).denied_by is Layer.IDENTITY


def test_a_deny_on_the_bucket_is_final(tenant: Tenant) -> None:
    ada = user(tenant, "ada", READ)
    attach(tenant, KEY, document(ada.arn))
    assert allowed(tenant, ada)
    attach(tenant, BUCKET, document("*", effect="Deny"))
    assert decide(tenant, ada).outcome is Outcome.EXPLICIT_DENY
    tenant.run("iamconsole:DeleteResourcePolicy", resource_arn=BUCKET)
    assert allowed(tenant, ada)


def test_a_user_who_was_created_anew_is_somebody_else(tenant: Tenant, other: Tenant) -> None:
    ada = user(other, "ada", READ)
    attach(tenant, BUCKET, document(ada.arn))
    other.run("iam:DeleteUserPolicy", user_name="ada", policy_name="p")
    other.run("iam:DeleteUser", user_name="ada")
    again = user(other, "ada", READ)
    assert again.arn == ada.arn
    assert not allowed(tenant, again)
    attach(tenant, BUCKET, document(ada.arn))
    assert allowed(tenant, again)


def test_a_user_who_was_renamed_is_the_same(tenant: Tenant) -> None:
    ada = user(tenant)
    attach(tenant, BUCKET, document(ada.arn))
    tenant.run("iam:UpdateUser", user_name="ada", new_user_name="lovelace")
    renamed = Principal(ada.type, ada.account, ada.arn.replace("ada", "lovelace"), ada.id, ada.unique_id)
    assert allowed(tenant, renamed)
    assert not allowed(tenant, user(tenant, "ada"))


def test_a_role_that_was_created_anew_is_another(tenant: Tenant) -> None:
    trust = trusting(tenant.account_id)
    reader = session(tenant, trust)
    attach(tenant, BUCKET, document(reader.role_arn))
    assert allowed(tenant, reader)
    tenant.run("iam:DeleteRole", role_name="reader")
    again = session(tenant, trust)
    assert again.role_arn == reader.role_arn
    assert not allowed(tenant, again)


def test_a_denied_user_who_was_created_anew_is_not_denied(tenant: Tenant) -> None:
    ada = user(tenant)
    attach(tenant, BUCKET, document(ada.arn, effect="Deny"))
    assert decide(tenant, ada).outcome is Outcome.EXPLICIT_DENY
    tenant.run("iam:DeleteUser", user_name="ada")
    assert decide(tenant, user(tenant, "ada", READ)).allowed


def test_trust_policies_are_bound_alike(tenant: Tenant, other: Tenant) -> None:
    assume = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}
    )
    ada = user(other, "ada", assume)
    role = tenant.run("iam:CreateRole", role_name="r", assume_role_policy_document=trusting(ada.arn)).role

    def may_assume(principal: Principal, text: str = "trust_bound") -> bool:
        body = ProjectedRow.objects.get(kind="role", id=role.role_id).body
        trust = compiled(ProjectedDocument.objects.get(pk=body[text]).text, PolicyKind.TRUST)
        own = policy_sets.of("user", principal.unique_id, other.account_id).policies
        policies = Policies(
            identity=own.identity,
            resource=(Bound(Source(role.role_id, "resource", role.arn), trust),),
            resource_must_allow=True,
        )
        return authorize(Request(principal, "sts:AssumeRole", role.arn, {}, tenant.account_id), policies).allowed

    assert may_assume(ada)
    other.run("iam:DeleteUserPolicy", user_name="ada", policy_name="p")
    other.run("iam:DeleteUser", user_name="ada")
    again = user(other, "ada", assume)
    assert not may_assume(again)
    assert may_assume(again, "trust"), "the text as written goes by name: decide by the bound one"


def test_nearest_last_and_nothing_beside(tenant: Tenant, other: Tenant) -> None:
    for arn in (KEY, BUCKET, f"{BUCKET}/2026", f"{BUCKET}/20", f"{BUCKET}/2026/january", f"{BUCKET}-2"):
        attach(tenant, arn, document("*"))
    attach(other, BUCKET, document("*", effect="Deny"))
    found = covering(tenant.account_id, KEY, HOME)
    assert [bound.source.arn for bound in found] == [BUCKET, f"{BUCKET}/2026", KEY]
    assert {bound.source.type for bound in found} == {"resource"}
    assert {bound.compiled.kind for bound in found} == {PolicyKind.RESOURCE}


@pytest.mark.parametrize("arn", ["*", "", "arn:aws:s3", "arn:aws:s3:::", f"{BUCKET}/{'x/' * 5000}"])
def test_whatever_is_asked_for_gets_an_answer(tenant: Tenant, arn: str) -> None:
    attach(tenant, BUCKET, document("*"))
    assert [bound.source.arn for bound in covering(tenant.account_id, arn, HOME)] == ([BUCKET] if BUCKET in arn else [])


def test_it_costs_two_queries_however_deep(tenant: Tenant, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert covering(tenant.account_id, KEY, HOME) == ()
    for arn in (KEY, BUCKET, f"{BUCKET}/2026"):
        attach(tenant, arn, document("*", resource=arn))
    with django_assert_num_queries(2):
        assert len(covering(tenant.account_id, KEY, HOME)) == 3
    tenant.run("iamconsole:DeleteResourcePolicy", resource_arn=KEY)
    with django_assert_num_queries(2):
        assert len(covering(tenant.account_id, KEY, HOME)) == 2

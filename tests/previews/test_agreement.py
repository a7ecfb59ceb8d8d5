"""What a preview says is what saving does: asked before, saved for real, asked again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from iamconsole.audit.history.recorder import recorder
from iamconsole.kernel import clock
from iamconsole.kernel.errors import AccessDenied
from iamconsole.replication import freshness
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_user
from iamconsole.runtime.decisions.answers import Answering
from iamconsole.runtime.decisions.names import principal_name
from tests.decisions.asking import arn
from tests.engine import pools
from tests.engine.strategies import documents
from tests.support.tenants import Tenant, run

NAMED = {"account": pools.HERE, "arn": "", "id": "", "unique_id": "", "role_arn": None, "issuer_arn": None}
DOCUMENTS = documents("identity", NAMED).map(json.dumps)
ASKED = [(action, resource) for action in pools.ACTIONS for resource in pools.RESOURCES]
Circumstances = tuple[tuple[str, tuple[str, ...]], ...]


def allowed(tenant: Tenant, action: str, resource: str, circumstances: Circumstances = ()) -> bool:
    """What the decision doors say of ada now."""
    name = principal_name(arn(tenant, "user/ada"))
    assert name
    answering = Answering(freshness.view(), now=clock.now())
    subject = answering.subject(name)
    assert subject
    facts = {key: values[0] if len(values) == 1 else values for key, values in circumstances}
    stated = {"aws:ResourceAccount": tenant.account_id} | facts
    known = {key.lower() for key in subject.facts}
    stated = {key: value for key, value in stated.items() if key.lower() not in known}
    return answering.about(subject, action, resource, stated).allowed


def publish(tenant: Tenant, policy: str, text: str) -> None:
    """Make the text the default version, and leave only that one."""
    tenant.run("iam:CreatePolicyVersion", policy_arn=policy, policy_document=text, set_as_default=True)
    for version in tenant.run("iam:ListPolicyVersions", policy_arn=policy).versions:
        if not version.is_default_version:
            tenant.run("iam:DeletePolicyVersion", policy_arn=policy, version_id=version.version_id)


def come_true(tenant: Tenant, answer: Any, was: dict[tuple[str, str], bool], save: Callable[[], object]) -> set[str]:
    """Save what was previewed and hold the decisions against it; gives the effects that were told."""
    told = {
        (each.action, each.resource, tuple((c.key, tuple(c.values)) for c in each.circumstances)): each.effect
        for each in answer.changes
    }
    held = {question: allowed(tenant, *question) for question in told}
    save()
    for question, effect in told.items():
        assert held[question] is (effect == "Loses"), question
        assert allowed(tenant, *question) is (effect == "Gains"), question
    changed = {question for question in ASKED if allowed(tenant, *question) is not was[question]}
    assert changed <= {(action, resource) for action, resource, _ in told}
    return set(told.values())


def test_a_preview_agrees_with_what_publishing_does(tenant: Tenant) -> None:
    first = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"x:y","Resource":"*"}]}'
    policy = tenant.run("iam:CreatePolicy", policy_name="Changing", policy_document=first).policy.arn
    tenant.run("iam:CreateUser", user_name="ada", tags=[{"key": "team", "value": "blue"}])
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn=policy)
    effects: set[str] = set()

    @given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def agrees(before: str, after: str, beside: str) -> None:
        publish(tenant, policy, before)
        tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="beside", policy_document=beside)
        was = {question: allowed(tenant, *question) for question in ASKED}
        assert recorder.flush()
        answer = tenant.run("iamconsole:PreviewPolicyChange", policy_arn=policy, policy_document=after)
        effects.update(come_true(tenant, answer, was, lambda: publish(tenant, policy, after)))
        recorder.forget()
        cache.clear()

    agrees()
    assert effects == {"Gains", "Loses"}


# --- operations that are not run yet ----------------------------------------------------------------------

ADA, DATA = {"user_name": "ada"}, {"group_name": "data"}
OWN, THEIRS = {**ADA, "policy_name": "own"}, {**DATA, "policy_name": "theirs"}
CHANGES = (
    {"action": "iam:PutUserPolicy", **OWN, "policy_document": True},
    {"action": "iam:DeleteUserPolicy", **OWN},
    {"action": "iam:PutGroupPolicy", **THEIRS, "policy_document": True},
    {"action": "iam:AttachUserPolicy", **ADA, "policy_arn": "Fixed"},
    {"action": "iam:DetachGroupPolicy", **DATA, "policy_arn": "Changing"},
    {"action": "iam:PutUserPermissionsBoundary", **ADA, "permissions_boundary": "Fixed"},
    {"action": "iam:DeleteUserPermissionsBoundary", **ADA},
    {"action": "iam:RemoveUserFromGroup", **DATA, **ADA},
)


def arranged(tenant: Tenant, before: str, beside: str) -> None:
    """Ada as she is before each change: with policies of her own and of her group, under a boundary."""
    publish(tenant, arn(tenant, "policy/Changing"), beside)
    tenant.run("iam:PutUserPolicy", **OWN, policy_document=before)
    tenant.run("iam:PutGroupPolicy", **THEIRS, policy_document=before)
    tenant.run("iam:AddUserToGroup", **DATA, **ADA)
    tenant.run("iam:AttachGroupPolicy", **DATA, policy_arn=arn(tenant, "policy/Changing"))
    tenant.run("iam:PutUserPermissionsBoundary", **ADA, permissions_boundary=arn(tenant, "policy/Changing"))
    attached = tenant.run("iam:ListAttachedUserPolicies", **ADA).attached_policies
    for policy in attached:
        tenant.run("iam:DetachUserPolicy", **ADA, policy_arn=policy.policy_arn)


def test_a_preview_of_an_operation_agrees_with_running_it(tenant: Tenant) -> None:
    anything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    tenant.run("iam:CreateUser", **ADA, tags=[{"key": "team", "value": "blue"}])
    tenant.run("iam:CreateGroup", **DATA)
    for name in ("Changing", "Fixed"):
        tenant.run("iam:CreatePolicy", policy_name=name, policy_document=anything)
    effects: set[str] = set()

    @given(st.sampled_from(CHANGES), DOCUMENTS, DOCUMENTS, DOCUMENTS)
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    def agrees(change: dict[str, Any], before: str, after: str, beside: str) -> None:
        arranged(tenant, before, beside)
        named = {name: arn(tenant, f"policy/{change[name]}") for name in change if name in POLICIES}
        change = change | named | ({"policy_document": after} if "policy_document" in change else {})
        publish(tenant, arn(tenant, "policy/Fixed"), after)
        was = {question: allowed(tenant, *question) for question in ASKED}
        assert recorder.flush()
        answer = tenant.run("iamconsole:PreviewAccessChange", changes=[change])
        members = {name: value for name, value in change.items() if name != "action"}
        effects.update(come_true(tenant, answer, was, lambda: tenant.run(str(change["action"]), **members)))
        recorder.forget()
        cache.clear()

    agrees()
    assert effects


POLICIES = ("policy_arn", "permissions_boundary")


def test_a_preview_of_a_trust_policy_agrees_with_assuming(tenant: Tenant) -> None:
    """Whoever is told to gain is let in once it is saved, and was not before; the others stay as they were."""
    people = ("ada", "bob", "cay")
    for name in people:
        tenant.run("iam:CreateUser", user_name=name)
    tenant.run("iam:PutUserPolicy", user_name="bob", policy_name="may", policy_document=ASSUMING)
    trusts = [_trusting(arn(tenant, who)) for who in ("user/ada", "user/cay", "root")]
    tenant.run("iam:CreateRole", role_name="job", assume_role_policy_document=trusts[0])

    def assumes(name: str) -> bool:
        call = calls.call_for(of_user(User.objects.get(account_id=tenant.account_id, name=name)), door="query")
        try:
            run(call, "sts:AssumeRole", role_arn=arn(tenant, "role/job"), role_session_name="trying")
        except AccessDenied:
            return False
        return True

    for text in (trusts[1], trusts[2], trusts[0]):
        change = {"action": "iam:UpdateAssumeRolePolicy", "role_name": "job", "policy_document": text}
        was = {name: assumes(name) for name in people}
        told = {each.principal: each.effect for each in _preview(tenant, change).changes}
        tenant.run("iam:UpdateAssumeRolePolicy", role_name="job", policy_document=text)
        for name in people:
            is_now = {"Gains": True, "Loses": False}.get(told.get(arn(tenant, f"user/{name}"), ""), was[name])
            assert assumes(name) is is_now, (name, text)


ASSUMING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}'


def _trusting(who: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": who}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _preview(tenant: Tenant, change: dict[str, Any]) -> Any:
    return tenant.run("iamconsole:PreviewAccessChange", changes=[change])

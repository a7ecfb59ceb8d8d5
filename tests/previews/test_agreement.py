"""What a preview says is what publishing does: asked before, published for real, asked again."""

from __future__ import annotations

import json

from django.core.cache import cache
from hypothesis import HealthCheck, given, settings

from iamconsole.audit.history.recorder import recorder
from iamconsole.kernel import clock
from iamconsole.replication import freshness
from iamconsole.runtime.decisions.answers import Answering
from iamconsole.runtime.decisions.names import principal_name
from tests.decisions.asking import arn
from tests.engine import pools
from tests.engine.strategies import documents
from tests.support.tenants import Tenant

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
        told = {
            (each.action, each.resource, tuple((c.key, tuple(c.values)) for c in each.circumstances)): each.effect
            for each in answer.changes
        }
        held = {question: allowed(tenant, *question) for question in told}
        publish(tenant, policy, after)
        for question, effect in told.items():
            assert held[question] is (effect == "Loses"), question
            assert allowed(tenant, *question) is (effect == "Gains"), question
        changed = {question for question in ASKED if allowed(tenant, *question) is not was[question]}
        assert changed <= {(action, resource) for action, resource, _ in told}
        effects.update(told.values())
        recorder.forget()
        cache.clear()

    agrees()
    assert effects == {"Gains", "Loses"}

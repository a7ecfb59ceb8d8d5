"""What another account's policies say stays with that account: the caller's is told their verdict alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamconsole.audit.decisions.denial import Denial
from iamconsole.audit.decisions.explanation import explained
from iamconsole.audit.decisions.keeping import keep
from iamconsole.audit.models import CapturedPolicy
from iamconsole.kernel import clock
from policies.engine import Decision, Policies, PolicyKind, Request, authorize
from tests.engine.corpus import PRINCIPALS, bound
from tests.query.aws import allow, deny
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

ADA = PRINCIPALS["ada"]
OWNER = "999999999999"
MINE = {"Version": "2012-10-17", "Statement": [allow("s3:*") | {"Sid": "Mine"}]}
SECRETIVE = {"StringEquals": {"aws:PrincipalTag/clearance": "cosmic"}}


def decided(*statements: dict[str, Any], owner: str = OWNER) -> Decision:
    theirs = {"Version": "2012-10-17", "Statement": [each | {"Principal": "*"} for each in statements]}
    policies = Policies(identity=(bound(MINE, name="mine"),), resource=(bound(theirs, PolicyKind.RESOURCE, "theirs"),))
    return authorize(Request(ADA, "s3:GetObject", "arn:aws:s3:::b/x", {}, owner), policies)


CASES = {
    "a near miss": allow("s3:*", **SECRETIVE) | {"Sid": "Cosmic"},
    "a deny": deny("s3:*", Null={"aws:PrincipalTag/clearance": "true"}) | {"Sid": "Cosmic"},
}


@pytest.mark.parametrize("name", CASES)
def test_their_verdict_is_told_and_their_policy_is_not(name: str) -> None:
    decision = decided(CASES[name])
    body = explained(Denial((decision,), shared={}))
    (resource,) = [each for each in body["evaluations"][0]["checks"] if each["checkType"] == "RESOURCE"]
    assert (resource["evaluatedEffect"], resource["matchedPolicies"]) == (decision.outcome, [])
    assert [policy["uri"].rpartition("/")[2] for policy in body["policies"]] == ["mine"]
    (fix,) = body["fixes"]
    assert f"account {OWNER}" in fix["text"]
    told = json.dumps(body)
    assert [word for word in ("Cosmic", "clearance", "cosmic", "theirs") if word in told] == []


@pytest.mark.parametrize("name", CASES)
def test_within_the_account_all_is_told(name: str) -> None:
    own = explained(Denial((decided(deny("s3:*") | {"Sid": "No"}, CASES[name], owner=ADA.account or ""),), shared={}))
    assert [policy["uri"].rpartition("/")[2] for policy in own["policies"]] == ["theirs", "mine"]
    assert "Cosmic" in json.dumps(own)


def test_their_text_is_not_captured(tenant: Tenant) -> None:
    with setting_up():
        keep(Denial((decided(CASES["a deny"]),), shared={}), account_id=tenant.account_id, time=clock.now())
    (captured,) = CapturedPolicy.objects.filter(account_id=tenant.account_id)
    assert json.loads(captured.document) == MINE

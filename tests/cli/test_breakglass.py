"""Break-glass: made on the host, used once, on record."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine

from accounts.breakglass.queries import digest_of
from accounts.models import BreakglassLink
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel import clock
from iamconsole.kernel.call import Origin
from iamconsole.kernel.errors import AccessDenied, SignInFailed
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import calls, dispatch
from iamconsole.runtime.authentication.breakglass import redeem
from iamconsole.runtime.authentication.identities import of_user

ORIGIN = Origin(source_ip="192.0.2.7", user_agent="browser")


@pytest.fixture
def token(tenant, manage):
    url = manage("breakglass", "--account", tenant.alias).out.strip()
    head, _, token = url.rpartition("/")
    assert head.endswith("/console/signin/breakglass")
    return token


def test_a_link_lets_the_root_user_in_once(tenant, token):
    root = redeem(token, origin=ORIGIN)
    assert root.is_root
    assert root.account_id == tenant.account_id
    with pytest.raises(SignInFailed, match="used before"):
        redeem(token, origin=ORIGIN)


def test_only_a_digest_of_the_token_is_kept_and_both_sides_are_on_record(tenant, token):
    assert BreakglassLink.objects.get(account_id=tenant.account_id).digest == digest_of(token)
    redeem(token, origin=ORIGIN)
    bodies = [e.body for e in AuditEvent.objects.filter(account_id=tenant.account_id).order_by("-sequence")[:2]]
    redeemed, created = map(json.loads, bodies)
    assert (created["eventName"], created["userIdentity"]["arn"].rpartition(":")[2]) == (
        "CreateBreakglassLink",
        "operator/operator",
    )
    assert (redeemed["eventName"], redeemed["userIdentity"]["arn"].rpartition(":")[2]) == (
        "RedeemBreakglassLink",
        "operator/breakglass",
    )
    assert redeemed["sourceIPAddress"] == "192.0.2.7"
    assert not any(token in body for body in bodies)


def test_a_link_expires_after_fifteen_minutes(tenant, token):
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1), tick=False), pytest.raises(SignInFailed):
        redeem(token, origin=ORIGIN)


def test_a_new_link_replaces_the_last(tenant, token, manage):
    newer = manage("breakglass", "--account", tenant.account_id, "--json").data["Url"].rpartition("/")[2]
    with pytest.raises(SignInFailed):
        redeem(token, origin=ORIGIN)
    assert redeem(newer, origin=ORIGIN).is_root


@pytest.mark.parametrize("wrong", ["", "x", "A" * 43, "A" * 5000])
def test_a_token_that_was_never_made_is_refused(tenant, wrong):
    with pytest.raises(SignInFailed, match="not known"):
        redeem(wrong, origin=ORIGIN)


@pytest.mark.parametrize(
    "action", ["CreateBreakglassLink", "RedeemBreakglassLink", "ResetAccount", "PutManagedPolicies"]
)
def test_no_policy_of_an_account_makes_an_operator(tenant, settings, action):
    from accounts.users import queries as users

    settings.IAM_TEST_MODE = True
    raw = {
        "RedeemBreakglassLink": {"Token": "A" * 43},
        "PutManagedPolicies": {"Policies": [{"PolicyName": "p", "PolicyDocument": "{}"}]},
    }.get(action, {})
    for user in (users.root(tenant.account_id), users.find(tenant.account_id, "admin")):
        call = calls.call_for(of_user(user), door="test")
        with pytest.raises(AccessDenied, match="not the local operator"):
            dispatch.execute(call, REGISTRY[f"iamconsole:{action}"], raw)

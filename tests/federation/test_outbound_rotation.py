"""Signing keys of an issuer change: by beat, by hand, and never so that a verifier does not know them in time."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from accounts.models import IssuerKey
from accounts.outbound_federation import keys
from accounts.outbound_federation.queries import accounts_with_keys_due
from iamconsole.audit.models import AuditEvent
from iamconsole.interfaces.workers import keys as tasks
from iamconsole.kernel import clock
from tests.query.aws import refused
from tests.support import inprocess
from tests.support.tenants import Tenant

ROTATE = "iamconsole:RotateOutboundSigningKeys"
HOUR = timedelta(hours=1)


@pytest.fixture
def now() -> Iterator[Any]:
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def issuer(tenant: Tenant, now: Any) -> str:
    return str(tenant.run("iam:EnableOutboundWebIdentityFederation").issuer_identifier)


def token(tenant: Tenant, algorithm: str = "ES384") -> str:
    made = tenant.run(
        "sts:GetWebIdentityToken", audience=["a"], signing_algorithm=algorithm, duration_seconds=3600
    ).web_identity_token
    return str(made)


def kid(text: str) -> str:
    header = text.split(".")[0]
    return str(json.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])


def fetched(tenant: Tenant, issuer: str) -> KeySet:
    """The key set, as a verifier gets and keeps it."""
    return KeySet.import_key_set(json.loads(inprocess.request(tenant.app, "GET", f"{issuer}/jwks", {}, b"").content))


def verifies(text: str, found: KeySet) -> bool:
    try:
        jwt.decode(text, found, algorithms=["ES384", "RS256"])
    except (JoseError, ValueError):
        return False
    return True


@pytest.mark.parametrize("algorithm", ["ES384", "RS256"])
def test_a_key_is_published_for_two_days_before_it_signs(tenant: Tenant, issuer: str, now: Any, algorithm: str) -> None:
    cached, before = fetched(tenant, issuer), token(tenant, algorithm)
    made = {each.algorithm: each for each in tenant.run(ROTATE).signing_keys}
    assert made[algorithm].signs_from == clock.now() + keys.AHEAD
    assert kid(token(tenant, algorithm)) == kid(before)
    assert verifies(before, fetched(tenant, issuer)), "signed just before, the set fetched just after"
    now.shift(keys.AHEAD - HOUR)
    prepublished, last = fetched(tenant, issuer), token(tenant, algorithm)
    assert verifies(last, cached), "the old key signs until its last moment"
    now.shift(HOUR)
    after = token(tenant, algorithm)
    assert kid(after) == made[algorithm].key_id
    assert verifies(after, prepublished), "a set that was fetched while the key waited"
    assert not verifies(after, cached), "one from before is two days old"


def test_an_old_key_stays_until_its_last_token_has_expired(tenant: Tenant, issuer: str, now: Any) -> None:
    tenant.run(ROTATE)
    now.shift(keys.AHEAD - timedelta(seconds=1))
    last = token(tenant)
    now.shift(timedelta(seconds=1))
    token(tenant)
    tasks.rotate_issuer_keys()
    now.shift(HOUR - timedelta(seconds=2))
    assert verifies(last, fetched(tenant, issuer))
    now.shift(keys.AHEAD)
    assert tasks.rotate_issuer_keys() == 1
    assert kid(last) not in {key.kid for key in fetched(tenant, issuer).keys}


def test_a_key_that_waits_is_not_overtaken(tenant: Tenant, issuer: str, now: Any) -> None:
    first, second = tenant.run(ROTATE), tenant.run(ROTATE)
    assert first == second
    assert IssuerKey.objects.filter(account_id=tenant.account_id).count() == 4


def test_beat_rotates_in_time_even_where_nobody_asks_for_a_token(tenant: Tenant, issuer: str, now: Any) -> None:
    assert tasks.rotate_issuer_keys() == 0
    now.shift(keys.USED - keys.AHEAD)
    assert accounts_with_keys_due(clock.now()) == [tenant.account_id]
    assert tasks.rotate_issuer_keys() == 1
    assert tasks.rotate_issuer_keys() == 0
    prepublished = fetched(tenant, issuer)
    now.shift(keys.AHEAD)
    assert verifies(token(tenant), prepublished)
    now.shift(keys.AHEAD)
    assert tasks.rotate_issuer_keys() == 1
    assert IssuerKey.objects.filter(account_id=tenant.account_id).count() == 2
    records = AuditEvent.objects.filter(account_id=tenant.account_id, name="RotateOutboundSigningKeys")
    assert {record.body.count("worker/keys") > 0 for record in records} == {True}


def test_only_what_is_due(tenant: Tenant, issuer: str, now: Any) -> None:
    before = token(tenant)
    made = {each.algorithm: each for each in tenant.run(ROTATE, if_due=True).signing_keys}
    assert made["ES384"].key_id == kid(before)


def test_an_issuer_that_is_switched_off_is_left_alone(tenant: Tenant, issuer: str, iam: Any, now: Any) -> None:
    tenant.run("iam:DisableOutboundWebIdentityFederation")
    with pytest.raises(Exception, match="not enabled"):
        tenant.run(ROTATE)
    now.shift(keys.USED)
    assert tasks.rotate_issuer_keys() == 0
    with refused("FeatureDisabled"):
        iam.disable_outbound_web_identity_federation()

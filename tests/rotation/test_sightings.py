"""Who uses a key that is being replaced is noted at every door, to a few seconds, and never of other keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ObjectDoesNotExist

from accounts.access_keys import sightings
from accounts.access_keys.models import KeySighting
from accounts.access_keys.sightings import Sighting
from iamconsole.audit.history.recorder import recorder
from tests.query.aws import allow, document
from tests.rest.signed import Rest
from tests.rotation.conftest import later, round_, start, use
from tests.support.tenants import Tenant

Key = dict[str, str]


def seen(tenant: Tenant) -> list[KeySighting]:
    recorder.flush()
    return list(KeySighting.objects.filter(account_id=tenant.account_id).order_by("-last_seen", "pk"))


def by_rest(tenant: Tenant, key: Key) -> None:
    Rest(tenant.app, key).get("/users")


def by_bearer(tenant: Tenant, key: Key) -> None:
    token = Rest(tenant.app, key).send("POST", "/tokens").body["Token"]
    recorder.forget()
    assert Rest(tenant.app, headers={"Authorization": f"Bearer {token}"}).get("/key-rotations").status == 200


def by_session(tenant: Tenant, key: Key) -> None:
    session = tenant.client("sts", key).get_session_token()["Credentials"]
    recorder.forget()
    use(tenant, session)


def by_decision(tenant: Tenant, key: Key) -> None:
    question = {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "principal": "x"}
    Rest(tenant.app, key).send("POST", "/authorize", question)


def by_decision_with_a_token(tenant: Tenant, key: Key) -> None:
    token = Rest(tenant.app, key).send("POST", "/tokens").body["Token"]
    recorder.forget()
    Rest(tenant.app, headers={"Authorization": f"Bearer {token}"}).send("POST", "/authorize", {})


DOORS = (use, by_rest, by_bearer, by_session, by_decision, by_decision_with_a_token)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_at_every_door(
    clock: time_machine.Traveller, tenant: Tenant, robot: Key, door: Callable[[Tenant, Key], None]
) -> None:
    text = document(allow(["iam:*", "iamconsole:*"]))
    tenant.run("iam:PutUserPolicy", user_name="robot", policy_name="p", policy_document=text)
    use(tenant, robot)
    assert seen(tenant) == []
    start(tenant)
    door(tenant, robot)
    (one,) = seen(tenant)
    assert (one.access_key_id, one.source_ip, one.refused) == (robot["AccessKeyId"], "127.0.0.1", False)


def test_a_signature_that_does_not_hold_is_not_noted(clock: time_machine.Traveller, tenant: Tenant, robot: Key) -> None:
    start(tenant)
    tenant.run("iam:UpdateAccessKey", user_name="robot", access_key_id=robot["AccessKeyId"], status="Inactive")
    forged = robot | {"SecretAccessKey": "x" * 40}
    for key, noted in ((forged, 0), (robot, 1)):
        answer = Rest(tenant.app, key).get("/users")
        assert answer.code == "InvalidClientTokenId"
        assert [one.refused for one in seen(tenant)] == [True] * noted


def test_one_client_is_one_row_and_a_key_has_a_few(clock: time_machine.Traveller, tenant: Tenant, robot: Key) -> None:
    start(tenant)
    for _ in range(3):
        use(tenant, robot)
        (one,) = seen(tenant)
        later(clock, seconds=6)
    assert (one.last_seen - one.first_seen).total_seconds() == 12
    for number in range(2 * sightings.MOST):
        later(clock, seconds=1)
        address = f"10.0.0.{number}\x1b"
        recorder.key_seen(Sighting(robot["AccessKeyId"], tenant.account_id, address, "agent", "iam", "r"))
        recorder.flush()
    kept = seen(tenant)
    assert len(kept) == sightings.MOST
    assert kept[0].source_ip == f"10.0.0.{2 * sightings.MOST - 1}\N{REPLACEMENT CHARACTER}"


def test_what_was_seen_goes_with_the_key_and_ends_with_the_rotation(
    clock: time_machine.Traveller, tenant: Tenant, robot: Key
) -> None:
    start(tenant)
    use(tenant, robot)
    assert seen(tenant)
    tenant.run("iam:DeleteAccessKey", user_name="robot", access_key_id=robot["AccessKeyId"])
    recorder.key_seen(Sighting(robot["AccessKeyId"], tenant.account_id, "", "", "iam", "r"))
    assert seen(tenant) == []
    round_()
    shown = tenant.run("iamconsole:ListKeyRotations").key_rotations
    assert [row.state for row in shown] == ["Cancelled"]


def test_nobody_else_is_watched(clock: time_machine.Traveller, tenant: Tenant, robot: Key) -> None:
    start(tenant)
    recorder.key_seen(Sighting(tenant.admin_key["AccessKeyId"], tenant.account_id, "", "", "iam", "r"))
    assert seen(tenant) == []
    with pytest.raises(ObjectDoesNotExist):
        KeySighting.objects.get(account_id=tenant.account_id)


def test_a_fault_of_the_database_loses_nothing(
    clock: time_machine.Traveller, tenant: Tenant, robot: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    start(tenant)

    def busy(_seen: Any) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(sightings, "write", busy)
        use(tenant, robot)
        assert not recorder.flush()
    assert len(seen(tenant)) == 1

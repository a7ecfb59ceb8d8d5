"""Who may rotate whose keys, and what nobody gets to see."""

from __future__ import annotations

import json
from typing import Any

import pytest
import time_machine
from django.db import connection

from accounts.rotation.models import KeyRotation
from iamconsole.interfaces.workers import calling
from iamconsole.kernel.errors import AccessDenied, EntityAlreadyExists, NoSuchEntity
from iamconsole.replication.models import ChangeEntry
from tests.audit.support import records_of, trail_of
from tests.query.aws import allow, deny, document
from tests.rest.signed import Rest
from tests.rotation.conftest import Vault, by_vault, collect, collected, later, round_, start, the_rotation
from tests.support.tenants import Tenant, open_account

KEYS = ["iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey"]


def may(tenant: Tenant, name: str, *statements: dict[str, Any]) -> Rest:
    return Rest(tenant.app, tenant.user(name, document(*statements)))


def user_arn(tenant: Tenant, name: str) -> str:
    return f"arn:aws:iam::{tenant.account_id}:user/{name}"


def test_it_takes_what_replacing_a_key_by_hand_takes(tenant: Tenant, robot: dict[str, str]) -> None:
    """Whoever may only rotate could otherwise have somebody's new key delivered to himself."""
    half = may(tenant, "half", allow("iamconsole:*"))
    whole = may(tenant, "whole", allow("iamconsole:*"), allow(KEYS))
    for path, method, body in (
        ("/users/robot/key-rotations", "POST", {"DryRun": True}),
        ("/rotation/schedule", "PUT", {"UserName": "robot", "MaxAgeDays": 5}),
        ("/rotation/schedule", "PUT", {"AccessKeyId": robot["AccessKeyId"], "MaxAgeDays": 5}),
        ("/rotation/schedule", "PUT", {"MaxAgeDays": 5}),
    ):
        assert half.send(method, path, body).code == "AccessDenied"
        assert whole.send(method, path, body).status == 200


def test_a_schedule_for_many_takes_the_right_to_each(tenant: Tenant, robot: dict[str, str]) -> None:
    tenant.run("iam:CreateGroup", group_name="robots")
    tenant.run("iam:AddUserToGroup", group_name="robots", user_name="robot")
    body = {"GroupName": "robots", "MaxAgeDays": 5}
    own = allow("iamconsole:*")
    one = may(tenant, "one", own, allow(KEYS, resource=user_arn(tenant, "robot")))
    all_but = may(tenant, "allbut", own, allow(KEYS), deny("iam:CreateAccessKey", resource=user_arn(tenant, "robot")))
    everybody = may(tenant, "everybody", own, allow(KEYS))
    for caller in (one, all_but):
        assert caller.send("PUT", "/rotation/schedule", body).code == "AccessDenied"
        assert caller.send("PUT", "/rotation/schedule", {"MaxAgeDays": 5}).code == "AccessDenied"
    assert everybody.send("PUT", "/rotation/schedule", body).status == 200


def test_a_schedule_for_many_takes_the_right_to_whoever_may_come(tenant: Tenant, robot: dict[str, str]) -> None:
    """A group may be empty today; who joins it tomorrow would have his new key sent to where the schedule says."""
    tenant.run("iam:CreateGroup", group_name="robots")
    chiefs = f"arn:aws:iam::{tenant.account_id}:user/chiefs/*"
    kept = {"Null": {"aws:ResourceTag/chief": "false"}}
    held = {
        "denied": (allow(KEYS), deny("iam:CreateAccessKey", resource=chiefs)),
        "spared": (allow(KEYS, resource=chiefs) | {"Effect": "Deny"}, allow(KEYS)),
        "tagged": (allow(KEYS), deny(KEYS) | {"Condition": kept}),
        "others": ({"Effect": "Allow", "Action": KEYS, "NotResource": chiefs},),
        "whole": (allow(KEYS), deny("iam:CreateAccessKey", resource=chiefs.replace("user/", "role/"))),
    }
    answers = {}
    for name, statements in held.items():
        caller = may(tenant, name, allow(["iamconsole:*", "iam:AddUserToGroup"]), *statements)
        bodies = ({"GroupName": "robots", "MaxAgeDays": 5}, {"MaxAgeDays": 5})
        answers[name] = {caller.send("PUT", "/rotation/schedule", body).status for body in bodies}
    assert answers == {"denied": {403}, "spared": {403}, "tagged": {403}, "others": {403}, "whole": {200}}


def test_policies_name_the_user_whose_key_it_is(tenant: Tenant, robot: dict[str, str]) -> None:
    start(tenant)
    path = f"/key-rotations/{the_rotation(tenant).pk}"
    right = may(tenant, "right", allow(["iamconsole:*", *KEYS], resource=user_arn(tenant, "robot")))
    wrong = may(tenant, "wrong", allow(["iamconsole:*", *KEYS], resource=user_arn(tenant, "right")))
    for method, action in (("GET", ""), ("POST", "/pause"), ("POST", "/resume"), ("POST", "/roll-back")):
        assert wrong.send(method, path + action).code == "AccessDenied"
        assert right.send(method, path + action).status == 200
    assert right.get("/key-rotations?UserName=robot").status == 200
    assert right.get("/key-rotations").code == "AccessDenied"


def test_nobody_sees_or_moves_another_accounts_rotations(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str], app: Any
) -> None:
    start(tenant)
    round_()
    stranger = open_account(app)
    foreign = Rest(app, stranger.admin_key)
    for rotation_id in (the_rotation(tenant).pk, "kr-unheard-of"):
        for method, action in (("GET", ""), ("POST", "/pause"), ("POST", "/resume"), ("POST", "/roll-back")):
            answer = foreign.send(method, f"/key-rotations/{rotation_id}{action}")
            assert answer.code == "NoSuchEntity"
            assert answer.body["detail"] == f"The key rotation {rotation_id} cannot be found."
    assert foreign.get("/key-rotations").body["KeyRotations"] == []
    assert foreign.get("/rotation/schedules").body["RotationSchedules"] == []
    assert foreign.get(f"/rotation/schedule?AccessKeyId={robot['AccessKeyId']}").code == "NoSuchEntity"
    assert collected(tenant, stranger.admin_key).code == "NoSuchEntity"
    assert the_rotation(tenant).state == "Delivering"
    with pytest.raises(NoSuchEntity):
        calling.run(
            stranger.account_id,
            "rotation",
            "iamconsole:AdvanceKeyRotation",
            rotation_id=the_rotation(tenant).pk,
            version=1,
        )


def test_only_the_key_that_is_replaced_collects(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str]
) -> None:
    start(tenant)
    round_()
    text = document(allow(["iamconsole:CreateToken"]))
    tenant.run("iam:PutUserPolicy", user_name="robot", policy_name="tokens", policy_document=text)
    session = tenant.client("sts", robot).get_session_token()["Credentials"]
    temporary = {name: session[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")}
    token = Rest(tenant.app, robot).send("POST", "/tokens").body["Token"]
    bearer = Rest(tenant.app, headers={"Authorization": f"Bearer {token}"})
    assert bearer.send("POST", "/rotation/collect").code == "AccessDenied"
    assert collected(tenant, tenant.admin_key).code == "NoSuchEntity"
    assert Rest(tenant.app).send("POST", "/rotation/collect").status in (401, 403)
    assert "SecretAccessKey" not in str(_sent(tenant, temporary))
    new = collect(tenant, robot)
    assert collected(tenant, new).code == "NoSuchEntity"


def _sent(tenant: Tenant, key: dict[str, str]) -> bytes:
    rest = Rest(tenant.app, key, headers={"X-Amz-Security-Token": key["SessionToken"]})
    answer = rest.send("POST", "/rotation/collect")
    assert answer.status in (401, 403)
    return answer.content


def test_a_boundary_and_a_denial_hold_for_collecting_too(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str]
) -> None:
    start(tenant)
    round_()
    text = document(deny("iamconsole:CollectAccessKey"))
    tenant.run("iam:PutUserPolicy", user_name="robot", policy_name="no", policy_document=text)
    assert collected(tenant, robot).code == "AccessDenied"


def test_the_worker_can_do_its_work_and_nothing_else(tenant: Tenant, robot: dict[str, str]) -> None:
    for action, members in (
        ("iam:CreateAccessKey", {"user_name": "robot"}),
        ("iamconsole:StartKeyRotation", {"user_name": "robot"}),
        ("iamconsole:RollBackKeyRotation", {"rotation_id": "kr-1"}),
    ):
        with pytest.raises(AccessDenied):
            calling.run(tenant.account_id, "rotation", action, **members)
    calling.run(tenant.account_id, "rotation", "iamconsole:StartDueKeyRotation", access_key_id=robot["AccessKeyId"])
    assert not KeyRotation.objects.filter(account_id=tenant.account_id).exists()


def test_a_dry_run_writes_nothing(clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str]) -> None:
    before = _rows(tenant)
    told = start(tenant, dry_run=True)
    assert told.key_rotation is None
    assert told.plan[0] == "Create a new key."
    assert told.plan[-1] == "Delete the old key 7 days later."
    assert _rows(tenant) == before
    assert start(tenant).plan == told.plan
    with pytest.raises(EntityAlreadyExists, match="one at a time"):
        start(tenant, dry_run=True)


def _rows(tenant: Tenant) -> list[Any]:
    found: list[Any] = [ChangeEntry.objects.filter(account_id=tenant.account_id).count()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("accounts_"):
                cursor.execute(f"SELECT * FROM {table}")
                found.append((table, sorted(map(str, cursor.fetchall()))))
    return found


def test_no_secret_is_on_record(
    clock: time_machine.Traveller,
    tenant: Tenant,
    robot: dict[str, str],
    vault: Vault,
    capfd: pytest.CaptureFixture[str],
) -> None:
    start(tenant)
    round_()
    new = collect(tenant, robot)
    by_vault(tenant)
    told = json.dumps(records_of(tenant.account_id)) + "".join(event.body for event in trail_of(tenant.account_id))
    changes = str(list(ChangeEntry.objects.filter(account_id=tenant.account_id).values()))
    printed = "".join(capfd.readouterr())
    for canary in (new["SecretAccessKey"], robot["SecretAccessKey"]):
        assert canary not in told + changes + printed + str(_rows(tenant))
    collects = [record for record in records_of(tenant.account_id) if record["eventName"] == "CollectAccessKey"]
    assert collects[-1]["responseElements"]["secretAccessKey"] == "HIDDEN_DUE_TO_SECURITY_REASONS"


def test_each_step_is_on_record_as_the_workers(
    clock: time_machine.Traveller, tenant: Tenant, robot: dict[str, str]
) -> None:
    later(clock, days=90)
    round_()
    steps = [record for record in records_of(tenant.account_id) if record["userIdentity"]["type"] == "Worker"]
    assert [record["eventName"] for record in steps] == ["StartDueKeyRotation", "AdvanceKeyRotation"]
    known = len(records_of(tenant.account_id))
    for _ in range(3):
        later(clock, minutes=1)
        round_()
    assert len(records_of(tenant.account_id)) == known  # waiting leaves no trace

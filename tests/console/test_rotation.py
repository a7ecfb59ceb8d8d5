"""Key rotation in the console: a preview that writes nothing, the schedule's form, and what can be done meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import AccessKey, KeyRotation, RotationSchedule
from accounts.rotation import deliveries
from accounts.rotation.states import NEXT, State
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel import clock
from iamconsole.replication.models import ChangeEntry
from tests.console.client import sign_in, with_password
from tests.console.furniture import allowing
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

SCHEDULE = "/console/key-rotation/schedule/"
FORM = {
    "max_age_days": "30",
    "notice_days": "7",
    "overlap_hours": "0.5",
    "quiet_hours": "24",
    "grace_hours": "168",
    "delivery_kind": "pull",
}


@pytest.fixture
def robot(tenant: Tenant) -> str:
    """The key of a user."""
    return tenant.user("robot")["AccessKeyId"]


def footprint(tenant: Tenant) -> tuple[int, ...]:
    rows = (KeyRotation, AccessKey, AuditEvent, ChangeEntry)
    return tuple(model.objects.filter(account_id=tenant.account_id).count() for model in rows)


def test_the_preview_writes_nothing_and_its_button_begins(tenant: Tenant, admin: Client, robot: str) -> None:
    address, before = f"/console/users/robot/keys/{robot}/rotate/", footprint(tenant)
    html = admin.get(address).content.decode()
    assert "Make the old key inactive." in html
    assert footprint(tenant) == before
    there = admin.post(address)["Location"]
    page = admin.get(there).content.decode()
    assert "Asked for." in page
    assert "Next, a new key is created." in page
    assert "The workload collects it" in page
    again = admin.get(address)
    assert again.status_code == 409
    assert "one at a time" in again.content.decode()


def test_a_rotation_is_paused_resumed_and_rolled_back(tenant: Tenant, admin: Client, robot: str) -> None:
    there = admin.post(f"/console/users/robot/keys/{robot}/rotate/")["Location"]
    for do, shown in (("pause", "Resume"), ("resume", "Pause"), ("roll-back", "Called off before anything was done.")):
        assert admin.post(f"{there}do/", {"do": do})["Location"] == there
        assert shown in admin.get(there).content.decode()
    assert admin.post(f"{there}do/", {"do": "explode"}).status_code == 400
    assert admin.get(f"{there}do/")["Location"] == there


def test_a_schedule_is_put_shown_and_deleted(tenant: Tenant, admin: Client, robot: str) -> None:
    address = f"{SCHEDULE}?user_name=robot"
    assert admin.post(address, FORM).status_code == 302
    row = RotationSchedule.objects.get(account_id=tenant.account_id)
    assert (row.user.name, row.max_age_days, row.overlap_seconds) == ("robot", 30, 1800)
    assert 'value="0.5"' in admin.get(address).content.decode()
    assert "robot" in admin.get("/console/key-rotation/schedules/").content.decode()
    assert admin.post(f"{SCHEDULE}delete/", {"user_name": "robot"}).status_code == 302
    assert not RotationSchedule.objects.filter(account_id=tenant.account_id).exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"max_age_days": "0"}, "greater than or equal to 1"),
        ({"delivery_kind": "webhook"}, "This field is required."),
        ({"delivery_kind": "webhook"} | dict.fromkeys(("webhook-Url", "webhook-Secret"), "x"), "whsec_"),
        ({"delivery_kind": "vault_kv2", "vault_kv2-Address": "https://v.example.com", "vault_kv2-Path": "a"}, "Token"),
    ],
)
def test_what_is_wrong_with_a_schedule_is_said_on_its_form(
    admin: Client, robot: str, wrong: dict[str, str], said: str
) -> None:
    answer = admin.post(SCHEDULE, FORM | wrong)
    assert answer.status_code == 400
    assert said in answer.content.decode()


HOOK = {"delivery_kind": "webhook", "webhook-Url": "https://hooks.example.com/keys"}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_secret_of_a_delivery_is_written_and_never_shown(tenant: Tenant, admin: Client, robot: str) -> None:
    assert admin.post(SCHEDULE, FORM | HOOK | {"webhook-Secret": SECRET}).status_code == 302
    html = admin.get(SCHEDULE).content.decode()
    assert SECRET not in html
    assert 'value="https://hooks.example.com/keys"' in html
    assert admin.post(SCHEDULE, FORM | HOOK | {"max_age_days": "31"}).status_code == 302
    schedule = tenant.run("iamconsole:GetRotationSchedule").rotation_schedule
    assert (schedule.max_age_days, schedule.secret_settings) == (31, ["Secret"])
    elsewhere = admin.post(SCHEDULE, FORM | HOOK | {"webhook-Url": "https://evil.example.com/keys"})
    assert elsewhere.status_code == 400
    wrong = admin.post(SCHEDULE, FORM | HOOK | {"webhook-Url": "nowhere", "webhook-Secret": SECRET})
    assert wrong.status_code == 400
    assert SECRET not in wrong.content.decode()


@pytest.mark.parametrize("kind", [kind for kind in deliveries.KINDS if kind != deliveries.PULL])
def test_every_setting_of_a_delivery_has_a_field(admin: Client, kind: str) -> None:
    html = admin.get(SCHEDULE).content.decode()
    assert f'data-when="delivery_kind={kind}"' in html
    for member in deliveries.TABLE[kind].settings.model_json_schema()["properties"]:
        hidden = 'type="password" name="' if member in deliveries.SECRET_MEMBERS[kind] else 'name="'
        assert f'{hidden}{kind}-{member}"' in html


def test_lists_are_searched_and_filtered(tenant: Tenant, admin: Client, robot: str) -> None:
    admin.post(f"/console/users/robot/keys/{robot}/rotate/")
    for address, found in (
        ("key-rotation/?q=rob", True),
        (f"key-rotation/?q={robot}", True),
        ("key-rotation/?q=zzz", False),
        ("key-rotation/?filter=open&sort=user", True),
        ("key-rotation/?filter=ended", False),
        ("key-rotation/keys/?filter=rotating", True),
        ("key-rotation/keys/?filter=unscheduled&sort=-used", True),
        ("key-rotation/keys/?filter=old", False),
    ):
        assert (robot in admin.get(f"/console/{address}").content.decode()) == found, address


def test_who_may_look_may_not_therefore_rotate(tenant: Tenant, robot: str) -> None:
    with_password(tenant, "looker", allowing("iamconsole:ListKeyRotations", "iamconsole:GetKeyRotation"))
    client = sign_in(tenant, "looker")
    made = tenant.run("iamconsole:StartKeyRotation", user_name="robot").key_rotation.rotation_id
    html = client.get(f"/console/key-rotation/rotations/{made}/").content.decode()
    assert html.count('aria-disabled="true"') == 2
    for address in (f"/console/users/robot/keys/{robot}/rotate/", "/console/key-rotation/keys/", SCHEDULE):
        assert client.get(address).status_code == 403, address
    assert client.post(f"/console/key-rotation/rotations/{made}/do/", {"do": "pause"}).status_code == 403


def test_a_key_whose_time_has_passed_is_overdue(tenant: Tenant, admin: Client, robot: str) -> None:
    keys = "/console/key-rotation/keys/"
    assert "Not scheduled" in admin.get(keys).content.decode()
    admin.post(SCHEDULE, FORM)
    assert "Overdue" not in admin.get(keys).content.decode()
    past = clock.now() - timedelta(days=200)
    with setting_up():
        AccessKey.objects.filter(account_id=tenant.account_id, pk=robot).update(created=past)
    row = admin.get(f"{keys}?q=robot").content.decode().partition("<tbody>")[2]
    assert "Overdue" in row
    assert f'since <time datetime="{past + timedelta(days=30):%Y-%m-%d}' in row


def test_every_state_that_comes_next_is_told_in_words() -> None:
    assert set(NEXT) == set(State)

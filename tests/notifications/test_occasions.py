"""Which deeds people are told of, in the transaction of the deed."""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter
from typing import Any

import pytest

from accounts.models import Notification, User
from accounts.notifications import addresses, occasions
from accounts.notifications.kinds import KINDS
from accounts.notifications.outbox import LONGEST, notify, plain
from iamconsole.kernel import clock
from iamconsole.kernel.call import Call, Origin
from iamconsole.kernel.errors import Fault
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_operator, of_user
from tests.mfa.devices import Phone
from tests.support.tenants import PASSWORD, Tenant, run

Written = Callable[[], list[Notification]]


def caller(tenant: Tenant, name: str = "", address: str = "192.0.2.1") -> Call:
    """A call of a user, or of the root user."""
    who = {"name": name} if name else {"is_root": True}
    user = User.objects.get(account_id=tenant.account_id, **who)
    return calls.call_for(of_user(user), door="console", origin=Origin(source_ip=address))


def sign_in(tenant: Tenant, name: str = "", address: str = "192.0.2.1", *, verified: bool = True) -> None:
    run(caller(tenant, name, address), "signin:ConsoleLogin", signing_in_as=name or "root", verified=verified)


def kinds(written: Written) -> list[str]:
    return [each.kind for each in written()]


@pytest.fixture
def ada(tenant: Tenant) -> None:
    tenant.user("ada")
    tenant.run("iam:CreateLoginProfile", user_name="ada", password=PASSWORD)


def test_root_signs_in(tenant: Tenant, written: Written) -> None:
    sign_in(tenant)
    (told,) = written()
    assert (told.kind, told.subject) == ("root-signed-in", f"arn:aws:iam::{tenant.account_id}:root")
    assert told.facts == {"by": told.subject, "address": "192.0.2.1"}


def test_root_gets_an_access_key(tenant: Tenant, written: Written) -> None:
    made = run(caller(tenant), "iam:CreateAccessKey").access_key
    (told,) = written()
    assert told.kind == "root-access-key-created"
    assert told.facts["access_key_id"] == made.access_key_id
    assert made.secret_access_key not in str(told.facts)


def test_break_glass(tenant: Tenant, written: Written) -> None:
    link = tenant.run("iamconsole:CreateBreakglassLink").breakglass_link
    tenant.run("iamconsole:RedeemBreakglassLink", token=link.token)
    assert kinds(written) == ["break-glass-link-created", "break-glass-used"]
    assert all(link.token not in str(told.facts) for told in written())


@pytest.mark.parametrize(
    ("by", "members", "expected"),
    [
        ("admin", {"password": "Another-horse-8"}, ["password-reset"]),
        ("admin", {"password_reset_required": True}, []),
        ("ada", {"password": "Another-horse-8"}, []),
    ],
)
def test_a_password_is_set_by_somebody_else(
    tenant: Tenant, ada: None, written: Written, by: str, members: dict[str, Any], expected: list[str]
) -> None:
    tenant.run("iam:AttachUserPolicy", user_name="ada", policy_arn="arn:aws:iam::aws:policy/AdministratorAccess")
    run(caller(tenant, by), "iam:UpdateLoginProfile", user_name="ADA", **members)
    assert kinds(written) == expected
    for told in written():
        assert told.user_id == User.objects.get(account_id=tenant.account_id, name="ada").unique_id
        assert "Another-horse-8" not in str(told.facts)


def test_an_mfa_device_is_taken_away(tenant: Tenant, ada: None, written: Written) -> None:
    phone = Phone.enabled(tenant, "ada")
    run(caller(tenant, "admin"), "iam:DeactivateMFADevice", user_name="ada", serial_number=phone.serial_number)
    (told,) = written()
    assert (told.kind, told.facts["serial_number"]) == ("mfa-device-deactivated", phone.serial_number)
    assert told.facts["by"].endswith(":user/admin")
    assert told.user_id.startswith("AIDA")


def test_a_sign_in_from_an_address_that_is_new(tenant: Tenant, ada: None, written: Written) -> None:
    sign_in(tenant, "ada", "192.0.2.1")
    sign_in(tenant, "ada", "192.0.2.1")
    assert kinds(written) == []
    sign_in(tenant, "ada", "198.51.100.7")
    assert kinds(written) == ["sign-in-from-new-address"]
    assert written()[0].facts["address"] == "198.51.100.7"
    sign_in(tenant, "ada", "192.0.2.1")
    sign_in(tenant, "ada", "198.51.100.7")
    assert len(written()) == 1


@pytest.mark.parametrize(
    ("address", "place"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("::1", "::")],
)
def test_the_place_of_an_address(address: str, place: str) -> None:
    assert addresses.place_of(address) == place


def test_what_is_refused_is_not_told(tenant: Tenant, ada: None, written: Written) -> None:
    with pytest.raises(Fault):
        sign_in(tenant, verified=False)
    with pytest.raises(Fault):
        run(caller(tenant, "ada"), "iam:UpdateLoginProfile", user_name="admin", password="Another-horse-8")
    assert written() == []


def test_the_message_goes_when_the_deed_is_undone(
    tenant: Tenant, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_trail(*_args: Any, **_more: Any) -> None:
        raise Fault("the trail is full")

    monkeypatch.setattr("iamconsole.audit.trail.done", no_trail)
    with pytest.raises(Fault, match="trail is full"):
        sign_in(tenant)
    assert written() == []


def test_every_occasion_is_an_operation_and_a_kind() -> None:
    assert set(occasions.OCCASIONS) <= set(REGISTRY)
    assert {each.kind for told in occasions.OCCASIONS.values() for each in told} <= set(KINDS)


GIVEN = {"account", "subject"}
OF_OPERATIONS = {"by", "address", "access_key_id", "serial_number"}
OF_SCHEDULED = {"expires", "remedy", "credential", "since", "consequence", "record", "why", "date", "arrives"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_texts_name_facts_that_there_are(kind: Any) -> None:
    named = {name for _text, name, _spec, _conversion in Formatter().parse(kind.text) if name}
    assert named <= GIVEN | OF_OPERATIONS | OF_SCHEDULED


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plain", "plain"),
        ("a\r\nBcc: eve@example.com", "a  Bcc: eve@example.com"),
        ("\x1b[2J\u2028\x00", " [2J  "),
        ("x" * (LONGEST + 5), "x" * (LONGEST - 1) + "…"),
        ("{account.__class__}", "{account.__class__}"),
    ],
)
def test_facts_are_one_plain_line(given: str, kept: str) -> None:
    assert plain(given) == kept


def test_what_could_not_be_told_is_not_written(tenant: Tenant, written: Written) -> None:
    with pytest.raises(KeyError):
        notify(tenant.account_id, "audit-chain-broken", "x", {"record": "7"}, now=clock.now())
    assert written() == []


def test_only_scheduled_work_raises_notices(tenant: Tenant) -> None:
    with pytest.raises(Fault, match="no scheduled task"):
        run(
            calls.call_for(of_operator(tenant.account_id), door="cli"),
            "iamconsole:RaiseNotices",
            notices=[{"kind": "test", "subject_arn": "a" * 20, "facts": {"by": "me"}, "once": "x"}],
        )

"""IAM's operations on MFA devices through boto3, against the reference's rules."""

from __future__ import annotations

import io
from typing import Any

import pytest
import segno

from accounts.mfa import seeds
from accounts.mfa.models import MFADevice
from accounts.users.models import User
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.errors import EntityAlreadyExists, Fault, InvalidInput, LimitExceeded
from iamconsole.runtime import calls
from iamconsole.runtime.authentication.identities import of_user
from iamconsole.sealing import errors as sealing
from tests.mfa.devices import Phone
from tests.query.aws import refused, root_client, tags
from tests.support.tenants import Tenant, open_account, run
from tests.support.write_guard import setting_up

HARDWARE_SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238's own, in Base32


def phone_of(iam: Any, tenant: Tenant, name: str = "phone", **members: Any) -> tuple[dict[str, Any], Phone]:
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=name, **members)["VirtualMFADevice"]
    return made, Phone(tenant, made["SerialNumber"], made["Base32StringSeed"].decode(), "ada")


def enable(iam: Any, phone: Phone, codes: tuple[str, str] | None = None) -> None:
    one, two = codes or phone.pair()
    iam.enable_mfa_device(
        UserName=phone.user_name, SerialNumber=phone.serial_number, AuthenticationCode1=one, AuthenticationCode2=two
    )


def test_a_virtual_device_from_its_seed_to_its_end(iam: Any, ada: Tenant) -> None:
    made, phone = phone_of(iam, ada, Path="/team/", Tags=tags(team="red"))
    assert made["SerialNumber"] == f"arn:aws:iam::{ada.account_id}:mfa/team/phone"
    assert made["QRCodePNG"] == _drawn(f"otpauth://totp/phone@{ada.alias}?secret={phone.seed}&issuer=IAM%20Console")
    assert made["Tags"] == tags(team="red")
    listed = iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"]
    assert [set(device) for device in listed] == [{"SerialNumber", "Tags"}]
    enable(iam, phone)
    (mine,) = iam.list_mfa_devices(UserName="ada")["MFADevices"]
    assert (mine["UserName"], mine["SerialNumber"]) == ("ada", phone.serial_number)
    (assigned,) = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert assigned["User"]["UserName"] == "ada"
    assert assigned["EnableDate"] == mine["EnableDate"]
    assert iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"] == []
    shown = iam.get_mfa_device(SerialNumber=phone.serial_number, UserName="ada")
    assert (shown["UserName"], shown["EnableDate"]) == ("ada", mine["EnableDate"])
    with refused("DeleteConflict"):
        iam.delete_virtual_mfa_device(SerialNumber=phone.serial_number)
    iam.deactivate_mfa_device(UserName="ada", SerialNumber=phone.serial_number)
    assert iam.list_mfa_devices(UserName="ada")["MFADevices"] == []
    iam.delete_virtual_mfa_device(SerialNumber=phone.serial_number)
    with refused("NoSuchEntity"):
        iam.delete_virtual_mfa_device(SerialNumber=phone.serial_number)


def _drawn(uri: str) -> bytes:
    out = io.BytesIO()
    segno.make(uri, error="m", micro=False).save(out, kind="png", scale=5, border=4)
    return out.getvalue()


def test_names_are_taken_whatever_their_case(iam: Any, ada: Tenant) -> None:
    phone_of(iam, ada)
    with refused("EntityAlreadyExists"):
        phone_of(iam, ada, "PHONE")
    phone_of(iam, ada, Path="/team/")
    with refused("InvalidInput", "256"):
        phone_of(iam, ada, "x" * 250)


@pytest.mark.parametrize("codes", [(0, 0), (0, -1), (-2, 0), (-4, -3), (3, 4)])
def test_enabling_takes_two_codes_in_a_row(iam: Any, ada: Tenant, codes: tuple[int, int]) -> None:
    _, phone = phone_of(iam, ada)
    with refused("InvalidAuthenticationCode"):
        enable(iam, phone, (phone.code(codes[0]), phone.code(codes[1])))
    assert iam.list_mfa_devices(UserName="ada")["MFADevices"] == []


def test_a_device_is_assigned_to_one(iam: Any, ada: Tenant, phone: Phone) -> None:
    ada.run("iam:CreateUser", user_name="bob")
    for name in ("ada", "bob"):
        phone.user_name = name
        with refused("EntityAlreadyExists"):
            enable(iam, phone)
    with refused("NoSuchEntity"):
        iam.deactivate_mfa_device(UserName="bob", SerialNumber=phone.serial_number)
    with refused("NoSuchEntity"):
        iam.get_mfa_device(UserName="bob", SerialNumber=phone.serial_number)


def test_eight_devices_and_no_more(ada: Tenant) -> None:
    for number in range(8):
        Phone.enabled(ada, "ada", f"phone-{number}")
    with pytest.raises(LimitExceeded, match="Cannot exceed quota for MFADevicesPerUser: 8"):
        Phone.enabled(ada, "ada", "ninth")


def test_a_user_with_a_device_cannot_be_deleted(iam: Any, ada: Tenant, phone: Phone) -> None:
    iam.delete_login_profile(UserName="ada")
    with refused("DeleteConflict", "must delete MFA device first"):
        iam.delete_user(UserName="ada")
    iam.deactivate_mfa_device(UserName="ada", SerialNumber=phone.serial_number)
    iam.delete_user(UserName="ada")


def test_what_the_account_counts(iam: Any, ada: Tenant, phone: Phone) -> None:
    Phone.new(ada, "spare")
    counted = iam.get_account_summary()["SummaryMap"]
    assert [counted[key] for key in ("MFADevices", "MFADevicesInUse", "AccountMFAEnabled")] == [2, 1, 0]


def test_the_root_user_has_devices_too(ada: Tenant) -> None:
    iam = root_client(ada)
    _, phone = phone_of(iam, ada, "root-phone")
    principal = of_user(User.objects.get(account_id=ada.account_id, is_root=True))
    one, two = phone.pair()
    members = {"serial_number": phone.serial_number, "authentication_code1": one, "authentication_code2": two}
    run(calls.call_for(principal, door="console"), "iamconsole:EnableOwnMFADevice", **members)
    assert iam.get_account_summary()["SummaryMap"]["AccountMFAEnabled"] == 1
    assert [each["SerialNumber"] for each in iam.list_mfa_devices()["MFADevices"]] == [phone.serial_number]
    iam.deactivate_mfa_device(SerialNumber=phone.serial_number)


def test_tags_of_a_device(iam: Any, ada: Tenant) -> None:
    _, phone = phone_of(iam, ada, Tags=tags(a="1"))
    where = {"SerialNumber": phone.serial_number}
    iam.tag_mfa_device(**where, Tags=tags(b="2", A="3"))
    assert iam.list_mfa_device_tags(**where)["Tags"] == tags(A="3", a="1", b="2")
    iam.untag_mfa_device(**where, TagKeys=["a", "nothing"])
    assert iam.list_mfa_device_tags(**where)["Tags"] == tags(A="3", b="2")
    ada.run("iamconsole:ImportHardwareMFADevice", serial_number="GAHT12345678", base32_string_seed=HARDWARE_SEED)
    with refused("InvalidInput"):
        iam.tag_mfa_device(SerialNumber="GAHT12345678", Tags=tags(a="1"))


def test_a_policy_may_go_by_the_tags_and_path_of_a_device(iam: Any, ada: Tenant) -> None:
    _, red = phone_of(iam, ada, "red", Tags=tags(team="red"))
    _, blue = phone_of(iam, ada, "blue", Tags=tags(team="blue"))
    document = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:DeleteVirtualMFADevice",
        "Resource":"arn:aws:iam::*:mfa/*","Condition":{"StringEquals":{"aws:ResourceTag/team":"red"}}}]}"""
    lead = ada.client("iam", ada.user("lead", document))
    lead.delete_virtual_mfa_device(SerialNumber=red.serial_number)
    with refused("AccessDenied", blue.serial_number):
        lead.delete_virtual_mfa_device(SerialNumber=blue.serial_number)


def test_a_hardware_token_is_imported_and_enabled(ada: Tenant) -> None:
    members = {"serial_number": "GAHT12345678", "base32_string_seed": HARDWARE_SEED}
    ada.run("iamconsole:ImportHardwareMFADevice", **members)
    with pytest.raises(EntityAlreadyExists):
        ada.run("iamconsole:ImportHardwareMFADevice", **members)
    token = Phone(ada, "GAHT12345678", HARDWARE_SEED, "ada")
    ada.run("iam:EnableMFADevice", **token.members(token.pair()))
    (mine,) = ada.run("iam:ListMFADevices", user_name="ada").mfa_devices
    assert mine.serial_number == "GAHT12345678"
    assert ada.run("iam:ListVirtualMFADevices").virtual_mfa_devices == []
    for bad in ("A" * 26 + "=0"[1:], "short", "ABC1" * 8):
        with pytest.raises(Fault):
            ada.run("iamconsole:ImportHardwareMFADevice", serial_number="GAHT99999999", base32_string_seed=bad)
    arn = f"arn:aws:iam::{ada.account_id}:mfa/x"
    with pytest.raises(InvalidInput):
        ada.run("iamconsole:ImportHardwareMFADevice", serial_number=arn, base32_string_seed=HARDWARE_SEED)


def test_seeds_are_sealed_shown_once_and_bound_to_their_device(iam: Any, ada: Tenant) -> None:
    made, phone = phone_of(iam, ada)
    _, other = phone_of(iam, ada, "other")
    rows = MFADevice.objects.filter(account_id=ada.account_id)
    stored = {row.serial_number: row.sealed_seed for row in rows}
    recorded = "".join(AuditEvent.objects.filter(account_id=ada.account_id).values_list("body", flat=True))
    for seed in (phone.seed, other.seed):
        assert seed not in recorded
        assert seed not in "".join(stored.values())
    with setting_up():
        rows.filter(serial_number=phone.serial_number).update(sealed_seed=stored[other.serial_number])
    with pytest.raises(sealing.SealingError):
        seeds.unseal(stored[other.serial_number], account_id=ada.account_id, serial_number=phone.serial_number)
    assert made["Base32StringSeed"] != other.seed.encode()


def test_devices_of_another_account_are_unknown(iam: Any, ada: Tenant, app: Any, phone: Phone) -> None:
    other = open_account(app).client()
    for action in ("delete_virtual_mfa_device", "get_mfa_device", "deactivate_mfa_device", "list_mfa_device_tags"):
        with refused("NoSuchEntity"):
            getattr(other, action)(
                SerialNumber=phone.serial_number,
                **({"UserName": "admin"} if action in ("get_mfa_device", "deactivate_mfa_device") else {}),
            )


def test_the_local_operator_makes_no_recovery_codes(ada: Tenant, phone: Phone) -> None:
    """They are for whoever they let in, who is shown them in the console."""
    with pytest.raises(Fault):
        ada.run("iamconsole:CreateRecoveryCodes")

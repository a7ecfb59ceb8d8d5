"""An account of users whose credentials are drawn at random, and what its report must say, worked out from the draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from accounts.models import AccessKey, LoginProfile, MFADevice, SigningCertificate, User
from iamconsole.storage.identifiers import Prefix, unique_id
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

BEGINNING = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated,additional_credentials_info"
)


@dataclass
class Drawn:
    """What one user has."""

    name: str
    created: datetime
    password: tuple[datetime, datetime | None] | None
    mfa: bool
    keys: list[tuple[bool, datetime, datetime | None]]
    certificates: list[tuple[bool, datetime]]
    row: Any = field(default=None)


def draw(random: Random, number: int) -> Drawn:
    def moment() -> datetime:
        return BEGINNING + timedelta(seconds=random.randrange(20_000_000))

    def perhaps() -> datetime | None:
        return moment() if random.random() < 0.5 else None

    return Drawn(
        name=f"user-{number:05d}",
        created=moment(),
        password=(moment(), perhaps()) if random.random() < 0.6 else None,
        mfa=random.random() < 0.3,
        keys=[(random.random() < 0.5, moment(), perhaps()) for _ in range(random.randrange(4))],
        certificates=[(random.random() < 0.5, moment()) for _ in range(random.randrange(3))],
    )


def furnish(tenant: Tenant, drawn: list[Drawn]) -> None:
    account = {"account_id": tenant.account_id}
    with setting_up():
        rows = User.objects.bulk_create(
            User(
                **account,
                unique_id=unique_id(Prefix.USER),
                name=each.name,
                name_key=each.name,
                path="/team/",
                created=each.created,
            )
            for each in drawn
        )
        for each, row in zip(drawn, rows, strict=True):
            each.row = row
        LoginProfile.objects.bulk_create(
            LoginProfile(
                **account, user=each.row, created=BEGINNING, changed=each.password[0], last_used=each.password[1]
            )
            for each in drawn
            if each.password
        )
        MFADevice.objects.bulk_create(
            MFADevice(
                **account,
                user=each.row,
                kind="virtual",
                serial_number=each.name,
                serial_key=each.name,
                name=each.name,
                created=BEGINNING,
                enabled=BEGINNING,
            )
            for each in drawn
            if each.mfa
        )
        AccessKey.objects.bulk_create(
            AccessKey(
                **account,
                id=f"AKIA{tenant.account_id}{each.name[5:]}{slot}",
                user=each.row,
                slot=slot,
                active=active,
                sealed_secret="",
                created=created,
                last_used=used,
                last_used_region="eu-west-1" if used else "",
                last_used_service="s3" if used else "",
            )
            for each in drawn
            for slot, (active, created, used) in enumerate(each.keys, 1)
        )
        SigningCertificate.objects.bulk_create(
            SigningCertificate(
                **account,
                id=f"{tenant.account_id}{each.name}{number}",
                user=each.row,
                active=active,
                body="",
                fingerprint=f"{tenant.account_id}{each.name}{number}",
                uploaded=uploaded,
            )
            for each in drawn
            for number, (active, uploaded) in enumerate(each.certificates)
        )


def said(moment: datetime | None, otherwise: str = "N/A") -> str:
    return moment.isoformat() if moment else otherwise


def expected(tenant: Tenant, each: Drawn, max_age: int) -> dict[str, str]:
    """The line of a user, column by column."""
    line = dict.fromkeys(HEADER.split(","), "N/A")
    line |= {
        "user": each.name,
        "arn": f"arn:aws:iam::{tenant.account_id}:user/team/{each.name}",
        "user_creation_time": said(each.created),
        "password_enabled": "true" if each.password else "false",
        "mfa_active": "true" if each.mfa else "false",
    }
    if each.password:
        changed, used = each.password
        line["password_last_changed"] = said(changed)
        line["password_last_used"] = said(used, "no_information")
        if max_age:
            line["password_next_rotation"] = said(changed + timedelta(days=max_age))
    for number in (1, 2):
        line[f"access_key_{number}_active"] = line[f"cert_{number}_active"] = "false"
    for number, (active, created, used) in enumerate(each.keys[:2], 1):
        line |= {
            f"access_key_{number}_active": "true" if active else "false",
            f"access_key_{number}_last_rotated": said(created),
            f"access_key_{number}_last_used_date": said(used),
            f"access_key_{number}_last_used_region": "eu-west-1" if used else "N/A",
            f"access_key_{number}_last_used_service": "s3" if used else "N/A",
        }
    for number, (active, uploaded) in enumerate(sorted(each.certificates, key=lambda pair: pair[1]), 1):
        line[f"cert_{number}_active"] = "true" if active else "false"
        line[f"cert_{number}_last_rotated"] = said(uploaded)
    if len(each.keys) > 2:
        line["additional_credentials_info"] = f"{len(each.keys) - 2} more access key(s): see ListAccessKeys"
    return line

"""What users prove themselves with: passwords, access keys, MFA devices; and the rotation of their keys."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from accounts.models import (
    AccessKey,
    ConsoleSession,
    Group,
    KeyRotation,
    KeySighting,
    LoginProfile,
    MFADevice,
    RotationSchedule,
    RotationStep,
    User,
)
from accounts.rotation import rotations
from iamconsole.storage.identifiers import access_key_id
from tests.support.company.rows import Rows, put


def give(rows: Rows, users: Sequence[User]) -> None:
    """A password for six in ten, a key for eight, two for two, an MFA device for five; one in ten is signed in."""
    account = rows.account_id
    put(
        LoginProfile,
        (
            LoginProfile(
                account_id=account,
                user=user,
                created=user.created,
                changed=rows.ago(n, days=120),
                last_used=rows.ago(n, days=90) if n % 4 else None,
            )
            for n, user in enumerate(users)
            if n % 10 < 6
        ),
    )
    slots = [(n, user, slot) for n, user in enumerate(users) for slot in (1, 2) if n % 10 < (8 if slot == 1 else 2)]
    put(
        AccessKey,
        (
            AccessKey(
                id=access_key_id(account),
                account_id=account,
                user=user,
                slot=slot,
                active=n % 9 > 0,
                sealed_secret="-" * 180,  # as long as a sealed secret; nobody signs with it
                created=rows.ago(n * slot, days=400),
                last_used=rows.ago(n, days=150) if n % 5 else None,
                last_used_service="s3",
                last_used_region="us-east-1",
            )
            for n, user, slot in slots
        ),
    )
    put(MFADevice, (_device(rows, user, n) for n, user in enumerate(users) if n % 2))
    put(ConsoleSession, (_session(rows, user, n) for n, user in enumerate(users[::10])))


def _device(rows: Rows, user: User, number: int) -> MFADevice:
    serial = f"arn:aws:iam::{rows.account_id}:mfa/{user.name}"
    when = rows.ago(number, days=400)
    return MFADevice(
        account_id=rows.account_id,
        kind="virtual",
        serial_number=serial,
        serial_key=serial.lower(),
        name=user.name,
        user=user,
        created=when,
        enabled=when,
        sealed_seed="-",
    )


def _session(rows: Rows, user: User, number: int) -> ConsoleSession:
    when = rows.now - timedelta(minutes=number % 400 + 1)
    return ConsoleSession(
        account_id=rows.account_id,
        digest=secrets.token_hex(32),
        session_id=secrets.token_hex(16),
        user=user,
        started=when,
        last_seen=when,
        authenticated=when,
        source_ip="10.0.0.9",
        user_agent="Mozilla/5.0",
    )


def rotate(rows: Rows, users: Sequence[User]) -> None:
    """Schedules of a few users, and a rotation of the first key of each: seen lately, and a step on record."""
    account, last = rows.account_id, {"quiet_seconds": 86_400, "grace_seconds": 604_800, "overlap_seconds": 86_400}
    schedules = put(
        RotationSchedule,
        (
            RotationSchedule(
                id=f"rs-{secrets.token_hex(12)}",
                account_id=account,
                user=user,
                max_age_days=90,
                notice_days=7,
                delivery_kind="pull",
                created=rows.now,
                updated=rows.now,
                **last,
            )
            for user in users[: max(2, len(users) // 10)]
        ),
    )
    RotationSchedule.objects.get_or_create(
        account_id=account,
        group=rows.row(Group, "devs"),
        defaults={
            "id": f"rs-{secrets.token_hex(12)}",
            "max_age_days": 90,
            "notice_days": 7,
            "delivery_kind": "pull",
            "created": rows.now,
            "updated": rows.now,
            **last,
        },
    )
    keys = list(AccessKey.objects.filter(account_id=account, user__in=list(users), slot=1).select_related("user"))
    made = put(
        KeyRotation,
        (
            KeyRotation(
                id=rotations.new_id(rows.now),
                account_id=account,
                user=key.user,
                schedule=schedules[n % len(schedules)],
                old_key_id=key.id,
                delivery_kind="pull",
                state=("Due", "Done")[n % 2],
                created=rows.ago(n, days=20),
                since=rows.ago(n, days=20),
                next_at=None if n % 2 else rows.now + timedelta(hours=n % 48 + 1),
                ended=rows.now if n % 2 else None,
            )
            for n, key in enumerate(keys)
        ),
    )
    put(
        RotationStep,
        (
            RotationStep(account_id=account, rotation=each, number=1, state="Due", actor="worker", time=each.created)
            for each in made
        ),
    )
    put(
        KeySighting,
        (
            KeySighting(
                account_id=account,
                access_key=key,
                digest="-",
                source_ip="10.0.0.7",
                user_agent="aws-cli/2",
                service="s3",
                region="us-east-1",
                first_seen=rows.ago(n, days=20),
                last_seen=rows.ago(n, days=10),
            )
            for n, key in enumerate(keys)
        ),
    )

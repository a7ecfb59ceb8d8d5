"""The credential report: a line for root and for each user, in AWS's columns and words (reference section 6.3)."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final

from django.db.models import Prefetch

from accounts.access_keys.models import AccessKey
from accounts.importing.csv_users import guarded
from accounts.mfa.models import MFADevice
from accounts.password_policy import queries as password_policy
from accounts.signing_certificates.models import SigningCertificate
from accounts.users.models import User

KEY_COLUMNS: Final = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
COLUMNS: Final = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    *(f"access_key_1_{column}" for column in KEY_COLUMNS),
    *(f"access_key_2_{column}" for column in KEY_COLUMNS),
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
    "additional_credentials_info",
)
ABSENT, NEVER_USED, NOT_SUPPORTED = "N/A", "no_information", "not_supported"
SHOWN: Final = 2  # keys and certificates of a user that have columns of their own
PAGE: Final = 500
COMBINED: Final[Mapping[str, Any]] = {
    "access_keys": AccessKey,
    "mfa_devices": MFADevice,
    "signing_certificates": SigningCertificate,
}
"""What is read with a page of users, a question each."""


def compressed(account_id: str) -> bytes:
    """The report as CSV, compressed while it is written: of the account no more than a page is in memory."""
    packer = zlib.compressobj()
    packed = [packer.compress(line.encode()) for line in lines(account_id)]
    return b"".join([*packed, packer.flush()])


def lines(account_id: str) -> Iterator[str]:
    """The lines of the report: the header, root, then the users by name."""
    policy = password_policy.of(account_id)
    max_age = timedelta(days=policy.max_age) if policy and policy.max_age else None
    yield _line(COLUMNS)
    for user in chain(_root(account_id), _users(account_id)):
        yield _line(_row(user, max_age))


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(guarded(cell) for cell in cells)
    return out.getvalue()


def _root(account_id: str) -> Iterable[User]:
    return _with_credentials(account_id, is_root=True)


def _users(account_id: str) -> Iterator[User]:
    after = ""
    while found := list(_with_credentials(account_id, is_root=False, name_key__gt=after).order_by("name_key")[:PAGE]):
        yield from found
        after = found[-1].name_key


def _with_credentials(account_id: str, **which: Any) -> Any:
    rows = User.objects.filter(account_id=account_id, **which)
    combined = (Prefetch(name, model.objects.filter(account_id=account_id)) for name, model in COMBINED.items())
    return rows.select_related("login_profile").prefetch_related(*combined)


def _row(user: User, max_age: timedelta | None) -> Iterator[str]:
    yield user.name
    yield user.arn
    yield _moment(user.created)
    yield from _password(user, max_age)
    yield _truth(bool(user.mfa_devices.all()))
    keys = sorted(user.access_keys.all(), key=lambda key: key.slot)
    yield from _columns([_key(key) for key in keys], len(KEY_COLUMNS))
    certificates = sorted(user.signing_certificates.all(), key=lambda each: each.uploaded)
    yield from _columns([_certificate(each) for each in certificates], 2)
    yield _additional(len(keys) - SHOWN, len(certificates) - SHOWN)


def _password(user: User, max_age: timedelta | None) -> tuple[str, str, str, str]:
    profile = getattr(user, "login_profile", None)
    no_rotation = NOT_SUPPORTED if user.is_root else ABSENT
    if profile is None:
        return _truth(False), ABSENT, ABSENT, no_rotation
    rotates = max_age is not None and not user.is_root
    return (
        _truth(True),
        _moment(profile.last_used) if profile.last_used else NEVER_USED,
        _moment(profile.changed),
        _moment(profile.changed + max_age) if rotates else no_rotation,
    )


def _columns(found: list[tuple[str, ...]], width: int) -> Iterator[str]:
    absent = (_truth(False), *[ABSENT] * (width - 1))
    yield from chain.from_iterable((found + [absent] * SHOWN)[:SHOWN])


def _key(key: AccessKey) -> tuple[str, ...]:
    return (
        _truth(key.active),
        _moment(key.created),
        _moment(key.last_used) if key.last_used else ABSENT,
        key.last_used_region or ABSENT,
        key.last_used_service or ABSENT,
    )


def _certificate(certificate: SigningCertificate) -> tuple[str, ...]:
    return _truth(certificate.active), _moment(certificate.uploaded)


def _additional(keys: int, certificates: int) -> str:
    """How many more there are than have columns, which a raised quota allows, and what lists them."""
    more = {"access key(s): see ListAccessKeys": keys, "certificate(s): see ListSigningCertificates": certificates}
    return "; ".join(f"{number} more {what}" for what, number in more.items() if number > 0) or ABSENT


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S+00:00")

"""Recovery codes: ten, each good once, for whoever lost his devices."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256

from accounts.mfa import throttle
from accounts.mfa.models import RecoveryCode
from accounts.users.models import User

COUNT = 10
GROUPS, LETTERS = 6, 4
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"  # Crockford's base32: no letter that reads like another
LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})


def issue(user: User, now: datetime) -> list[str]:
    """New codes for a user; those that he had before are gone."""
    withdraw(user)
    return _stored(user, COUNT, now)


def issue_one(user: User, now: datetime) -> str:
    """One more code for a user."""
    (code,) = _stored(user, 1, now)
    return code


def _stored(user: User, count: int, now: datetime) -> list[str]:
    codes = [_new_code() for _ in range(count)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account_id=user.account_id, user=user, digest=digest_of(code), created=now) for code in codes
    )
    return codes


def withdraw(user: User) -> None:
    """Delete a user's codes: without a device there is nothing to recover."""
    RecoveryCode.objects.filter(account_id=user.account_id, user=user).delete()


def spend(user: User, code: str, now: datetime) -> bool:
    """Whether this is a code of the user that was not used before; from now on it is."""
    what = f"recovery/{user.pk}"
    try:
        with throttle.attempt(what, now):
            rows = RecoveryCode.objects.filter(account_id=user.account_id, user=user, digest=digest_of(code), used=None)
            if rows.update(used=now):
                throttle.succeeded(what)
                return True
            throttle.failed(what, now)
    except throttle.Throttled:
        pass
    return False


def digest_of(code: str) -> str:
    """What is stored: of 120 random bits a plain SHA-256 gives nothing away. Dashes, blanks and case do not count."""
    plain = code.upper().translate(LOOKALIKES)
    return sha256("".join(letter for letter in plain if letter in ALPHABET).encode()).hexdigest()


def _new_code() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))

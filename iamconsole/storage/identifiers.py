"""Unique ids and access key ids in AWS's formats (reference 6.5)."""

from __future__ import annotations

import secrets
from enum import StrEnum

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SECRET_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+"  # noqa: S105  (an alphabet)


class Prefix(StrEnum):
    """What kind of thing a unique id names."""

    USER = "AIDA"
    GROUP = "AGPA"
    ROLE = "AROA"
    MANAGED_POLICY = "ANPA"
    INSTANCE_PROFILE = "AIPA"
    ACCESS_KEY = "AKIA"
    TEMPORARY_KEY = "ASIA"
    SERVICE_KEY = "AKSV"
    PUBLIC_KEY = "APKA"
    SERVER_CERTIFICATE = "ASCA"
    SERVICE_CREDENTIAL = "ACCA"


def unique_id(prefix: Prefix) -> str:
    """Prefix and 17 random base32 characters; never reused when a name is."""
    return prefix + "".join(secrets.choice(BASE32) for _ in range(17))


def certificate_id() -> str:
    """32 random base32 characters: the ids of signing certificates have no prefix."""
    return "".join(secrets.choice(BASE32) for _ in range(32))


def access_key_id(account_id: str, prefix: Prefix = Prefix.ACCESS_KEY) -> str:
    """20 characters; the first nine after the prefix carry the account, as sts:GetAccessKeyInfo reads it.

    AWS packs the account number, halved, behind an offset into eight base32 digits, and the lost bit into the next.
    """
    half, odd = divmod(int(account_id), 2)
    number, digits = half + OFFSET, ""
    for _ in range(8):
        number, digit = divmod(number, 32)
        digits = BASE32[digit] + digits
    last = secrets.choice(BASE32[16:] if odd else BASE32[:16])
    return prefix + digits + last + "".join(secrets.choice(BASE32) for _ in range(7))


OFFSET = 549_755_813_888  # 2**39: keeps the first digit a letter past `P`, as AWS's newer keys have it

ACCOUNTS = 10**12


def account_of(access_key_id: str) -> str:
    """The account that an access key id was made for; ValueError where the id has another form."""
    digits = access_key_id[4:13]
    if len(digits) < 9 or any(c not in BASE32 for c in digits):
        raise ValueError("not an access key id of this form")
    number = 0
    for digit in digits[:8]:
        number = number * 32 + BASE32.index(digit)
    account = (number - OFFSET) * 2 + (BASE32.index(digits[8]) >= 16)
    if not 0 <= account < ACCOUNTS:
        raise ValueError("not an access key id of this form")
    return f"{account:012d}"


def secret_access_key() -> str:
    """40 characters of AWS's alphabet: 240 bits."""
    return "".join(secrets.choice(SECRET_ALPHABET) for _ in range(40))

"""The secrets of devices that show codes: made, sealed for one device of one account, and handed over as a QR code."""

from __future__ import annotations

import base64
import binascii
import io
import secrets
from urllib.parse import quote, urlencode

import segno

from accounts.master_keys.notes import note_master_key
from accounts.master_keys.ring import sealer
from iamconsole.kernel.errors import InvalidInput

SEED_BYTES = 20  # RFC 4226 section 4, R6: 160 bits are recommended
LEAST_BYTES = 16  # and 128 the least
ISSUER = "IAM Console"


def new_seed() -> bytes:
    return secrets.token_bytes(SEED_BYTES)


def seal(seed: bytes, *, account_id: str, serial_number: str) -> str:
    """Seal a seed, bound to its account and serial number, so that no other row's seed fits."""
    note_master_key()
    return sealer().seal(seed, bound_to=owner(account_id, serial_number))


def unseal(sealed: str, *, account_id: str, serial_number: str) -> bytes:
    return sealer().open(sealed, bound_to=owner(account_id, serial_number))


def base32(seed: bytes) -> str:
    """A seed as people type it (RFC 4648, without padding)."""
    return base64.b32encode(seed).decode().rstrip("=")


def from_base32(text: str) -> bytes:
    """The seed that somebody typed, blanks and case aside; InvalidInput where it is none or too short."""
    plain = text.replace(" ", "").rstrip("=").upper()
    try:
        seed = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except binascii.Error:
        raise InvalidInput("The seed is not valid Base32: it has the letters A to Z and the digits 2 to 7.") from None
    if len(seed) < LEAST_BYTES:
        raise InvalidInput(f"The seed is too short: it must have at least {LEAST_BYTES * 8} bits.")
    return seed


def provisioning_uri(name: str, account: str, base32_seed: str) -> str:
    """`otpauth://totp/device@account?secret=…`, as AWS's documentation gives it, and who issued it."""
    query = urlencode({"secret": base32_seed, "issuer": ISSUER}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{name}@{account}', safe='@')}?{query}"


def qr_code_png(uri: str) -> bytes:
    """The URI as a QR code, for authenticator apps to scan."""
    out = io.BytesIO()
    segno.make(uri, error="m", micro=False).save(out, kind="png", scale=5, border=4)
    return out.getvalue()


def owner(account_id: str, serial_number: str) -> tuple[str, ...]:
    return ("mfa-seed", account_id, serial_number)

"""Time-based codes (RFC 6238: six digits, a step of 30 seconds), each accepted once through whatever door."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from hmac import compare_digest

from django_otp.oath import hotp

from accounts.mfa import seeds, throttle
from accounts.mfa.models import MFADevice
from iamconsole.sealing import fingerprint

STEP = 30  # seconds
DIGITS = 6
TOLERANCE = 1  # steps that a clock may be off, beside the drift that is known
RESYNC = 120  # steps, an hour, that two codes in a row may be off when a device is synchronized

Search = Callable[[bytes], list[int]]
"""The steps at which a seed shows what was typed."""


def spend(device: MFADevice, code: str, now: datetime) -> bool:
    """Whether this is a code of the device that was never accepted before; from now on it is.

    A wrong code makes the next attempt wait, and one that comes before is not looked at.
    """
    here = _step(now) + device.drift
    return _tried(device, now, lambda seed: _matching(seed, (code,), _around(here, TOLERANCE)))


def synchronize(device: MFADevice, codes: tuple[str, str], now: datetime, *, window: int) -> bool:
    """Whether these are two codes in a row within `window` steps of now; how far off they were is remembered.

    An hour off is for devices whose clock went astray; one step off is no drift.
    """
    here = _step(now)
    if not _tried(device, now, lambda seed: _matching(seed, codes, _around(here, window))):
        return False
    off = device.last_step - here
    device.drift = off if abs(off) > TOLERANCE else 0
    device.save(update_fields=["drift"])
    return True


def _tried(device: MFADevice, now: datetime, search: Search) -> bool:
    """Search for the step of what was typed, one attempt at a time, and spend it."""
    try:
        with throttle.attempt(_named(device), now):
            seed = seeds.unseal(device.sealed_seed, account_id=device.account_id, serial_number=device.serial_number)
            steps = search(seed)
            if any(_advance(device, step, now) for step in steps):
                throttle.succeeded(_named(device))
                return True
            throttle.failed(_named(device), now)
    except throttle.Throttled:
        pass
    return False


def _matching(seed: bytes, codes: tuple[str, ...], steps: Iterable[int]) -> list[int]:
    """The steps whose code is the last of `codes`, those before being the codes of the steps before it."""
    wanted = "".join(codes)
    found = []
    for step in steps:
        shown = "".join(f"{hotp(seed, step - back):0{DIGITS}d}" for back in reversed(range(len(codes))))
        if compare_digest(shown.encode(), wanted.encode()):
            found.append(step)
    return found


def _advance(device: MFADevice, step: int, now: datetime) -> bool:
    """Spend a step: of however many that try at once, one gets it, even if what it was for is refused in the end.

    The device must still be whose it was when it was read: it may be taken away at this very moment.
    """
    if not throttle.spent(fingerprint(device.sealed_seed), step, now):
        return False
    mine = MFADevice.objects.filter(account_id=device.account_id, pk=device.pk, user=device.user_id)
    if not mine.filter(last_step__lt=step).update(last_step=step):
        return False
    device.last_step = step
    return True


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP


def _around(step: int, tolerance: int) -> range:
    return range(max(step - tolerance, 1), step + tolerance + 1)


def _named(device: MFADevice) -> str:
    return f"{device.account_id}/{device.serial_key}"

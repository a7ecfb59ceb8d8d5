"""The master key and the data directory: who can read them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accounts.master_keys.ring import confirm_ring
from iamconsole.interfaces.cli.doctor.finding import Finding, fault, warning, well
from iamconsole.sealing import SealingError
from iamconsole.settings import environment
from iamconsole.settings.keys import GENERATED_NAME

KEY, DATA = "master key", "data directory"


def master_key() -> Iterator[Finding]:
    given = environment.load()
    place = given["IAM_MASTER_KEY_FILE"]
    if given["IAM_MASTER_KEY"]:
        yield well(KEY, "given by IAM_MASTER_KEY")
    elif place is None or place.is_relative_to(settings.IAM_DATA_DIR):
        yield warning(
            KEY,
            f"lies beside the data, {place or settings.IAM_DATA_DIR / GENERATED_NAME}",
            "a copy of the data directory carries its key along: move it away and name it by IAM_MASTER_KEY_FILE",
        )
    else:
        yield _private(KEY, place, 0o027)
    try:
        confirm_ring()
    except SealingError as refusal:
        yield fault(KEY, str(refusal), "without that key no secret can be opened: configure the one that sealed them")


def data_directory() -> Iterator[Finding]:
    yield _private(DATA, Path(settings.IAM_DATA_DIR), 0o077)


def _private(what: str, place: Path, forbidden: int) -> Finding:
    mode = stat.S_IMODE(place.stat().st_mode)
    if mode & forbidden:
        return fault(what, f"{place} has mode {mode:04o}", f"chmod {mode & ~forbidden:04o} {place}")
    return well(what, f"{place}, mode {mode:04o}")

"""The one secret of an installation, its master keys, and what is derived from them."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from iamconsole.sealing import BadMasterKey, ring
from iamconsole.settings.environment import EnvironmentRefused

KEY_BYTES = 32
GENERATED_NAME = "master.key"

MasterKeys = Mapping[str, bytes]
"""The keys by id, the current one first."""


def master_keys(env: Mapping[str, Any]) -> MasterKeys:
    """The given keys, else that of the data directory, made there on the first start."""
    if env["IAM_MASTER_KEY"]:
        return _decode(env["IAM_MASTER_KEY"], "IAM_MASTER_KEY")
    place = key_file(env)
    assert place is not None
    if not env["IAM_MASTER_KEY_FILE"] and not place.exists():
        _generate(place)
    return read(place, source="IAM_MASTER_KEY_FILE" if env["IAM_MASTER_KEY_FILE"] else str(place))


def key_file(env: Mapping[str, Any]) -> Path | None:
    """The file that holds the keys; None where the environment itself does."""
    if env["IAM_MASTER_KEY"]:
        return None
    place: Path = env["IAM_MASTER_KEY_FILE"] or env["IAM_DATA_DIR"] / GENERATED_NAME
    return place


def read(place: Path, *, source: str) -> MasterKeys:
    """The keys of a file; EnvironmentRefused, which blames `source`, where there are none."""
    try:
        return _decode(place.read_text(), source)
    except (OSError, UnicodeDecodeError) as fault:
        raise EnvironmentRefused(f"{source}: `{place}` cannot be read as a key ({fault.__class__.__name__})") from fault


def refuse_key_beside_data(env: Mapping[str, Any]) -> None:
    """Production: a copy of the data must not carry its key along, so the key is given and lies elsewhere."""
    if env["IAM_MASTER_KEY"]:
        return
    place = env["IAM_MASTER_KEY_FILE"]
    if place is None:
        raise EnvironmentRefused("IAM_MASTER_KEY_FILE or IAM_MASTER_KEY: production does not make up a key; give one")
    if place.resolve().is_relative_to(env["IAM_DATA_DIR"]):
        raise EnvironmentRefused(f"IAM_MASTER_KEY_FILE: `{place}` lies in IAM_DATA_DIR beside the data; move it away")


def derive(master: bytes, purpose: str, *, length: int = KEY_BYTES) -> bytes:
    """A key of `length` bytes for one purpose (HKDF-SHA256, RFC 5869); different purposes give unrelated keys."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"iamconsole:{purpose}".encode()).derive(master)


def django_keys(masters: MasterKeys) -> list[str]:
    """SECRET_KEY and, behind it, its fallbacks: sessions outlive a change of master keys."""
    return [derive(master, "django").hex() for master in masters.values()]


def _generate(place: Path) -> None:
    """Write a new key with mode 0600. Of several processes that start at once exactly one wins, and none reads half."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, place)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def _decode(text: str, source: str) -> MasterKeys:
    try:
        keys = ring.parse(text)
        ring.KeyRing.of(keys)  # refuses ids that cannot be used
    except BadMasterKey as fault:
        raise EnvironmentRefused(
            f"{source}: a master key is {KEY_BYTES * 2} hexadecimal characters, as `openssl rand -hex 32` makes them;"
            f" several are `id:key,id:key`, the current one first. {str(fault)[:1].upper()}{str(fault)[1:]}"
        ) from None
    return keys

"""The one secret of an installation, the master key, and what is derived from it."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from iamconsole.settings.environment import EnvironmentRefused

KEY_BYTES = 32
GENERATED_NAME = "master.key"


def master_key(env: Mapping[str, Any]) -> bytes:
    """The given key (32 bytes), else the one of the data directory, made there on the first start."""
    if env["IAM_MASTER_KEY"]:
        return _decode(env["IAM_MASTER_KEY"], "IAM_MASTER_KEY")
    if env["IAM_MASTER_KEY_FILE"]:
        return _read(env["IAM_MASTER_KEY_FILE"], "IAM_MASTER_KEY_FILE")
    generated = env["IAM_DATA_DIR"] / GENERATED_NAME
    if not generated.exists():
        _generate(generated)
    return _read(generated, str(generated))


def refuse_key_beside_data(env: Mapping[str, Any]) -> None:
    """Production: a copy of the data must not carry its key along, so the key is given and lies elsewhere."""
    if env["IAM_MASTER_KEY"]:
        return
    place = env["IAM_MASTER_KEY_FILE"]
    if place is None:
        raise EnvironmentRefused("IAM_MASTER_KEY_FILE or IAM_MASTER_KEY: production does not make up a key; give one")
    if place.is_relative_to(env["IAM_DATA_DIR"]):
        raise EnvironmentRefused(f"IAM_MASTER_KEY_FILE: `{place}` lies in IAM_DATA_DIR beside the data; move it away")


def derive(master: bytes, purpose: str, *, length: int = KEY_BYTES) -> bytes:
    """A key of `length` bytes for one purpose (HKDF-SHA256, RFC 5869); different purposes give unrelated keys."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"iamconsole:{purpose}".encode()).derive(master)


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


def _read(place: Path, source: str) -> bytes:
    try:
        return _decode(place.read_text().strip(), source)
    except (OSError, UnicodeDecodeError) as fault:
        raise EnvironmentRefused(f"{source}: `{place}` cannot be read as a key ({fault.__class__.__name__})") from fault


def _decode(text: str, source: str) -> bytes:
    if not re.fullmatch(rf"[0-9a-fA-F]{{{KEY_BYTES * 2}}}", text):
        raise EnvironmentRefused(
            f"{source}: a master key is {KEY_BYTES * 2} hexadecimal characters, this one has {len(text)} characters"
            " or others than 0-9 and a-f; make one with `openssl rand -hex 32`"
        )
    return bytes.fromhex(text)

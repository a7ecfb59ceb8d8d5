"""Session tokens: a session and its secret, compressed, sealed and bound to the access key id they belong to.

Nothing else knows of a session, so every node and region that has the key ring can tell who is calling. A token
outlives a change of master keys for as long as the key that sealed it stays in the ring.
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import orjson

from accounts.access_keys.secrets import opener, sealer
from iamconsole.kernel.errors import InvalidClientTokenId
from iamconsole.kernel.sessions import Session, SessionKind
from iamconsole.sealing import SealingError

KEPT: Final = 2_048
LONGEST: Final = 8_192
"""Characters; a token is sent with every request, and servers bound their headers."""
Payload = dict[str, Any]


def issue(session: Session, *, access_key_id: str, secret: str, at_least: int = 0) -> str:
    """The token of a session under this key, of at least so many characters."""
    packed = zlib.compress(orjson.dumps(_payload(session) | {"secret": secret}), 9)
    token = sealer().seal(packed, bound_to=_owner(access_key_id))
    if len(token) < at_least:
        token = sealer().seal(packed + bytes(at_least - len(token)), bound_to=_owner(access_key_id))
    return token


@lru_cache(maxsize=KEPT)
def opened(access_key_id: str, token: str) -> Session:
    """The session of a token; InvalidClientTokenId for a token that is altered, another key's or not ours."""
    return _session(_open(access_key_id, token))


def secret_of(access_key_id: str, token: str) -> str:
    """The secret access key that goes with a token; not remembered."""
    secret: str = _open(access_key_id, token)["secret"]
    return secret


def _open(access_key_id: str, token: str) -> Payload:
    if len(token) > LONGEST:
        raise InvalidClientTokenId
    try:
        packed = opener().open(token, bound_to=_owner(access_key_id))
        payload: Payload = orjson.loads(zlib.decompressobj().decompress(packed))  # what pads a token follows
    except (SealingError, zlib.error, orjson.JSONDecodeError):
        raise InvalidClientTokenId from None
    return payload


def _owner(access_key_id: str) -> tuple[str, ...]:
    return ("session", access_key_id)


def _payload(session: Session) -> Payload:
    said = {
        "kind": session.kind.value,
        "account": session.account_id,
        "principal": session.principal_id,
        "issued": int(session.issued.timestamp()),
        "expires": int(session.expires.timestamp()),
        "name": session.name,
        "key": session.issuing_key,
        "policy": session.policy,
        "policies": list(session.policy_ids),
        "tags": dict(session.tags),
        "transitive": list(session.transitive),
        "source": session.source_identity,
        "mfa": int(session.mfa.timestamp()) if session.mfa else 0,
        "generation": session.mfa_generation,
        "provider": dict(session.provider),
        "chained": session.chained,
    }
    return {name: value for name, value in said.items() if value}


def _session(payload: Payload) -> Session:
    mfa = payload.get("mfa")
    return Session(
        kind=SessionKind(payload["kind"]),
        account_id=payload["account"],
        principal_id=payload["principal"],
        issued=_moment(payload["issued"]),
        expires=_moment(payload["expires"]),
        name=payload.get("name", ""),
        issuing_key=payload.get("key", ""),
        policy=payload.get("policy", ""),
        policy_ids=tuple(payload.get("policies", ())),
        tags=payload.get("tags", {}),
        transitive=tuple(payload.get("transitive", ())),
        source_identity=payload.get("source", ""),
        mfa=_moment(mfa) if mfa else None,
        mfa_generation=payload.get("generation", 0),
        provider={key: _said(value) for key, value in payload.get("provider", {}).items()},
        chained=payload.get("chained", False),
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _said(value: str | list[str]) -> str | tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else value

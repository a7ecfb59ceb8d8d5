"""Sign-ins at OpenID Connect providers that a browser's session has begun: one at a time, good once, for ten minutes.

A flow ends with the session that began it, so nobody is signed in by a code that another browser fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.utils.crypto import constant_time_compare

from accounts.federation.authorization_code import Flow
from accounts.master_keys.ring import sealer
from iamconsole.kernel import clock
from iamconsole.kernel.errors import InvalidIdentityToken

PATIENCE = 10 * 60  # seconds
FLOW, VERIFIED = "oidc_flow", "oidc_verified"
_OWNER = ("oidc-sign-in",)
GONE = "The sign-in took too long, was completed before, or began in another browser: begin again."


@dataclass(frozen=True, slots=True)
class Verified:
    """An ID token that waits for the word of whoever is signed in already."""

    provider_id: str
    token: str = field(repr=False)
    session_name: str
    wanted: str
    began: float


def begin(session: SessionBase, provider_id: str, wanted: str) -> Flow:
    """A new flow, in the place of any other of this session."""
    flow = Flow(provider_id, clock.now().timestamp(), wanted)
    session[FLOW] = flow.kept()
    return flow


def take(session: SessionBase, provider_id: str, state: str) -> Flow:
    """The flow of a state, which is used up whatever comes of it; InvalidIdentityToken where there is none."""
    kept: dict[str, Any] | None = session.pop(FLOW, None)
    flow = Flow(**kept) if kept else None
    if flow is None or _is_over(flow.began) or flow.provider_id != provider_id:
        raise InvalidIdentityToken(GONE)
    if not constant_time_compare(flow.state, state):
        raise InvalidIdentityToken("The answer belongs to another sign-in: its state is another. Begin again.")
    _use_up(flow.state)
    return flow


def put_aside(session: SessionBase, verified: Verified) -> None:
    """Keep a verified token, sealed, until the question is answered."""
    session[VERIFIED] = sealer().seal(orjson.dumps(verified), bound_to=_OWNER)


def take_aside(session: SessionBase, provider_id: str) -> Verified:
    """The token that was put aside, once."""
    sealed: str | None = session.pop(VERIFIED, None)
    found = Verified(**orjson.loads(sealer().open(sealed, bound_to=_OWNER))) if sealed else None
    if found is None or _is_over(found.began) or found.provider_id != provider_id:
        raise InvalidIdentityToken(GONE)
    return found


def _is_over(began: float) -> bool:
    return clock.now().timestamp() - began > PATIENCE


def _use_up(state: str) -> None:
    # Two requests at once may both have read the session; the cache adds for one of them.
    if not cache.add(f"oidc-flow:{sha256(state.encode()).hexdigest()}", 1, PATIENCE * 2):
        raise InvalidIdentityToken(GONE)

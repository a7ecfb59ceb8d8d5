"""Sign-in tokens: a session on its way into the console, sealed, for a quarter of an hour and one use.

They carry no secret: whoever reads one can open the console with it, once, and sign nothing.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

import orjson
from django.core.cache import cache

from accounts.master_keys.ring import sealer
from accounts.sts import tokens
from iamconsole.kernel.errors import SignInFailed
from iamconsole.kernel.sessions import Session
from iamconsole.sealing import SealingError
from iamconsole.storage.identifiers import secret_access_key

LIFETIME: Final = 15 * 60  # seconds
OWNER: Final = ("signin-token",)
REFUSED: Final = "The sign-in token is not known here, has expired or was used before: ask for a new one."


@dataclass(frozen=True, slots=True)
class SigninToken:
    """What a token lets in: `session_token` belongs to the access key, with a secret that nobody was told."""

    digest: str
    access_key_id: str
    session_token: str = field(repr=False)


def issue(session: Session, *, access_key_id: str, now: datetime) -> str:
    """A token that lets this session in."""
    sealed = tokens.issue(session, access_key_id=access_key_id, secret=secret_access_key())
    said = {"key": access_key_id, "token": sealed, "until": int(now.timestamp()) + LIFETIME}
    return sealer().seal(zlib.compress(orjson.dumps(said), 9), bound_to=OWNER)


def opened(text: str, *, now: datetime) -> SigninToken:
    """What a token says, which stays good for its one use; SignInFailed for any other text, and when it is over."""
    if len(text) > tokens.LONGEST * 2:
        raise SignInFailed(REFUSED)
    try:
        said = orjson.loads(zlib.decompress(sealer().open(text, bound_to=OWNER)))
    except (SealingError, zlib.error, orjson.JSONDecodeError):
        raise SignInFailed(REFUSED) from None
    digest = sha256(text.encode()).hexdigest()
    if said["until"] <= now.timestamp() or cache.get(_key(digest)) is not None:
        raise SignInFailed(REFUSED)
    return SigninToken(digest, said["key"], said["token"])


def spend(token: SigninToken) -> None:
    """Use a token up, even of two requests at a time; SignInFailed for the second."""
    if not cache.add(_key(token.digest), 1, LIFETIME * 2):
        raise SignInFailed(REFUSED)


def _key(digest: str) -> str:
    return f"signin-token:{digest}"

"""Going over to a new key so that a run may be killed anywhere: a key is used when it is on the disk and was proved.

    ask with the key in use  →  a new one waits  →  keep it beside  →  ask with it  →  keep it as the one in use

The product gives the same new key until it saw it used, so that every step can be done again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from ..agent.addresses import is_loopback
from ..connection import AccessKey, Connection
from ..errors import Refused, Unavailable
from .store import Keys

PATH: Final = "/api/v1/rotation/collect"
UNKNOWN_CALLER: Final = (401, 403)


@dataclass(frozen=True)
class Reply:
    """What the product says to a key: whether it is a good one, which one waits for its user, and what is amiss."""

    good: bool
    waiting: AccessKey | None = None
    amiss: str = ""


Ask = Callable[[AccessKey], Reply]
Keep = Callable[[Keys], Keys]


def asking(server: str, *, timeout: float) -> Ask:
    """What asks the product at this URL; Unavailable where it gives no such answer."""
    parts = urlsplit(server)
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"{server} would send keys in the clear: use https, or http on this host alone")
    Connection(server, key=AccessKey("", ""), token=None, timeout=timeout)  # judges the URL, connects nowhere

    def ask(key: AccessKey) -> Reply:
        connection = Connection(server, key=key, token=None, timeout=timeout)
        try:
            return Reply(True, _waiting(connection.post(PATH)))
        except Refused as refused:
            return _refused(refused, key)
        finally:
            connection.close()

    return ask


def renewed(keys: Keys, ask: Ask, keep: Keep) -> Keys:
    """The keys after asking, each change kept before the next step; Unavailable, or what `keep` raises, in between.

    No key is forgotten because it is refused, which may pass: the product gives a key that it saw used never again.
    """
    if keys.waiting and ask(keys.waiting).good:
        keys = keep(keys.promoted())
    reply = ask(keys.current)
    if not reply.good and keys.former:
        reply = ask(keys.former)
        keys = keep(keys.reverted()) if reply.good else keys
    if reply.waiting is None or reply.waiting in (keys.current, keys.waiting):
        return keys
    keys = keep(replace(keys, waiting=reply.waiting))
    return keep(keys.promoted()) if ask(reply.waiting).good else keys


def _waiting(answer: object) -> AccessKey:
    given = answer if isinstance(answer, dict) else {}
    ident, secret = given.get("AccessKeyId"), given.get("SecretAccessKey")
    if not (isinstance(ident, str) and isinstance(secret, str) and ident and secret):
        raise Unavailable("the answer holds no access key")
    return AccessKey(ident, secret)


def _refused(refused: Refused, key: AccessKey) -> Reply:
    if refused.code == "NoSuchEntity":
        return Reply(True)
    if refused.status in UNKNOWN_CALLER:
        known = refused.code == "AccessDenied"
        what = "may not collect its successor" if known else "is not accepted"
        return Reply(known, amiss=f"the key {key.id} {what}: {refused.code}")
    raise Unavailable(f"the product answered {refused.status} {refused.code}") from None

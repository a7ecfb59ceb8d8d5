"""Forms that are sent twice: the first one counts.

Every form that creates something carries a nonce; a second POST with it (a double click, a reload of the page that
shows a new secret) is led to what the first one made.
"""

from __future__ import annotations

import secrets

from django.core.cache import cache

FIELD = "submission"
KEPT = 12 * 60 * 60  # seconds, as long as a session


def nonce() -> str:
    return secrets.token_urlsafe(18)


def claim(user_id: str, value: str) -> bool:
    """Whether this is the first time that the principal sends the nonce."""
    return cache.add(_key(user_id, value), 1, KEPT)


def release(user_id: str, value: str) -> None:
    """Forget a nonce whose submission was refused: corrected, it may come again."""
    cache.delete(_key(user_id, value))


def _key(user_id: str, value: str) -> str:
    return f"console:submission:{user_id}:{value[:64].encode().hex()}"

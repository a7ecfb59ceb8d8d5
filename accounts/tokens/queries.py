"""Reading bearer tokens."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from accounts.tokens import secrets
from accounts.tokens.models import BearerToken
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import ExpiredToken, InvalidClientTokenId


def redeem(token: str, *, now: datetime) -> BearerToken:
    """The token with its key and user; ExpiredToken when its time is over, InvalidClientTokenId for any other."""
    found: BearerToken | None = (
        BearerToken.objects.across_accounts("the token says who is calling")
        .select_related("access_key__user")
        .filter(pk=secrets.digest(token))
        .first()
    )
    if found is None or not found.access_key.active:
        raise InvalidClientTokenId
    if found.expires <= now:
        raise ExpiredToken
    return found


def forget(call: Call, tokens: QuerySet) -> None:
    """Delete bearer tokens and note each for the regions, which know them by digest."""
    digests = list(tokens.values_list("digest", flat=True))
    if digests:
        tokens.filter(digest__in=digests).delete()
    for digest in digests:
        call.emit("bearer_token", digest, "deleted")

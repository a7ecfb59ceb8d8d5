"""What can be done with bearer tokens."""

from __future__ import annotations

from datetime import timedelta

from accounts.access_keys.models import AccessKey
from accounts.tokens import queries as tokens
from accounts.tokens import secrets
from accounts.tokens.models import BearerToken
from accounts.tokens.resources import CALLER
from accounts.tokens.shapes import CreateTokenResult, DurationSeconds
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import AccessDenied
from iamconsole.kernel.operation import Access, Rest, operation


@operation(Access.WRITE, on=CALLER, service="iamconsole", rest=Rest("POST", "/tokens", status=201))
def create_token(call: Call, *, duration_seconds: DurationSeconds = 3600) -> CreateTokenResult:
    """Mint a bearer token that acts for the caller's access key, for one hour unless told otherwise.

    Only a request signed with a long-term access key mints one: what is temporary cannot prolong itself. The token
    ends with its time, or at once when the key is made inactive or deleted.
    """
    token, expires = secrets.new_token(), call.time + timedelta(seconds=duration_seconds)
    key = _signing_key(call)
    tokens.forget(call, BearerToken.objects.filter(access_key=key, expires__lte=call.time))
    row = BearerToken.objects.create(
        digest=secrets.digest(token), account_id=call.account_id, access_key=key, created=call.time, expires=expires
    )
    call.emit("bearer_token", row.digest, "created")
    return CreateTokenResult(token=token, expiration=expires)


def _signing_key(call: Call) -> AccessKey:
    rows = AccessKey.objects.select_for_update().filter(account_id=call.account_id, active=True)
    key: AccessKey | None = rows.filter(pk=call.principal.access_key_id).first()
    if key is None or call.principal.is_temporary:
        raise AccessDenied("Cannot call CreateToken with temporary credentials: sign with a long-term access key.")
    return key

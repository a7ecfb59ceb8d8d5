"""An assertion buys one session: a row for each that was used, in the transaction of the session it bought."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from accounts.saml_providers.models import SpentAssertion
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidIdentityToken

MARGIN = timedelta(minutes=10)
"""For how much longer than it is valid an assertion is remembered: more than the clocks may differ."""
CHUNK = 100


def spend(call: Call, *, account_id: str, issuer: str, assertion_id: str, not_on_or_after: datetime) -> None:
    """Use an assertion up, within an operation; InvalidIdentityToken where it was used before.

    Of two that come at the same time the unique constraint lets one pass; the other's transaction is run again.
    """
    spent = SpentAssertion.objects.filter(account_id=account_id)
    digest = sha256(f"{issuer}\n{assertion_id}".encode()).hexdigest()
    if spent.filter(digest=digest).exists():
        raise InvalidIdentityToken("The assertion was used before: sign in at the identity provider again")
    old = spent.filter(expires__lte=call.time).order_by("expires").values_list("pk", flat=True)[:CHUNK]
    spent.filter(pk__in=list(old)).delete()
    SpentAssertion.objects.create(account_id=account_id, digest=digest, expires=not_on_or_after + MARGIN)
    call.emit("saml_assertion", digest, "created")

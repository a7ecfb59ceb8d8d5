"""Verified SAML responses that wait for the choice of a role: sealed, under a random name, for five minutes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson
from django.core.cache import cache

from accounts.federation.saml_offers import Offer
from accounts.master_keys.ring import sealer
from iamconsole.kernel.errors import InvalidIdentityToken

KEPT = 5 * 60  # seconds
GONE = "The sign-in took too long or was completed before: begin again at your identity provider."


@dataclass(frozen=True, slots=True)
class Pending:
    """A response, the roles that it offers, and the page that is wanted afterwards."""

    response: str = field(repr=False)
    wanted: str
    offered: Sequence[Offer]


def put_aside(pending: Pending) -> str:
    """Keep a response; gives the ticket that it is found by."""
    ticket = secrets.token_urlsafe(24)
    cache.set(_key(ticket), sealer().seal(orjson.dumps(pending), bound_to=_owner(ticket)), KEPT)
    return ticket


def find(ticket: str) -> Pending:
    """The response of a ticket, which stays; InvalidIdentityToken when it is gone."""
    sealed = cache.get(_key(ticket))
    if sealed is None:
        raise InvalidIdentityToken(GONE)
    kept = orjson.loads(sealer().open(sealed, bound_to=_owner(ticket)))
    return Pending(kept["response"], kept["wanted"], [Offer(**each) for each in kept["offered"]])


def forget(ticket: str) -> None:
    """The response has opened its session."""
    cache.delete(_key(ticket))


def _owner(ticket: str) -> tuple[str, ...]:
    return ("saml-sign-in", ticket)


def _key(ticket: str) -> str:
    return f"saml-sign-in:{ticket}"

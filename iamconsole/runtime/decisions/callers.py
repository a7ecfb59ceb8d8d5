"""Who is asking: a signature or a bearer token, looked up in the projection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from accounts.tokens.secrets import digest
from iamconsole.audit.history.recorder import recorder
from iamconsole.kernel.call import Origin, Principal
from iamconsole.kernel.errors import ExpiredToken, InvalidClientTokenId, MissingAuthenticationToken
from iamconsole.kernel.sessions import Session, SessionKind, token_facts
from iamconsole.replication import freshness
from iamconsole.replication.projection.source import Source
from iamconsole.runtime.authentication import service_keys, sigv4, temporary, watching
from iamconsole.runtime.context import REGION
from iamconsole.runtime.decisions import subjects
from iamconsole.runtime.decisions.subjects import Subject

SERVICES: Final = frozenset({"iam", "iamconsole", "execute-api"})
KEPT: Final = 8_192  # keys, and tokens, that a process remembers
LONGEST_TOKEN: Final = 256


@dataclass(frozen=True, slots=True)
class Caller:
    """Who presented a credential: `temporary` ones, or a bearer token, with the condition keys that only those have."""

    subject: Subject
    account_id: str
    access_key_id: str
    session: Mapping[str, str] = field(default_factory=dict)
    temporary: Session | None = None


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    account_id: str
    user: str  # by unique id, or empty
    service: str  # by prefix, or empty
    watched: bool
    sealed_secret: str = field(repr=False)

    def secret(self, source: Source) -> str:
        return source.secret(self.sealed_secret, account_id=self.account_id, access_key_id=self.id)


@dataclass(frozen=True, slots=True)
class _Token:
    key_id: str
    expires: datetime
    session: Mapping[str, str]


_keys: freshness.Kept[str, _Key] = freshness.Kept(KEPT)
_tokens: freshness.Kept[str, _Token] = freshness.Kept(KEPT)
_signing_keys = sigv4.SigningKeys()


def identify(
    request: sigv4.SignedRequest,
    *,
    view: freshness.View,
    now: datetime,
    services: frozenset[str] | None = SERVICES,
    account_id: str | None = None,
    origin: Origin | None = None,
) -> Caller:
    """The principal who signed a request or put a bearer token on it; every fault has AWS's own code.

    `services` None takes whichever service the signature names. With `account_id` the credentials of every other
    account are as unknown as those of nobody. `origin` is where the request came from, if that is known.
    """
    origin = origin or Origin(user_agent=request.header("user-agent") or "")
    authorization = request.header("authorization") or ""
    if is_bearer(authorization):
        return of_bearer(authorization, view=view, now=now, account_id=account_id, origin=origin)
    presented = sigv4.parse(request)
    if presented is None:
        raise MissingAuthenticationToken
    if temporary.is_temporary(presented):
        return _of_session(
            presented, request, view=view, now=now, services=services, account_id=account_id, origin=origin
        )
    key = _key(presented.access_key_id, view)
    if key is None or presented.security_token is not None or account_id not in (None, key.account_id):
        raise InvalidClientTokenId

    def secret() -> str:
        return key.secret(view.source)

    sigv4.verify_with(
        lambda: _signing_keys.recall(presented, fingerprint=key.sealed_secret.encode(), secret=secret),
        presented,
        request,
        services=frozenset({presented.service}) if services is None else services,
        now=now,
    )
    _note_use(key, origin, service=presented.service, region=presented.region)
    return _caller(key, view)


def _of_session(
    presented: sigv4.Presented,
    request: sigv4.SignedRequest,
    *,
    view: freshness.View,
    now: datetime,
    services: frozenset[str] | None,
    account_id: str | None,
    origin: Origin,
) -> Caller:
    """Whoever signed with temporary credentials, limited by the policies that were passed with them."""
    session = temporary.session_of(presented, now=now)
    if account_id not in (None, session.account_id):
        raise InvalidClientTokenId
    token = sha256((presented.security_token or "").encode()).digest()
    sigv4.verify_with(
        lambda: _signing_keys.recall(presented, fingerprint=token, secret=lambda: temporary.secret_of(presented)),
        presented,
        request,
        services=frozenset({presented.service}) if services is None else services,
        now=now,
    )
    if session.kind is not SessionKind.ROLE:
        issuing = _key(session.issuing_key, view)
        if issuing is None or (issuing.account_id, issuing.user) != (session.account_id, session.principal_id):
            raise InvalidClientTokenId
        if issuing.watched:  # the session ends with the key, so whoever uses one still needs the other
            watching.seen(issuing.id, issuing.account_id, origin, service=presented.service, region=presented.region)
    subject = subjects.of_session(session, view, now=now)
    if subject is None:
        raise InvalidClientTokenId
    return Caller(subject, session.account_id, presented.access_key_id, temporary=session)


def of_principal(principal: Principal, *, view: freshness.View, now: datetime) -> Caller:
    """Whoever is authenticated already, as the doors would know him by a signature."""
    session = principal.temporary
    if session is not None:
        subject, stated = subjects.of_session(session, view, now=now), {}
    else:
        subject = subjects.user_of_key(principal.unique_id, principal.account_id, view)
        stated = {key: value for key, value in principal.session.items() if isinstance(value, str)}
    if subject is None:
        raise InvalidClientTokenId
    return Caller(subject, principal.account_id, principal.access_key_id, stated, session)


def is_bearer(authorization: str) -> bool:
    """Whether an Authorization header holds a token."""
    return authorization[:7].lower() == "bearer "


def of_bearer(
    authorization: str,
    *,
    view: freshness.View,
    now: datetime,
    account_id: str | None = None,
    origin: Origin = watching.NOWHERE,
) -> Caller:
    """The principal of a bearer token, for as long as its access key is active."""
    token = authorization[7:].strip()
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise InvalidClientTokenId
    name = digest(token)
    found = _tokens.get(name, view)
    if found is None:
        row = view.source.by_id("token", name)
        if row is None:
            raise InvalidClientTokenId
        created, expires = (datetime.fromisoformat(row.body[moment]) for moment in ("created", "expires"))
        found = _Token(row.body["key"], expires, token_facts(created))
        # Stamps of the view are older than what was just read, so nothing newer is overlooked.
        stamp = view.stamp(row.account_id)
        _tokens.keep(name, found, account_id=row.account_id, stamp=stamp, depends={(row.kind, row.id)})
    if found.expires <= now:
        raise ExpiredToken
    key = _key(found.key_id, view)
    if key is None or account_id not in (None, key.account_id):
        raise InvalidClientTokenId
    _note_use(key, origin, service=watching.BEARER_SERVICE, region=REGION)
    return _caller(key, view, found.session)


def _note_use(key: _Key, origin: Origin, *, service: str, region: str) -> None:
    recorder.key_used(key.id, key.account_id, service, region)
    if key.watched:
        watching.seen(key.id, key.account_id, origin, service=service, region=region)


def _key(ident: str, view: freshness.View) -> _Key | None:
    """An active access key of a user or a service."""
    found = _keys.get(ident, view)
    if found is None:
        row = view.source.by_id("service_key" if service_keys.is_service_key(ident) else "key", ident)
        if row is None or not row.body["active"]:
            return None
        body = row.body
        found = _Key(
            row.id,
            row.account_id,
            body.get("user", ""),
            body.get("service", ""),
            watched=body.get("watched", False),
            sealed_secret=body["secret"],
        )
        stamp, depends = view.stamp(row.account_id), {(row.kind, row.id)}
        _keys.keep(ident, found, account_id=row.account_id, stamp=stamp, depends=depends)
    if view.withholds(found.account_id, (("service_key" if found.service else "key", ident),)):
        raise InvalidClientTokenId(f"Region {view.region} has not yet applied a revocation of this access key.")
    return found


def _caller(key: _Key, view: freshness.View, session: Mapping[str, str] | None = None) -> Caller:
    if key.service:
        subject = subjects.service_of_key(key.service, key.account_id, view)
    else:
        subject = subjects.user_of_key(key.user, key.account_id, view)
    if subject is None:
        raise InvalidClientTokenId
    return Caller(subject, key.account_id, key.id, session or {})

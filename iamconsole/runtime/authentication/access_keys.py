"""A signed request's principal."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from accounts.access_keys import last_used
from accounts.access_keys.models import AccessKey
from accounts.access_keys.secrets import unseal
from accounts.roles.models import Role
from iamconsole.kernel.call import Origin, Principal
from iamconsole.kernel.errors import AuthenticationFault, InvalidClientTokenId, MissingAuthenticationToken
from iamconsole.kernel.sessions import Session, SessionKind
from iamconsole.replication import freshness
from iamconsole.runtime.authentication import service_keys, sigv4, temporary, watching
from iamconsole.runtime.authentication.identities import of_federated_user, of_role_session, of_user, of_user_session

KEPT: Final = 8_192  # keys with their users that a process remembers

_keys: freshness.Kept[str, AccessKey] = freshness.Kept(KEPT)
_signing_keys = sigv4.SigningKeys()


def authenticate(
    request: sigv4.SignedRequest, *, services: frozenset[str], now: datetime, origin: Origin = watching.NOWHERE
) -> Principal:
    """The principal whose key signed the request, sent from `origin`; every fault has AWS's own code."""
    presented = sigv4.parse(request)
    if presented is None:
        raise MissingAuthenticationToken
    if temporary.is_temporary(presented):
        session = temporary.session_of(presented, now=now)
        sigv4.verify(presented, request, secret=temporary.secret_of(presented), services=services, now=now)
        return of_session(
            session,
            access_key_id=presented.access_key_id,
            service=presented.service,
            region=presented.region,
            now=now,
            origin=origin,
        )
    if service_keys.is_service_key(presented.access_key_id):
        return service_keys.authenticate(presented, request, services=services, now=now)
    key = _active(presented.access_key_id)
    if key is None or presented.security_token is not None:
        _note_refusal(presented, request, services=services, now=now, origin=origin)
        raise InvalidClientTokenId
    sigv4.verify_with(lambda: _signing_key(key, presented), presented, request, services=services, now=now)
    _note_use(key, presented, now)
    _note_origin(key, presented, origin)
    return of_user(key.user, access_key_id=key.id)


def _active(key_id: str) -> AccessKey | None:
    """An active key and its user, read anew once either has changed."""
    view = freshness.view()
    found = _keys.get(key_id, view)
    if found is None:
        everywhere = AccessKey.objects.across_accounts("the access key id says who is calling")
        found = everywhere.select_related("user").filter(pk=key_id, active=True).first()
        if found is not None:
            depends = {("key", key_id), ("user", found.user.unique_id)}
            _keys.keep(key_id, found, account_id=found.account_id, stamp=view.stamp(found.account_id), depends=depends)
    return found


def _signing_key(key: AccessKey, presented: sigv4.Presented) -> bytes:
    def secret() -> str:
        return unseal(key.sealed_secret, account_id=key.account_id, access_key_id=key.id)

    return _signing_keys.recall(presented, fingerprint=key.sealed_secret.encode(), secret=secret)


def of_session(
    session: Session,
    *,
    access_key_id: str,
    region: str,
    now: datetime,
    service: str = "sts",
    origin: Origin = watching.NOWHERE,
) -> Principal:
    """Whoever's session it is: the same role or user, by unique id; a user's session ends with the key that asked.

    InvalidClientTokenId when the role, the user or that key is gone. Whoever presented the session was verified before.
    """
    if session.kind is SessionKind.ROLE:
        role = Role.objects.filter(account_id=session.account_id, unique_id=session.principal_id).first()
        if role is None:
            raise InvalidClientTokenId
        _note_role_use(role, region, now)
        return of_role_session(role, session, access_key_id=access_key_id, now=now)
    issuer = _active(session.issuing_key)
    if issuer is None or (issuer.account_id, issuer.user.unique_id) != (session.account_id, session.principal_id):
        raise InvalidClientTokenId
    if session.outlives_mfa(issuer.user.mfa_generation):
        raise InvalidClientTokenId
    if issuer.watched:  # the session ends with the key, so whoever uses one still needs the other
        watching.seen(issuer.id, issuer.account_id, origin, service=service, region=region)
    made = of_user_session if session.kind is SessionKind.USER else of_federated_user
    return made(issuer.user, session, access_key_id=access_key_id, now=now)


def _note_use(key: AccessKey, presented: sigv4.Presented, now: datetime) -> None:
    if key.last_used is None or now - key.last_used >= last_used.GRANULARITY:
        last_used.note(key.pk, account_id=key.account_id, service=presented.service, region=presented.region, now=now)
        key.last_used = now  # of the row that is remembered: no change of the account, so nothing makes it be read anew


def _note_origin(key: AccessKey, presented: sigv4.Presented, origin: Origin) -> None:
    if key.watched:
        watching.seen(key.id, key.account_id, origin, service=presented.service, region=presented.region)


def _note_refusal(
    presented: sigv4.Presented,
    request: sigv4.SignedRequest,
    *,
    services: frozenset[str],
    now: datetime,
    origin: Origin,
) -> None:
    """Somebody still asks for a key that its rotation made inactive; whoever does not hold the secret is not noted."""
    everywhere = AccessKey.objects.across_accounts("the access key id says who is calling")
    key = everywhere.filter(pk=presented.access_key_id, active=False, watched=True).first()
    if key is None:
        return
    try:
        sigv4.verify_with(lambda: _signing_key(key, presented), presented, request, services=services, now=now)
    except AuthenticationFault:
        return
    watching.seen(key.id, key.account_id, origin, service=presented.service, region=presented.region, refused=True)


def _note_role_use(role: Role, region: str, now: datetime) -> None:
    if role.last_used is None or now - role.last_used >= last_used.GRANULARITY:
        Role.objects.filter(account_id=role.account_id, pk=role.pk).update(last_used=now, last_used_region=region)

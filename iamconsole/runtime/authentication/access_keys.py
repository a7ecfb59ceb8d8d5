"""A signed request's principal."""

from __future__ import annotations

from datetime import datetime

from accounts.access_keys import last_used
from accounts.access_keys.models import AccessKey
from accounts.access_keys.secrets import unseal
from accounts.roles.models import Role
from iamconsole.kernel.call import Principal
from iamconsole.kernel.errors import InvalidClientTokenId, MissingAuthenticationToken
from iamconsole.kernel.sessions import Session, SessionKind
from iamconsole.runtime.authentication import sigv4, temporary
from iamconsole.runtime.authentication.identities import of_federated_user, of_role_session, of_user, of_user_session


def authenticate(request: sigv4.SignedRequest, *, services: frozenset[str], now: datetime) -> Principal:
    """The principal whose key signed the request; every fault has AWS's own code."""
    presented = sigv4.parse(request)
    if presented is None:
        raise MissingAuthenticationToken
    if temporary.is_temporary(presented):
        session = temporary.session_of(presented, now=now)
        sigv4.verify(presented, request, secret=temporary.secret_of(presented), services=services, now=now)
        return _of_session(session, presented, now)
    key = _active(presented.access_key_id)
    if key is None or presented.security_token is not None:
        raise InvalidClientTokenId
    secret = unseal(key.sealed_secret, account_id=key.account_id, access_key_id=key.id)
    sigv4.verify(presented, request, secret=secret, services=services, now=now)
    _note_use(key, presented, now)
    return of_user(key.user, access_key_id=key.id)


def _active(key_id: str) -> AccessKey | None:
    found: AccessKey | None = (
        AccessKey.objects.across_accounts("the access key id says who is calling")
        .select_related("user")
        .filter(pk=key_id, active=True)
        .first()
    )
    return found


def _of_session(session: Session, presented: sigv4.Presented, now: datetime) -> Principal:
    """Whoever's session it is: the same role or user, by unique id; a user's session ends with the key that asked."""
    key_id = presented.access_key_id
    if session.kind is SessionKind.ROLE:
        role = Role.objects.filter(account_id=session.account_id, unique_id=session.principal_id).first()
        if role is None:
            raise InvalidClientTokenId
        _note_role_use(role, presented, now)
        return of_role_session(role, session, access_key_id=key_id, now=now)
    issuer = _active(session.issuing_key)
    if issuer is None or (issuer.account_id, issuer.user.unique_id) != (session.account_id, session.principal_id):
        raise InvalidClientTokenId
    if session.outlives_mfa(issuer.user.mfa_generation):
        raise InvalidClientTokenId
    made = of_user_session if session.kind is SessionKind.USER else of_federated_user
    return made(issuer.user, session, access_key_id=key_id, now=now)


def _note_use(key: AccessKey, presented: sigv4.Presented, now: datetime) -> None:
    if key.last_used is None or now - key.last_used >= last_used.GRANULARITY:
        last_used.note(key.pk, account_id=key.account_id, service=presented.service, region=presented.region, now=now)


def _note_role_use(role: Role, presented: sigv4.Presented, now: datetime) -> None:
    if role.last_used is None or now - role.last_used >= last_used.GRANULARITY:
        Role.objects.filter(account_id=role.account_id, pk=role.pk).update(
            last_used=now, last_used_region=presented.region
        )

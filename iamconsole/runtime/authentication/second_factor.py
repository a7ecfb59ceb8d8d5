"""The second factor of a sign-in, and what a console session knows of it.

Between password and second factor there is no session but a note in an anonymous one: whose turn it is, for five
minutes and five attempts. It opens nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.cache import cache

from accounts.mfa import queries as mfa
from accounts.mfa import security_keys, seeds
from accounts.passwords import lockout
from accounts.users.models import User
from iamconsole.kernel import clock
from iamconsole.kernel.call import Origin
from iamconsole.kernel.errors import SignInFailed, TooManyAttempts
from iamconsole.kernel.operation import REGISTRY
from iamconsole.kernel.sessions import MFA_PRESENT, mfa_facts
from iamconsole.runtime import calls, dispatch
from iamconsole.runtime.authentication import passwords
from iamconsole.runtime.authentication.identities import of_user

PATIENCE = 5 * 60  # seconds between password and second factor
ATTEMPTS = 5  # at the second factor, for one password
FRESH = 10 * 60  # seconds that a second factor counts for what is dangerous
PENDING, MFA_AT, VERIFIED_AT, CHALLENGE = "second_factor", "mfa_at", "verified_at", "webauthn_challenge"
OVER = "The sign-in took too long or had too many attempts. Begin again with your password."

Session = MutableMapping[str, Any]


def required(user: User) -> bool:
    """Whether the right password is only the first step."""
    return mfa.protects(user)


# --- between password and second factor ------------------------------------------------------------------------------


def begin(session: Session, user: User, name: str) -> None:
    """Note whose turn it is to give a second factor."""
    session[PENDING] = {
        "id": secrets.token_urlsafe(16),
        "user": user.pk,
        "password": user.get_session_auth_hash(),
        "name": name,
        "until": clock.now().timestamp() + PATIENCE,
    }


def pending(session: Session) -> User | None:
    """Whose turn it is, while it lasts and the password is still the one that was given."""
    note = session.get(PENDING)
    if note is None or note["until"] < clock.now().timestamp():
        return None
    rows = User.objects.across_accounts("a pending sign-in names its user by primary key alone")
    user: User | None = rows.select_related("account").filter(pk=note["user"]).first()
    if user is None or not user.is_session_auth_hash(note["password"]):
        return None
    return user if passwords.may_sign_in(user) else None


def complete(session: Session, proof: Mapping[str, str], *, origin: Origin) -> User:
    """The user whose second factor this is; SignInFailed where it is wrong, TooManyAttempts where it is all over."""
    user, note = pending(session), session.get(PENDING) or {}
    if user is None or not _counted(note["id"]):
        session.pop(PENDING, None)
        raise TooManyAttempts(OVER)
    check(user, proof, origin=origin)
    session.pop(PENDING)
    passwords.signed_in(user, note["name"], mfa_used=True, origin=origin)
    return user


def _counted(pending_id: str) -> bool:
    """Count an attempt, where parallel requests cannot count it away."""
    key = f"mfa:pending:{pending_id}"
    cache.add(key, 0, PATIENCE)
    return bool(cache.incr(key) <= ATTEMPTS)


# --- verifying -------------------------------------------------------------------------------------------------------


def check(user: User, proof: Mapping[str, str], *, origin: Origin, passwordless: bool = False) -> None:
    """Demand a second factor of a user, on record (SignInFailed); `proof` has one member of CheckMFA."""
    call = calls.call_for(of_user(user), door="console", origin=origin)
    members = {**proof, **({"passwordless": True} if passwordless else {})}
    dispatch.execute(call, REGISTRY["signin:CheckMFA"], members)


def sign_in_with_passkey(assertion: str, challenge: str, *, origin: Origin) -> User:
    """The user whose passkey this is, which stands for password and second factor; SignInFailed for any other."""
    address = origin.source_ip or ""
    lockout.demand_free("passkey", "", address)
    user = security_keys.holder(assertion)
    try:
        if user is None or not passwords.may_sign_in(user):
            raise SignInFailed
        check(user, {"assertion": assertion, "challenge": challenge}, origin=origin, passwordless=True)
    except SignInFailed:
        lockout.failed("passkey", "", address)
        raise
    passwords.signed_in(user, user.email or user.name, mfa_used=True, origin=origin)
    return user


# --- what pages ask --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Factors:
    """What a user can be asked for: `codes` of a device, and a key with these `options` (JSON; empty without one)."""

    codes: bool
    options: str


def factors(session: Session, user: User) -> Factors:
    """What a user can be asked for, a new challenge for his security keys included."""
    codes = mfa.of_user(user).exclude(sealed_seed="").exists()
    keys = bool(security_keys.of_user(user))
    return Factors(codes, security_keys.request_options(new_challenge(session), user=user) if keys else "")


def passkey_options(session: Session) -> str:
    """What a browser is asked before it is known who signs in (JSON)."""
    return security_keys.request_options(new_challenge(session))


def creation_options(session: Session, user: User) -> str:
    """What a browser is asked to make a key of (JSON)."""
    label = f"{'root' if user.is_root else user.name}@{user.account.alias or user.account_id}"
    return security_keys.creation_options(user, label, new_challenge(session))


def qr_code(user: User, serial_number: str, seed: str) -> bytes:
    """The QR code of a seed that is on the screen already, once more."""
    account = user.account.alias or user.account_id
    return seeds.qr_code_png(seeds.provisioning_uri(serial_number.rsplit("/", 1)[-1], account, seed))


def recovery_codes_left(user: User) -> int:
    """How many recovery codes the user has not used."""
    return mfa.recovery_codes_left(user)


def new_challenge(session: Session) -> str:
    """A challenge for this session's next answer."""
    session[CHALLENGE] = security_keys.new_challenge()
    return str(session[CHALLENGE])


def take_challenge(session: Session) -> str:
    """The session's challenge, once, even of two requests at a time; SignInFailed where there is none."""
    challenge = session.pop(CHALLENGE, "")
    if not challenge or not cache.add(f"mfa:challenge:{challenge}", 1, PATIENCE * 2):
        raise SignInFailed
    return str(challenge)


# --- what a session knows --------------------------------------------------------------------------------------------


def note_mfa(session: Session) -> None:
    """A second factor was given now."""
    session[MFA_AT] = session[VERIFIED_AT] = int(clock.now().timestamp())


def note_verified(session: Session) -> None:
    """Somebody proved that he has a device, or the operator let him in: dangerous things are open, MFA it is not."""
    session[VERIFIED_AT] = int(clock.now().timestamp())


def is_fresh(session: Session) -> bool:
    """Whether a second factor was given a short while ago."""
    return bool(clock.now().timestamp() - session.get(VERIFIED_AT, 0) <= FRESH)


def facts(session: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """The condition keys of a console session, whose credentials are temporary (reference 3.4).

    Long-term access keys have neither: there the keys are absent, not false.
    """
    given = session.get(MFA_AT)
    return {MFA_PRESENT: "false"} if given is None else mfa_facts(datetime.fromtimestamp(given, UTC), now)

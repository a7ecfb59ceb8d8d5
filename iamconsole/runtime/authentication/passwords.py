"""Signing in with a password: one hash whatever the name, one answer whatever was wrong."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, make_password

from accounts.mfa import queries as mfa
from accounts.passwords import hashing, lockout, standing
from accounts.passwords.models import LoginProfile
from accounts.tenancy import queries as tenancy
from accounts.tenancy.models import Account
from accounts.users.models import User
from iamconsole.kernel import clock
from iamconsole.kernel.call import Origin, Principal, PrincipalType
from iamconsole.kernel.errors import PasswordExpired, SignInFailed
from iamconsole.kernel.operation import Operation
from iamconsole.runtime import calls, catalogue, dispatch
from iamconsole.runtime.authentication.identities import of_user
from iamconsole.storage.named import name_key

MAX_PASSWORD = 4096  # characters; hashing more would let a stranger keep the processor busy
_nobody = make_password("nobody has this password")


def sign_in(*, account: str, name: str, password: str, as_root: bool, origin: Origin, door: str = "console") -> User:
    """The user whose password this is; SignInFailed in all other cases, TooManyAttempts while locked out.

    Whoever has an MFA device is not signed in by that alone: `second_factor` asks on.

    `account` is an id or alias, `name` a user name or, `as_root`, the root user's e-mail address. Whoever knows the
    password learns that it has expired for good (PasswordExpired).
    """
    address, tenant = origin.source_ip or "", None if as_root else tenancy.find(account)
    counted = "" if as_root else tenant.pk if tenant else account  # id and alias of an account share one counter
    lockout.demand_free(counted, name, address)
    user = _find_root(name) if as_root else _find(tenant, name)
    with hashing.place():
        lockout.demand_free(counted, name, address)  # others of the same name may have failed while this one waited
        verified = _verify(user, password)
        if not verified:
            lockout.failed(counted, name, address)
    if not verified:
        tenant = user.account if as_root and user else tenant
        if tenant is not None:
            _record(_stranger(tenant), name, verified=False, origin=origin, door=door)
        raise SignInFailed
    assert user is not None
    lockout.succeeded(counted, name, address)
    if _has_expired(user):
        _record(of_user(user), name, verified=False, origin=origin, door=door)
        raise PasswordExpired
    if not mfa.protects(user):  # otherwise nobody is signed in before the second factor is given
        signed_in(user, name, origin=origin, door=door)
    return user


def signed_in(user: User, name: str, *, mfa_used: bool = False, origin: Origin, door: str = "console") -> None:
    """Put a sign-in that is complete on record."""
    _record(of_user(user), name, verified=True, mfa_used=mfa_used, origin=origin, door=door)


def _find(tenant: Account | None, name: str) -> User | None:
    """An IAM user with a password, in one query whether there is one or not."""
    if tenant is None:
        return None
    profiles = LoginProfile.objects.filter(account_id=tenant.pk, user__name_key=name_key(name), user__is_root=False)
    found: LoginProfile | None = profiles.select_related("user__account__password_policy").first()
    return found.user if found else None


def _find_root(email: str) -> User | None:
    everywhere = User.objects.across_accounts("a root user signs in by e-mail address alone")
    found: User | None = everywhere.filter(email=email.strip().lower(), is_root=True).select_related("account").first()
    return found


def may_sign_in(user: User) -> bool:
    """Whether this is somebody for whom the console is open, by password or passkey."""
    return user.is_root or (LoginProfile.objects.filter(user=user).exists() and not _has_expired(user))


def _has_expired(user: User) -> bool:
    return standing.of(user, clock.now()) is standing.Standing.LOCKED


def _verify(user: User | None, password: str) -> bool:
    """One hash, always: an unknown name costs what a wrong password costs."""
    usable = user is not None and user.has_usable_password()
    stored = user.password if user is not None and usable else _nobody
    return check_password(password[:MAX_PASSWORD], stored) and usable and len(password) <= MAX_PASSWORD


def _stranger(account: Account) -> Principal:
    return Principal(
        type=PrincipalType.ANONYMOUS,
        account_id=account.pk,
        arn="anonymous",
        unique_id="anonymous",
        user_id="anonymous",
    )


def _record(
    principal: Principal, name: str, *, verified: bool, mfa_used: bool = False, origin: Origin, door: str
) -> None:
    call = calls.call_for(principal, door=door, origin=origin)
    members = {"signing_in_as": name[:254] or "-", "verified": verified, "mfa_used": mfa_used}
    try:
        dispatch.execute(call, _operation("ConsoleLogin"), members)
    except SignInFailed:
        if verified:
            raise


def sign_out(principal: Principal, *, origin: Origin, door: str = "console") -> None:
    """Put the end of a session on record."""
    dispatch.execute(calls.call_for(principal, door=door, origin=origin), _operation("ConsoleLogout"), {})


def _operation(name: str) -> Operation:
    found = catalogue.find("signin", name)
    assert found is not None
    return found

"""Deactivating a user who leaves, and taking that back: everything is denied, and what let the user in stops working.

The denial is AWSDenyAll, attached beyond every quota, since a user with ten policies leaves as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from accounts.attachments import lifecycle
from accounts.attachments.models import Attachment
from accounts.console_sessions import queries as sessions
from accounts.deactivation import DENY_ALL, credentials
from accounts.deactivation.models import UserDeactivation
from accounts.deactivation.shapes import (
    CredentialReference,
    UserDeactivationResult,
    UserReactivationResult,
)
from accounts.deactivation.shapes import UserDeactivation as Shown
from accounts.users import queries as users
from accounts.users.models import User
from accounts.users.resources import BOUNDED_USER, USER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.shapes import UserName
from policies.documents import queries as documents

OWN: Final = "iamconsole"
OF_DENY_ALL: Final = {"iam:PolicyARN": DENY_ALL}
HERE: Final = "/users/{user_name}/deactivation"
SWITCHES: Final = tuple(Implied(f"iam:Update{kind}", USER, when="with_credentials") for kind in credentials.KINDS)
"""Nobody brings back through this what he may not bring back one by one."""
ONESELF: Final = "You cannot deactivate yourself: only another administrator could undo it."


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_USER,
    service=OWN,
    implies=(Implied("iam:AttachUserPolicy", BOUNDED_USER, facts=OF_DENY_ALL),),
    rest=Rest("PUT", HERE),
    errors=(NoSuchEntity, InvalidInput),
)
def deactivate_user(call: Call, *, user_name: UserName) -> UserDeactivationResult:
    """Deny a user everything, make its active credentials inactive and end its console sessions.

    AWSDenyAll is attached, even to a user who has as many policies as the quota allows; password, groups, policies and
    MFA devices stay. What was active is remembered for ReactivateUser. One who is deactivated already stays so, and
    what became active since is made inactive, too.
    """
    user = users.lock(call.account_id, user_name)
    if call.principal.is_user and call.principal.unique_id == user.unique_id:
        raise InvalidInput(ONESELF)
    lifecycle.attach(call, user, DENY_ALL, within_quota=False)
    stopped = credentials.stop(call, user)
    if sessions.of(user).exists():
        sessions.end_others(call, user)
        call.emit("console_session", user.unique_id, "deleted", revokes=True)
    made = {"account_id": call.account_id, "created": call.time, "created_by": call.principal.arn}
    row, _ = UserDeactivation.objects.get_or_create(attachment=_denial(user), defaults=made)
    row.credentials += [each for each in stopped if each not in row.credentials]
    row.save(update_fields=["credentials"])
    return UserDeactivationResult(user_deactivation=_shown(user, _denial(user)))


@operation(
    Access.PERMISSIONS,
    on=BOUNDED_USER,
    service=OWN,
    implies=(Implied("iam:DetachUserPolicy", BOUNDED_USER, facts=OF_DENY_ALL), *SWITCHES),
    rest=Rest("POST", "/users/{user_name}/reactivation"),
    errors=(NoSuchEntity,),
)
def reactivate_user(call: Call, *, user_name: UserName, with_credentials: bool = True) -> UserReactivationResult:
    """Take the denial of DeactivateUser off, and make exactly those credentials active that were active before.

    Without `WithCredentials` they all stay inactive. What was deleted since does not come back, nor do console
    sessions.
    """
    user = users.lock(call.account_id, user_name)
    kept = _kept(_denial(user)) if with_credentials else []
    lifecycle.detach(call, user, DENY_ALL)
    restored = credentials.restore(call, user, kept or [])
    return UserReactivationResult(credentials=_references(restored))


@operation(Access.READ, on=USER, service=OWN, rest=Rest("GET", HERE), errors=(NoSuchEntity,))
def get_user_deactivation(call: Call, *, user_name: UserName) -> UserDeactivationResult:
    """Tell since when a user is deactivated, by whom, and which credentials ReactivateUser would make active."""
    user = users.find(call.account_id, user_name)
    return UserDeactivationResult(user_deactivation=_shown(user, _denial(user)))


def _denial(user: User) -> Attachment:
    """AWSDenyAll on the user itself; NoSuchEntity where it is not."""
    policy = documents.seek(user.account_id, DENY_ALL)
    rows = Attachment.objects.filter(user=user, policy=policy).select_related("deactivation")
    found: Attachment | None = rows.first()
    if found is None:
        raise NoSuchEntity(f"The user with name {user.name} is not deactivated.")
    return found


def _kept(denial: Attachment) -> list[credentials.Reference] | None:
    """What was active before; None where that is not known."""
    row: UserDeactivation | None = getattr(denial, "deactivation", None)
    return row.credentials if row else None


def _shown(user: User, denial: Attachment) -> Shown:
    row: UserDeactivation | None = getattr(denial, "deactivation", None)
    return Shown(
        user_name=user.name,
        deactivation_date=row.created if row else denial.created,
        deactivated_by=row.created_by if row else None,
        credentials=_references(credentials.restorable(user, row.credentials)) if row else None,
    )


def _references(found: Iterable[credentials.Reference]) -> list[CredentialReference]:
    return [CredentialReference(kind=each["kind"], credential_id=each["id"]) for each in found]

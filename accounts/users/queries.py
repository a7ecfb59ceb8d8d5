"""Reading users."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef

from accounts.users import shapes
from accounts.users.models import User
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import NoSuchEntity, ValidationError
from iamconsole.storage import tags
from iamconsole.storage.named import name_key
from iamconsole.storage.prepared import Prepared

UNNAMED = "Must specify userName when calling with non-User credentials"


def find(account_id: str, name: str) -> User:
    return User.named(account_id, name)


def lock(account_id: str, name: str) -> User:
    """The user, locked until the transaction ends."""
    return User.named(account_id, name, lock=True)


SHOWN = ("login_profile", "boundary")


def named_or_caller(call: Call, name: str | None, *, lock: bool = False, shown: bool = False) -> User:
    """The named user, or the caller where no name is given; callers that are no user must name one.

    `shown`: with everything that `shown()` looks at, in one query.
    """
    if name:
        return User.named(call.account_id, name, lock=lock, related=SHOWN if shown else ())
    rows = User.objects.filter(account_id=call.account_id, unique_id=call.principal.unique_id)
    rows = rows.select_related(*SHOWN) if shown else rows
    caller: User | None = (rows.select_for_update() if lock else rows).first()
    if caller is None:
        raise ValidationError(UNNAMED)
    return caller


def named_or_calling_user(call: Call, name: str | None, *, lock: bool = False) -> User:
    """The same where AWS takes the name for granted of IAM users only: root must name one."""
    user = named_or_caller(call, name, lock=lock)
    if user.is_root:
        raise ValidationError(UNNAMED)
    return user


def counted(account_id: str, name: str) -> tuple[int, bool]:
    """How many IAM users an account has, and whether one has the name; by indexes alone."""
    found: tuple[int, bool, bool] | None = _counted.first(account_id, name_key(name))
    present, with_root, named = found or (0, False, False)
    return present - with_root, named


def _count(account_id: str, key: str) -> Any:
    rows = User.objects.filter(account_id=account_id)
    theirs = User.objects.filter(account_id=OuterRef("account_id"))
    counted = rows.order_by().values("account_id").annotate(present=Count("*"))
    asked = {"with_root": Exists(theirs.filter(is_root=True)), "named": Exists(theirs.filter(name_key=key))}
    return counted.annotate(**asked).values_list("present", "with_root", "named")


_counted = Prepared(_count)


def root(account_id: str) -> User:
    """The account's root user."""
    found: User | None = User.objects.filter(account_id=account_id, is_root=True).first()
    if found is None:
        raise NoSuchEntity("The account has no root user.")
    return found


def boundary_fact(row: Any) -> dict[str, str]:
    """`iam:PermissionsBoundary` of a user or role that an operation acts on."""
    return {"iam:PermissionsBoundary": row.boundary.arn} if row.boundary else {}


def boundary_of(row: object) -> shapes.AttachedPermissionsBoundary | None:
    """The boundary of a user or role as AWS shows it."""
    policy = getattr(row, "boundary", None)
    return shapes.AttachedPermissionsBoundary(permissions_boundary_arn=policy.arn) if policy else None


def shown(user: User, *, whole: bool = True, new: bool = False) -> shapes.User:
    """The user as AWS shows it; lists leave out boundary and tags (`whole=False`), a `new` user has no password."""
    profile = None if new else getattr(user, "login_profile", None)
    return shapes.User(
        path=user.path,
        user_name=user.shown_name,
        user_id=user.account_id if user.is_root else user.unique_id,
        arn=user.arn,
        create_date=user.created,
        password_last_used=profile.last_used if profile else None,
        permissions_boundary=boundary_of(user) if whole else None,
        tags=tags.shown(user.tags) if whole else None,
    )

"""Shapes of previews."""

from __future__ import annotations

from typing import Annotated

from iamconsole.audit.decisions.shapes import DenialContextEntry
from iamconsole.kernel.shapes import (
    Arn,
    ExistingUserName,
    GroupName,
    Items,
    OneOf,
    PolicyDocument,
    PolicyName,
    RoleName,
    Shape,
    Text,
    Timestamp,
)
from iamconsole.runtime.previews.planned import EDITS
from iamconsole.runtime.previews.trusting import ACTION as TRUST

Effect = Annotated[str, OneOf(("Gains", "Loses"))]
ACTIONS = (*EDITS, TRUST)
MOST = 200  # changes that are looked at together
ActionName = Annotated[str, OneOf(ACTIONS)]
PrincipalName = Annotated[str, Text(1, 2048)]
"""An ARN; of a trust policy also an account's number, the name of a service, or `*`."""
LockoutKind = Annotated[str, OneOf(("Caller", "LastAdministrator", "NobodyAssumes"))]


class PlannedChange(Shape):
    """An operation that is not run yet, by its action, and what it would be given."""

    action: ActionName
    user_name: ExistingUserName | None = None
    group_name: GroupName | None = None
    role_name: RoleName | None = None
    policy_name: PolicyName | None = None
    policy_arn: Arn | None = None
    policy_document: PolicyDocument | None = None
    permissions_boundary: Arn | None = None


PlannedChanges = Annotated[list[PlannedChange], Items(1, MOST)]


class Lockout(Shape):
    """A loss that nobody may be left to undo, in plain words.

    `Caller`: who asks would lose rights to administer. `LastAdministrator`: only the root user could administer.
    `NobodyAssumes`: nobody could assume the role.
    """

    kind: LockoutKind
    message: str


class AccessChange(Shape):
    """Something that a user or role may do, or may no longer do, once the change is made.

    `Resource` may hold wildcards: then it stands for any that it covers. `Circumstances` are condition keys of the
    request that was, or under which a statement holds. `LastUsed` is when it was last allowed, `LastRefused` when it
    was last denied, each as far as the access history knows. `IsOutside`: not of this account, whose own policies must
    allow it as well.
    """

    principal: PrincipalName
    effect: Effect
    action: str
    resource: str
    circumstances: list[DenialContextEntry]
    last_used: Timestamp | None = None
    last_refused: Timestamp | None = None
    is_outside: bool = False


class PreviewPolicyChangeResult(Shape):
    """Who gains and who loses, what is in use first.

    `Gaining`, `Losing` and `LosingUsed` count principals, the last those that lose what they used. `Principals` is how
    many the change concerns, `Examined` how many of them were looked at, `Questions` how many things were decided
    twice. Not `IsComplete`: there may be more, since there are too many principals, changes, or actions that patterns
    name.
    """

    lockouts: list[Lockout]
    changes: list[AccessChange]
    gaining: int
    losing: int
    losing_used: int
    principals: int
    examined: int
    questions: int
    is_complete: bool


class PreviewAccessChangeResult(PreviewPolicyChangeResult):
    """The same for planned operations: `Principals` is how many have another right to anything by them."""

"""Shapes of previews."""

from __future__ import annotations

from typing import Annotated

from iamconsole.audit.decisions.shapes import DenialContextEntry
from iamconsole.kernel.shapes import Arn, OneOf, Shape, Timestamp

Effect = Annotated[str, OneOf(("Gains", "Loses"))]


class AccessChange(Shape):
    """Something that a user or role may do, or may no longer do, once the change is made.

    `Resource` may hold wildcards: then it stands for any that it covers. `Circumstances` are condition keys of the
    request that was, or under which a statement holds. `LastUsed` is when it was last allowed, `LastRefused` when it
    was last denied, each as far as the access history knows.
    """

    principal: Arn
    effect: Effect
    action: str
    resource: str
    circumstances: list[DenialContextEntry]
    last_used: Timestamp | None = None
    last_refused: Timestamp | None = None


class PreviewPolicyChangeResult(Shape):
    """Who gains and who loses, what is in use first.

    `Gaining`, `Losing` and `LosingUsed` count principals, the last those that lose what they used. `Principals` is how
    many the policy concerns, `Examined` how many of them were looked at, `Questions` how many things were decided
    twice. Not `IsComplete`: there may be more, since there are too many principals, changes, or actions that patterns
    name.
    """

    changes: list[AccessChange]
    gaining: int
    losing: int
    losing_used: int
    principals: int
    examined: int
    questions: int
    is_complete: bool

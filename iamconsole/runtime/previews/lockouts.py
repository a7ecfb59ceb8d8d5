"""Losses that nobody may be left to undo: the caller's own rights to administer, those of the last who has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from iamconsole.audit.access import holdings
from iamconsole.audit.access.holdings import Holding
from iamconsole.audit.access.reach import caller_of, is_given
from iamconsole.kernel.call import Call
from iamconsole.runtime.previews.planned import Edits
from iamconsole.runtime.previews.previewing import Asked, Preview
from iamconsole.runtime.previews.shapes import Lockout
from policies.engine import Policies, Principal
from policies.engine.context import Given
from policies.previews import Question, allowed, made

GIVING: Final = ("iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:AttachRolePolicy", "iam:PutRolePolicy")
"""Whoever may do one of these to anybody can give every right, and give back what was taken by mistake."""
SIGNED_IN: Final[Mapping[str, Given]] = {
    "aws:MultiFactorAuthPresent": "true",
    "aws:MultiFactorAuthAge": "1",
    "aws:SecureTransport": "true",
}
"""An administrator who needs MFA is one."""
YOU = "You would lose the right to administer this account ({actions}): somebody else would have to give it back."
LAST = "Nobody but the root user could administer this account any more: {name} is the last who can."
NOBODY = "Nobody could assume the role any more."


def of_edits(call: Call, edits: Edits, preview: Preview) -> list[Lockout]:
    """What the edits take from the caller and from the last administrator."""
    losing = {one.principal.unique_id: (one.name, lost) for one in preview.examined if (lost := _lost(one))}
    found = []
    if mine := losing.get(call.principal.unique_id):
        found.append(Lockout(kind="Caller", message=YOU.format(actions=", ".join(mine[1]))))
    if losing and not any(_administers(each, edits) for each in holdings.of_account(call.account_id)):
        last, _rights = next(iter(losing.values()))
        found.append(Lockout(kind="LastAdministrator", message=LAST.format(name=last.rpartition("/")[2])))
    return found


def of_trust(preview: Preview) -> list[Lockout]:
    """Whether a role that somebody could assume is left to nobody."""
    could = any(_assumes(one, one.before) for one in preview.examined)
    is_left = not could or any(_assumes(one, one.after) for one in preview.examined)
    return [] if is_left else [Lockout(kind="NobodyAssumes", message=NOBODY)]


def _assumes(one: Asked, policies: Policies) -> bool:
    asked = (question for question in one.questions if question.action.startswith("sts:AssumeRole"))
    return any(allowed(one.principal, one.facts, question, policies) for question in asked)


def _lost(one: Asked) -> list[str]:
    """The rights to administer of somebody who has none of them afterwards."""
    if any(_rights(one.principal, one.facts, one.after)):
        return []
    return list(_rights(one.principal, one.facts, one.before))


def _rights(principal: Principal, facts: Mapping[str, Given], policies: Policies) -> Iterator[str]:
    known = {**facts, **SIGNED_IN}
    return (action for action in GIVING if allowed(principal, known, Question(action, "*"), policies))


def _administers(holding: Holding, edits: Edits) -> bool:
    """Whether a user or role could, once the edits are made."""
    if holding.is_root:
        return False
    policies = holding.policies
    if changes := edits.get(holding.holder.id):
        # Policies that come by several ways stand there once: an edit takes one of them.
        granted = tuple(each.bound for each in holding.granted)
        policies = made(changes, Policies(identity=granted, boundary=policies.boundary))
    elif not any(is_given(holding, action) for action in GIVING):
        return False
    caller = caller_of(holding)
    return any(_rights(caller.principal, caller.facts, policies))

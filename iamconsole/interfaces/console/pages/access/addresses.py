"""Where the things are that explanations name: principals, policies, editors with a proposed change, the simulator."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode

from iamconsole.interfaces.console.pages.kinds import KINDS, Kind

ENTITY: Final = re.compile(r"arn:aws:iam::(\d{12}):(user|group|role)/(?:[!-~]+/)?([\w+=,.@-]+)", re.ASCII)
MANAGED: Final = re.compile(r"arn:aws:iam::(?:\d{12}|aws):policy/.+")
OF_THE_CALLER: Final = (
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principaltype",
    "aws:principalisawsservice",
    "aws:userid",
    "aws:username",
    "aws:resourceaccount",
)
"""Condition keys that follow from who asks, and so need not be told."""
BY_WORD: Final = {kind.word: kind for kind in KINDS.values()}
Context = Iterable[tuple[str, Sequence[str]]]


def entity(arn: str, account_id: str) -> tuple[Kind, str] | None:
    """The kind and name of a user, group or role of this account."""
    found = ENTITY.fullmatch(arn)
    return (BY_WORD[found[2]], found[3]) if found and found[1] == account_id else None


def of_entity(arn: str, account_id: str) -> str:
    """The page of a user, group or role of this account; empty for anything else."""
    found = entity(arn, account_id)
    return found[0].url(found[1]) if found else ""


def of_policy(uri: str, name: str, holder: str | None, account_id: str) -> str:
    """The page of a managed policy, or the editor of an inline one; empty where there is neither."""
    if MANAGED.fullmatch(uri):
        return reverse("console:policy", args=[uri])
    held = entity(holder, account_id) if holder else None
    return inline(*held, name) if held else ""


def inline(kind: Kind, name: str, policy: str = "", **proposal: str) -> str:
    """The editor of an inline policy, of a new one without `policy`; `proposal` as `proposals.applied` reads it."""
    return _with(kind.url(name, "inline"), {"policy": policy, **proposal})


def editor(uri: str, **proposal: str) -> str:
    """The editor of a managed policy."""
    return _with(reverse("console:policy-edit", args=[uri]), proposal)


def new_policy(**proposal: str) -> str:
    """The page that creates a managed policy."""
    return _with(reverse("console:policy-create"), proposal)


def detach(kind: Kind, name: str, arn: str) -> str:
    """The page that asks before a managed policy is detached."""
    return _with(kind.url(name, "detach"), {"policy_arn": arn})


def trust(role: str, **proposal: str) -> str:
    """The editor of a role's trust policy."""
    return _with(reverse("console:role-trust", args=[role]), proposal)


def denied(authorization_id: str) -> str:
    """The page of one denial."""
    return reverse("console:denial", args=[authorization_id])


def simulator(who: str, action: str, resource: str, context: Context = ()) -> str:
    """The simulator with one question; keys that follow from the caller are left for it to fill in."""
    told = [(key, values) for key, values in context if values and not _is_of_the_caller(key)]
    pairs = [("who", who), ("action", action), ("resource", resource)]
    for key, values in told:
        pairs += [("key", key), ("type", "stringList" if len(values) > 1 else "string"), ("value", "\n".join(values))]
    return f"{reverse('console:simulator')}?{urlencode(pairs)}"


def short(arn: str) -> str:
    """`arn:aws:iam::123456789012:user/ada` as `user/ada`."""
    return arn.split(":", 5)[-1]


def of_context(entries: Iterable[Any]) -> str:
    """The ARN of the user or role who asked, as a request's context tells it; empty where it does not."""
    said = next((entry.values for entry in entries if entry.key.lower() == "aws:principalarn"), [])
    return str(said[0]) if said else ""


def _is_of_the_caller(key: str) -> bool:
    return key.lower() in OF_THE_CALLER or key.lower().startswith("aws:principaltag/")


def _with(url: str, query: Mapping[str, Any]) -> str:
    said = {name: value for name, value in query.items() if value}
    return f"{url}?{urlencode(said)}" if said else url

"""Bulk actions that users, groups and roles have in common: a policy is attached, or detached; and a tag is set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.bulk.actions import Data
from iamconsole.interfaces.console.pages.kinds import Kind
from iamconsole.interfaces.console.visit import Item, Visit

Items = Callable[[Visit, str, Data], list[Item]]
HAS_IT = _("has this policy already")
HAS_IT_NOT = _("does not have this policy")


def has(visit: Visit, kind: Kind, name: str, arn: str) -> bool:
    """Whether a managed policy is attached to the entity itself."""
    attached: list[Any] = visit.all(kind.action("ListAttached{}Policies"), **kind.named(name))
    return any(policy.policy_arn == arn for policy in attached)


def attaching(kind: Kind) -> Items:
    def items(visit: Visit, name: str, data: Data) -> list[Item]:
        arn = data["policy_arn"]
        wanted = {**kind.named(name), "policy_arn": arn}
        return [] if has(visit, kind, name, arn) else [(kind.action("Attach{}Policy"), wanted)]

    return items


def detaching(kind: Kind) -> Items:
    def items(visit: Visit, name: str, data: Data) -> list[Item]:
        arn = data["policy_arn"]
        wanted = {**kind.named(name), "policy_arn": arn}
        return [(kind.action("Detach{}Policy"), wanted)] if has(visit, kind, name, arn) else []

    return items


def tagging(noun: str, member: str) -> Items:
    """Set the tag of a TagForm, unless it is there with this value."""

    def items(visit: Visit, key: str, data: Data) -> list[Item]:
        tag = {"key": data["tag_key"], "value": data.get("tag_value", "")}
        present: list[Any] = visit.all(f"iam:List{noun}Tags", **{member: key})
        if any((each.key, each.value) == (tag["key"], tag["value"]) for each in present):
            return []
        return [(f"iam:Tag{noun}", {member: key, "tags": [tag]})]

    return items

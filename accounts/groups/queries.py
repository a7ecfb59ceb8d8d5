"""Reading groups."""

from __future__ import annotations

from accounts.groups import shapes
from accounts.groups.models import Group


def find(account_id: str, name: str) -> Group:
    return Group.named(account_id, name)


def lock(account_id: str, name: str) -> Group:
    """The group, locked until the transaction ends."""
    return Group.named(account_id, name, lock=True)


def shown(group: Group) -> shapes.Group:
    """The group as AWS shows it."""
    return shapes.Group(
        path=group.path, group_name=group.name, group_id=group.unique_id, arn=group.arn, create_date=group.created
    )

"""Groups as AWS shows them."""

from __future__ import annotations

from accounts.users.shapes import User
from iamconsole.kernel.shapes import Arn, GroupName, Paged, Path, Shape, Timestamp, UniqueId


class Group(Shape):
    """A user group."""

    path: Path
    group_name: GroupName
    group_id: UniqueId
    arn: Arn
    create_date: Timestamp


class CreateGroupResult(Shape):
    group: Group


class GetGroupResult(Paged):
    group: Group
    users: list[User]


class ListGroupsResult(Paged):
    groups: list[Group]

"""User as AWS shows it."""

from __future__ import annotations

from iamconsole.kernel.shapes import Arn, Paged, Path, Shape, Tag, Timestamp


class AttachedPermissionsBoundary(Shape):
    """The managed policy that bounds a user or role."""

    permissions_boundary_type: str = "Policy"
    permissions_boundary_arn: Arn


class User(Shape):
    """An IAM user; for the root user `user_name` is left out and `user_id` is the account id."""

    path: Path
    user_name: str | None = None
    user_id: str
    arn: Arn
    create_date: Timestamp
    password_last_used: Timestamp | None = None
    permissions_boundary: AttachedPermissionsBoundary | None = None
    tags: list[Tag] | None = None


class UserResult(Shape):
    user: User


class ListUsersResult(Paged):
    users: list[User]

"""Reading roles."""

from __future__ import annotations

from accounts.roles import shapes
from accounts.roles.models import Role
from accounts.users.queries import boundary_of
from iamconsole.kernel.errors import UnmodifiableEntity
from iamconsole.storage import tags


def find(account_id: str, name: str) -> Role:
    return Role.named(account_id, name)


def lock(account_id: str, name: str) -> Role:
    """The role, locked until the transaction ends."""
    return Role.named(account_id, name, lock=True)


def modifiable(account_id: str, name: str) -> Role:
    """The role, locked, unless a service owns it (UnmodifiableEntity)."""
    return demand_modifiable(lock(account_id, name))


def demand_modifiable(role: Role) -> Role:
    """The role itself, unless a service owns it (UnmodifiableEntity)."""
    if role.is_service_linked:
        raise UnmodifiableEntity(
            f"Cannot perform the operation on the protected role '{role.name}' - this role is only modifiable by AWS"
        )
    return role


def shown(role: Role, *, whole: bool = True) -> shapes.Role:
    """The role as AWS shows it; lists leave out boundary, last use and tags (`whole=False`)."""
    used = shapes.RoleLastUsed(last_used_date=role.last_used, region=role.last_used_region or None)
    return shapes.Role(
        path=role.path,
        role_name=role.name,
        role_id=role.unique_id,
        arn=role.arn,
        create_date=role.created,
        assume_role_policy_document=role.trust_policy,
        description=role.description or None,
        max_session_duration=role.max_session_duration,
        permissions_boundary=boundary_of(role) if whole else None,
        tags=tags.shown(role.tags) if whole else None,
        role_last_used=used if whole else None,
    )

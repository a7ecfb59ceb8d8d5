"""IAM's own modelled faults, which any noun may raise."""

from __future__ import annotations

from iamconsole.kernel.errors.base import Fault


class EntityFault(Fault):
    """An IAM rule refuses the operation."""

    status = 400


class NoSuchEntity(EntityFault):
    """The requested entity does not exist."""

    status = 404


class ResourceNotFound(EntityFault):
    """The resource does not exist."""

    code = "ResourceNotFoundException"
    status = 404


class EntityAlreadyExists(EntityFault):
    """The entity already exists."""

    status = 409


class DeleteConflict(EntityFault):
    """The entity cannot be deleted while others depend on it."""

    status = 409


class LimitExceeded(EntityFault):
    """A quota of the account would be exceeded."""

    status = 409


class ConcurrentModification(EntityFault):
    """Several requests changed the same entity at the same time. Wait a moment and try again."""

    status = 409


class ChangedSinceRead(EntityFault):
    """The policy was changed since you read it. Read it again, and decide which text shall be."""

    code = "ConcurrentModification"
    shape = "ConcurrentModificationException"
    status = 409


class EntityTemporarilyUnmodifiable(EntityFault):
    """The entity cannot be changed for a moment. Wait and try again."""

    status = 409


class InvalidInput(EntityFault):
    """The input is not valid for this operation."""


class InvalidUserType(EntityFault):
    """The operation does not apply to this kind of caller."""


class UnmodifiableEntity(EntityFault):
    """The entity is managed by a service and cannot be changed."""


class OrganizationNotFound(EntityFault):
    """Your account is not a member of an organization."""

    code = "OrganizationNotFoundException"


class FeatureEnabled(EntityFault):
    """The feature is already enabled for this account."""

    status = 409


class FeatureDisabled(EntityFault):
    """The feature is not enabled for this account."""

    status = 404

"""Faults of policies and of what is decided by them."""

from __future__ import annotations

from iamconsole.kernel.errors.base import Fault
from iamconsole.kernel.errors.entities import EntityFault


class MalformedPolicyDocument(EntityFault):
    """The policy document is malformed."""


class PolicyNotAttachable(EntityFault):
    """The policy cannot be attached to this kind of entity."""


class PackedPolicyTooLarge(EntityFault):
    """The session policies and session tags together are larger than a session token has room for."""


class InvalidAuthorizationMessage(EntityFault):
    """The encoded message is not valid or has expired."""

    code = "InvalidAuthorizationMessageException"


class PolicyEvaluation(Fault):
    """The policies could not be evaluated."""

    status = 500
    sender = False

"""Attachments as AWS shows them."""

from __future__ import annotations

from iamconsole.kernel.shapes import Arn, Paged, PolicyName, Shape


class AttachedPolicy(Shape):
    """A managed policy attached to something."""

    policy_name: PolicyName
    policy_arn: Arn


class ListAttachedPoliciesResult(Paged):
    attached_policies: list[AttachedPolicy]


class PolicyUser(Shape):
    """A user that a policy is attached to."""

    user_name: str
    user_id: str


class PolicyGroup(Shape):
    """A group that a policy is attached to."""

    group_name: str
    group_id: str


class PolicyRole(Shape):
    """A role that a policy is attached to."""

    role_name: str
    role_id: str


class ListEntitiesForPolicyResult(Paged):
    policy_groups: list[PolicyGroup]
    policy_users: list[PolicyUser]
    policy_roles: list[PolicyRole]

"""An account from a `get-account-authorization-details` document, as the operations that build it again.

Order: policies, groups, users, roles, instance profiles; each after what it refers to. Versions of a policy are
numbered anew from v1, because AWS never gives a number twice and neither do we.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from accounts.importing.accounts import Accounts
from accounts.importing.document import Details, Holder, InlinePolicy, Policy, Role, User, read
from accounts.importing.items import Item, Plan, item
from accounts.importing.present import NOTHING, Present
from iamconsole.kernel.errors import ValidationError

SERVICE_LINKED = "/aws-service-role/"
NOBODY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
)
"""Trusted by a role until those its own trust policy names are there; the same transaction replaces it."""


def plan(content: Any, *, account_id: str, present: Present = NOTHING, keep_account_id: bool = False) -> Plan:
    """What to run so that the account holds what the document says; ValidationError where it cannot be read.

    Entities in `present` stay as they are (conflict mode `skip`); without it an entity that exists is a fault of its
    item (mode `fail`). ARNs of the document's account become those of `account_id` unless `keep_account_id`.
    """
    details = read(content)
    accounts = Accounts.of(details, target=account_id, keep=keep_account_id)
    builder = _Builder(details, accounts, present)
    items = tuple(chain(builder.policies(), builder.groups(), builder.users(), builder.roles(), builder.trusts()))
    return Plan(items, tuple(_left_out(details, present)))


def _left_out(details: Details, present: Present) -> Iterator[str]:
    for entity in Present.of(details).common(present):
        yield f"{entity}: exists already"
    for role in details.role_detail_list:
        if role.path.startswith(SERVICE_LINKED):
            yield f"role {role.role_name}: a service-linked role, which only its service creates"


class _Builder:
    """Turns each entity of the document that is not present into items."""

    def __init__(self, details: Details, accounts: Accounts, present: Present) -> None:
        self.details, self.accounts, self.present = details, accounts, present
        self.new_roles = [
            role
            for role in details.role_detail_list
            if not present.has("role", role.role_name) and not role.path.startswith(SERVICE_LINKED)
        ]
        new_arns = {role.arn for role in self.new_roles}
        self.waiting = {role.role_name: role for role in self.new_roles if role.trusted_roles & new_arns}

    def policies(self) -> Iterator[Item]:
        for policy in self.details.own_policies:
            if not self.present.has("policy", policy.policy_name):
                yield from self._policy(policy)

    def _policy(self, policy: Policy) -> Iterator[Item]:
        source = f"policy {policy.policy_name}"
        if not policy.policy_version_list:
            raise ValidationError(f"{source}: PolicyVersionList is empty; which document shall it have?")
        first, *later = sorted(policy.policy_version_list, key=lambda version: version.number)
        yield item(
            "CreatePolicy",
            source,
            PolicyName=policy.policy_name,
            Path=policy.path,
            PolicyDocument=self.accounts.rewritten(first.document),
            Description=policy.description,
            Tags=[{"Key": tag.key, "Value": tag.value} for tag in policy.tags],
        )
        arn = f"arn:aws:iam::{self.accounts.target}:policy{policy.path}{policy.policy_name}"
        for version in later:
            yield item(
                "CreatePolicyVersion",
                source,
                PolicyArn=arn,
                PolicyDocument=self.accounts.rewritten(version.document),
                SetAsDefault=version.is_default_version,
            )

    def groups(self) -> Iterator[Item]:
        for group in self.details.group_detail_list:
            if not self.present.has("group", group.group_name):
                name = {"GroupName": group.group_name}
                source = f"group {group.group_name}"
                yield item("CreateGroup", source, Path=group.path, **name)
                yield from self._grants("Group", source, name, group, group.group_policy_list)

    def users(self) -> Iterator[Item]:
        for user in self.details.user_detail_list:
            if not self.present.has("user", user.user_name):
                yield from self._user(user)

    def _user(self, user: User) -> Iterator[Item]:
        name, source = {"UserName": user.user_name}, f"user {user.user_name}"
        boundary = self._boundary(user)
        yield item("CreateUser", source, Path=user.path, PermissionsBoundary=boundary, Tags=user.raw_tags, **name)
        yield from self._grants("User", source, name, user, user.user_policy_list)
        for group in user.group_list:
            yield item("AddUserToGroup", source, GroupName=group, **name)

    def roles(self) -> Iterator[Item]:
        for role in self.new_roles:
            name, source = {"RoleName": role.role_name}, f"role {role.role_name}"
            yield item(
                "CreateRole",
                source,
                Path=role.path,
                AssumeRolePolicyDocument=NOBODY if role.role_name in self.waiting else self._trust(role),
                Description=role.description,
                MaxSessionDuration=role.max_session_duration,
                PermissionsBoundary=self._boundary(role),
                Tags=role.raw_tags,
                **name,
            )
            yield from self._grants("Role", source, name, role, role.role_policy_list)
            yield from self._instance_profiles(role, source)

    def trusts(self) -> Iterator[Item]:
        """Trust policies that name a role of the document, now that all of them exist."""
        for name, role in self.waiting.items():
            yield item("UpdateAssumeRolePolicy", f"role {name}", RoleName=name, PolicyDocument=self._trust(role))

    def _trust(self, role: Role) -> str:
        return self.accounts.rewritten(role.assume_role_policy_document)

    def _boundary(self, holder: Holder) -> str | None:
        bound = holder.permissions_boundary
        return self.accounts.rewritten(bound.permissions_boundary_arn) if bound else None

    def _grants(
        self, kind: str, source: str, name: dict[str, str], holder: Holder, inline: list[InlinePolicy]
    ) -> Iterator[Item]:
        for policy in inline:
            document = self.accounts.rewritten(policy.policy_document)
            named = {"PolicyName": policy.policy_name, "PolicyDocument": document}
            yield item(f"Put{kind}Policy", source, **name, **named)
        for attached in holder.attached_managed_policies:
            arn = self.accounts.rewritten(attached.policy_arn)
            yield item(f"Attach{kind}Policy", source, PolicyArn=arn, **name)

    def _instance_profiles(self, role: Role, source: str) -> Iterator[Item]:
        for profile in role.instance_profile_list:
            name = {"InstanceProfileName": profile.instance_profile_name}
            if not self.present.has("instance profile", profile.instance_profile_name):
                yield item("CreateInstanceProfile", source, Path=profile.path, **name)
                yield item("AddRoleToInstanceProfile", source, RoleName=role.role_name, **name)

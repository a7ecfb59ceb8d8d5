"""What a region needs to know of each kind of thing; documents are named by digest and handed over beside."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.access_keys.models import AccessKey
from accounts.attachments.models import Attachment
from accounts.groups.models import Group, Membership
from accounts.inline_policies.models import InlinePolicy
from accounts.password_policy.models import PasswordPolicy
from accounts.passwords.models import LoginProfile
from accounts.resource_policies.models import ResourcePolicy
from accounts.roles.models import Role
from accounts.service_keys.models import ServiceAccessKey
from accounts.tokens.models import BearerToken
from accounts.users.models import User
from iamconsole.storage.prepared import Prepared
from policies.documents.binding import bound_text
from policies.documents.models import ManagedPolicy, PolicyVersion
from policies.services.models import RegisteredService

Body = dict[str, Any]


@dataclass(slots=True)
class Projected:
    """One thing as a region holds it, and the texts of the documents that its body names."""

    kind: str
    id: str
    account_id: str
    arn: str
    body: Body
    documents: dict[str, str] = field(default_factory=dict)

    def document(self, text: str) -> str:
        """Hand a text over; gives the digest that names it."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.documents[digest] = text
        return digest


def parts_of(kind: str) -> dict[str, Exists]:
    """Whether a holder of policies has any parts, to be asked with its row: most have few kinds of them."""
    mine = {kind: OuterRef("pk")}
    return {
        "has_attached": Exists(Attachment.objects.filter(account_id=OuterRef("account_id"), **mine)),
        "has_inline": Exists(InlinePolicy.objects.filter(account_id=OuterRef("account_id"), **mine)),
    }


def parts_of_user() -> dict[str, Exists]:
    mine = {"account_id": OuterRef("account_id"), "user": OuterRef("pk")}
    return parts_of("user") | {
        "has_groups": Exists(Membership.objects.filter(**mine)),
        "must_change_password": Exists(LoginProfile.objects.filter(reset_required=True, **mine)),
    }


def of_user(user: User) -> Projected:
    """An IAM user or the root user: groups, policies, boundary and tags."""
    made = _holder("user", user)
    groups = _groups(user.account_id, user.pk) if user.has_groups else []  # type: ignore[attr-defined]
    made.body |= {
        "name": user.name,
        "root": user.is_root,
        "tags": user.tags,
        "groups": [ident for (ident,) in groups],
        "boundary": user.boundary.unique_id if user.boundary else None,
        "mfa_generation": user.mfa_generation,
        "must_change_password": user.must_change_password,  # type: ignore[attr-defined]
    }
    return made


def _memberships(account_id: str, user: int) -> Any:
    rows = Membership.objects.filter(account_id=account_id, user=user)
    return rows.order_by("group__unique_id").values_list("group__unique_id")


_groups = Prepared(_memberships)


def of_group(group: Group) -> Projected:
    """A group's policies: its members name it, so that it stands once."""
    made = _holder("group", group)
    made.body["name"] = group.name
    return made


def of_role(role: Role) -> Projected:
    """A role: policies, boundary, tags and who may assume it."""
    made = _holder("role", role)
    made.body |= {
        "name": role.name,
        "tags": role.tags,
        "boundary": role.boundary.unique_id if role.boundary else None,
        "trust": made.document(role.trust_policy),
        "trust_bound": made.document(bound_text(role.trust_policy, role.trust_bindings)),
        "bindings": role.trust_bindings,
        "max_session": role.max_session_duration,
        "service_linked": role.is_service_linked,
    }
    return made


def of_policy(policy: ManagedPolicy) -> Projected:
    """A managed policy: the digest of the version that counts."""
    made = Projected("policy", policy.unique_id, policy.account_id, policy.arn, {})
    text = PolicyVersion.objects.values_list("document", flat=True).get(policy=policy, number=policy.default_version)
    made.body |= {"name": policy.name, "version": f"v{policy.default_version}", "document": made.document(text)}
    return made


def of_key(key: AccessKey) -> Projected:
    """A long-term access key: whose it is, whether it is active or watched, and its sealed secret."""
    body: dict[str, Any] = {"user": key.user.unique_id, "active": key.active, "secret": key.sealed_secret}
    if key.watched:
        body["watched"] = True
    return Projected("key", key.id, key.account_id, "", body)


def of_token(token: BearerToken) -> Projected:
    """A bearer token, by its digest: the key it acts for, and from when to when."""
    body = {"key": token.access_key_id, "created": token.created.isoformat(), "expires": token.expires.isoformat()}
    return Projected("token", token.digest, token.account_id, "", body)


def of_service_key(key: ServiceAccessKey) -> Projected:
    """A service's access key: the same, with a service in the user's place."""
    body = {"service": key.service.prefix, "active": key.active, "secret": key.sealed_secret}
    return Projected("service_key", key.id, key.account_id, "", body)


def of_service(service: RegisteredService) -> Projected:
    """A service that the account registered: its parts as stored."""
    ident = within(service.account_id, service.prefix)
    body = {"name": service.name, "prefix": service.prefix, "definition": service.definition}
    return Projected("service", ident, service.account_id, "", body)


def of_resource_policy(policy: ResourcePolicy) -> Projected:
    """A resource's policy: as written, to be shown, and with principals bound by unique id, to decide by."""
    made = Projected("resource_policy", within(policy.account_id, policy.arn), policy.account_id, policy.arn, {})
    made.body |= {
        "document": made.document(policy.document),
        "bound": made.document(bound_text(policy.document, policy.bindings)),
    }
    return made


def within(account_id: str, name: str) -> str:
    """The id of what has a name in its account alone: two accounts may well have a bucket of the same ARN."""
    return f"{account_id}/{name}"


def _holder(kind: str, owner: Any) -> Projected:
    made = Projected(kind, owner.unique_id, owner.account_id, owner.arn, {})
    attached = _attached(kind)(owner.account_id, owner.pk) if owner.has_attached else []
    inline = _inline(kind)(owner.account_id, owner.pk) if owner.has_inline else []
    made.body |= {
        "attached": [ident for (ident,) in attached],
        "inline": [[name, made.document(text)] for name, text in inline],
    }
    return made


@cache
def _attached(kind: str) -> Prepared:
    def write(account_id: str, owner: int) -> Any:
        rows = Attachment.objects.filter(account_id=account_id, **{kind: owner})
        return rows.order_by("policy__unique_id").values_list("policy__unique_id")

    return Prepared(write)


@cache
def _inline(kind: str) -> Prepared:
    def write(account_id: str, owner: int) -> Any:
        rows = InlinePolicy.objects.filter(account_id=account_id, **{kind: owner})
        return rows.order_by("name").values_list("name", "document")

    return Prepared(write)


def of_password_policy(policy: PasswordPolicy) -> Projected:
    """What an account's password policy lets users do."""
    body = {"users_may_change": policy.users_may_change}
    return Projected("password_policy", policy.account_id, policy.account_id, "", body)

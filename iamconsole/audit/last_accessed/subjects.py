"""Whom a question about last accesses is about: a user, role or group, or everybody who has a policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from accounts.roles.models import Role
from accounts.simulation import queries as entities
from accounts.users.models import User
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput
from iamconsole.kernel.resources import Resource, ResourceType
from iamconsole.storage.resources import resource_of
from policies.documents import queries as documents
from policies.documents.models import PolicyVersion
from policies.engine import Compiled, PolicyKind, compiled

POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Subject:
    """`policies` are those that grant to it; `principals` are the users and roles whose accesses count."""

    policies: Sequence[Compiled]
    principals: Sequence[User | Role]


def find(account_id: str, arn: str) -> Subject:
    """What an ARN names, as it is now; NoSuchEntity, or InvalidInput where it is no such ARN."""
    if kind_of(arn) == POLICY:
        return _of_policy(account_id, arn)
    row = entities.find(account_id, entities.named_by(arn))
    granting = [attached.bound.compiled for attached in entities.attached_to(row)]
    return Subject(granting, _members(row) if row.arn_kind == "group" else [row])


def kind_of(arn: str) -> str:
    """`policy` or what the ARN of an entity says; InvalidInput where it says neither."""
    return POLICY if documents.ARN.fullmatch(arn) else entities.named_by(arn).kind


def _members(group: Any) -> list[User]:
    rows = User.objects.filter(account_id=group.account_id, memberships__group=group)
    return list(rows.order_by("unique_id"))


def _of_policy(account_id: str, arn: str) -> Subject:
    policy = documents.managed(account_id, arn)
    version = PolicyVersion.objects.get(policy=policy, number=F("policy__default_version"))
    has_it = Q(attachment_set__policy=policy)
    users = User.objects.filter(has_it | Q(memberships__group__attachment_set__policy=policy), account_id=account_id)
    roles = Role.objects.filter(has_it, account_id=account_id)
    principals = [*users.distinct().order_by("unique_id"), *roles.order_by("unique_id")]
    return Subject([compiled(version.document, PolicyKind.IDENTITY)], principals)


def _located(kind: str) -> ResourceType:
    """What the ARN names where it is of this kind, else nothing: exactly one of the kinds is authorized.

    An ARN that names nothing is asked for as any policy, so that only who may ask at all is told what is wrong with it.
    """

    def locate(call: Call, request: Any) -> Resource | list[Resource]:
        try:
            said = kind_of(request.arn)
        except InvalidInput:
            return Resource(arn="*", account_id=call.account_id) if kind == POLICY else []
        if said != kind:
            return []
        if kind == POLICY:
            row: Any = documents.seek(call.account_id, request.arn)
            return Resource(arn=request.arn, account_id=call.account_id, tags=row.tags if row else {})
        named = entities.named_by(request.arn)
        row = entities.stored(call.account_id, named)
        return resource_of(row) if row else Resource(arn=named.arn, account_id=named.account_id)

    return ResourceType("iam", kind, locate)


ENTITIES = tuple(_located(kind) for kind in entities.KINDS)
SUBJECTS = (*ENTITIES, _located(POLICY))

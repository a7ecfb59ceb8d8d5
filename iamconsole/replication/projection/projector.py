"""Bringing the projection up to date with the account tables: what a change touched is read anew and written whole.

State, not differences, is projected; so applying a change twice is the same as once, and order within a transaction
does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import compress
from typing import Any
from uuid import uuid4

from django.db.models import Exists, QuerySet

from accounts.access_keys.models import AccessKey
from accounts.groups.models import Group
from accounts.password_policy.models import PasswordPolicy
from accounts.resource_policies.models import ResourcePolicy
from accounts.roles.models import Role
from accounts.service_keys.models import ServiceAccessKey
from accounts.tenancy.models import Account
from accounts.tokens.models import BearerToken
from accounts.users.models import User
from iamconsole.kernel import clock
from iamconsole.kernel.call import Change
from iamconsole.replication import log
from iamconsole.replication.log import shard_of
from iamconsole.replication.models import ProjectedDocument, ProjectedRow
from iamconsole.replication.projection import bodies
from iamconsole.storage.prepared import Insert, Prepared
from policies.documents.models import ManagedPolicy
from policies.services.models import RegisteredService

Key = tuple[str, str]
Kind = tuple[Any, str, tuple[str, ...], Callable[[Any], bodies.Projected]]

# What is projected: its model, the field that ids name, the rows that its body needs at once, and its body.
KINDS: dict[str, Kind] = {
    "user": (User, "unique_id", ("boundary",), bodies.of_user),
    "group": (Group, "unique_id", (), bodies.of_group),
    "role": (Role, "unique_id", ("boundary",), bodies.of_role),
    "policy": (ManagedPolicy, "unique_id", (), bodies.of_policy),
    "key": (AccessKey, "id", ("user",), bodies.of_key),
    "token": (BearerToken, "digest", (), bodies.of_token),
    "service_key": (ServiceAccessKey, "id", ("service",), bodies.of_service_key),
    "service": (RegisteredService, "prefix", (), bodies.of_service),
    "resource_policy": (ResourcePolicy, "arn", (), bodies.of_resource_policy),
    "password_policy": (PasswordPolicy, "account", (), bodies.of_password_policy),
}
# What is asked with the row itself, so that nothing is looked for where there is nothing.
PARTS: dict[Any, dict[str, Exists]] = {
    User: bodies.parts_of_user(),
    Group: bodies.parts_of("group"),
    Role: bodies.parts_of("role"),
}
# Kinds whose changes give a name that only their account knows.
NAMED_WITHIN_ACCOUNT = frozenset({"service", "resource_policy"})
HOLDERS = {"AIDA": "user", "AGPA": "group", "AROA": "role"}
AT_ONCE = 100  # rows of a statement
# Changes that no decision depends on.
SILENT = frozenset(
    {
        "breakglass_link",
        "console_session",
        "credential_report",
        "instance-profile",
        "key_rotation",
        "last_accessed_job",
        "mfa",
        "notification_settings",
        "oidc-provider",
        "outbound_issuer",
        "recovery_codes",
        "rotation_schedule",
        "saml-provider",
        "saml_assertion",
        "server-certificate",
        "service_specific_credential",
        "signing_certificate",
        "ssh_public_key",
        "stale_credentials",
        "workload",
    }
)


@dataclass(slots=True)
class Projection:
    """What changes touched, read anew and not yet written; `gone` are rows of what is no more."""

    account_id: str
    made: dict[Key, bodies.Projected] = field(default_factory=dict)
    gone: set[Key] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.made or self.gone)

    def add(self, made: bodies.Projected) -> None:
        self.made[made.kind, made.id] = made

    def write(self, *, position: int) -> None:
        """Write every row whole as of a position of the log."""
        kept = {"shard": shard_of(self.account_id), "position": position}
        rows = [
            ProjectedRow(kind=made.kind, id=made.id, account_id=made.account_id, arn=made.arn, body=made.body, **kept)
            for made in self.made.values()
        ]
        rows += [ProjectedRow(kind=kind, id=ident, account_id=self.account_id, **kept) for kind, ident in self.gone]
        if rows:
            for start in range(0, len(rows), AT_ONCE):
                _upsert(rows[start : start + AT_ONCE])


_upsert = Insert(ProjectedRow, "kind", "id", "account_id", "arn", "body", "shard", "position", replacing=("kind", "id"))


def project(changes: Iterable[Change], account_id: str) -> Projection:
    """Read what the changes touched, in their transaction, and store its documents.

    The rows are written once the changes have a position, whose lock nobody should wait for longer than need be.
    """
    changes = list(changes)
    if any(change.entity == "account" and change.verb == "reset" for change in changes):
        found = whole(account_id)
    else:
        found = Projection(account_id)
        for kind, ident in dict.fromkeys(key for change in changes for key in touched(change)):
            _read(found, kind, ident)
    _store_documents(found)
    return found


def touched(change: Change) -> Iterator[Key]:
    """The rows that a change is about."""
    match change.entity:
        case "membership":
            yield "user", change.id.rpartition("/")[2]
        case "attachment" | "inline_policy":
            owner = change.id.partition("/")[0]
            yield HOLDERS[owner[:4]], owner
        case "access_key":
            yield "key", change.id
        case "bearer_token":
            yield "token", change.id
        case "login_profile":
            yield "user", change.id
        case kind if kind in KINDS:
            yield kind, change.id
        case "account":
            return
        case other if other not in SILENT:
            raise LookupError(f"no projection is declared for a change of `{other}`")


def row_id(kind: str, ident: str, account_id: str) -> str:
    """The id of the row of what a change names."""
    return bodies.within(account_id, ident) if kind in NAMED_WITHIN_ACCOUNT else ident


def whole(account_id: str) -> Projection:
    """Everything of an account whose row is not as it should be."""
    found = Projection(account_id)
    present = {(row.kind, row.id): row for row in ProjectedRow.objects.filter(account_id=account_id)}
    for model, _field, related, body_of in _filled(account_id):
        for row in _rows(model, related, account_id=account_id).iterator(chunk_size=500):
            made = body_of(row)
            known = present.pop((made.kind, made.id), None)
            if known is None or (known.arn, known.body) != (made.arn, made.body):
                found.add(made)
    found.gone.update(present)
    return found


def rebuild(account_id: str) -> None:
    """Project an account anew, under a position of its own where that changes anything."""
    found = whole(account_id)
    if not found:
        return
    _store_documents(found)
    noted = [Change("account", account_id, "projected")]
    place = log.append(noted, account_id=account_id, request_id=f"projection-{uuid4()}", time=clock.now())
    found.write(position=place.position)


def _filled(account_id: str) -> Iterator[Kind]:
    """The kinds of which the account has any, by one question to all tables: most are empty in a small account."""
    rows = [Exists(model.objects.filter(account_id=account_id)) for model, *_rest in KINDS.values()]
    found = Account.objects.values(**{f"of_{n}": of for n, of in enumerate(rows)}).get(pk=account_id)
    return compress(KINDS.values(), found.values())


def _read(found: Projection, kind: str, ident: str) -> None:
    body_of = KINDS[kind][-1]
    row = _one(kind).first(found.account_id, ident)
    if row is not None:
        found.add(body_of(row))
    else:
        found.gone.add((kind, row_id(kind, ident, found.account_id)))


@cache
def _one(kind: str) -> Prepared:
    model, field, related, _body_of = KINDS[kind]
    return Prepared(lambda account_id, ident: _rows(model, related, account_id=account_id, **{field: ident}))


def _rows(model: Any, related: tuple[str, ...], **chosen: str) -> QuerySet:
    rows: QuerySet = model.objects.filter(**chosen).annotate(**PARTS.get(model, {}))
    return rows.select_related(*related) if related else rows


def _store_documents(found: Projection) -> None:
    texts = {digest: text for made in found.made.values() for digest, text in made.documents.items()}
    if texts:
        documents = [ProjectedDocument(digest=digest, text=text) for digest, text in texts.items()]
        ProjectedDocument.objects.bulk_create(documents, ignore_conflicts=True)

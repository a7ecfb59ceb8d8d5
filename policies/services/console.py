"""The console's list of services: search, ordering and page numbers, which ListServices has not; and who names one.

Read only, and for callers that ListServices was just allowed to; the number of queries does not depend on the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.apps import apps
from django.db.models import F

from policies import catalog
from policies.documents.models import PolicyVersion
from policies.services.models import RegisteredService
from policies.services.parts import of_definition


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service as the list shows it, with how many parts of each kind it has."""

    prefix: str
    name: str
    built_in: bool
    actions: int
    resource_types: int
    condition_keys: int


@dataclass(frozen=True, slots=True)
class Naming:
    """The policies in which actions of a service are named: managed ones by (ARN, name), inline ones by number."""

    managed: tuple[tuple[str, str], ...]
    inline: int


ORDERS = {
    "name": lambda row: (row.name.lower(), row.prefix),
    "prefix": lambda row: row.prefix,
    "actions": lambda row: (row.actions, row.prefix),
}
KINDS = {"registered": False, "built-in": True}


def find(
    account_id: str, *, text: str, only: str, order: str, descending: bool, offset: int, limit: int, now: datetime
) -> tuple[list[ServiceRow], int, int]:
    """A page of services, how many match, and how many there are; the account's own come before the built-in ones."""
    everything = [*_registered(account_id), *_built_in()]
    wanted = text.strip().lower()
    found = [row for row in everything if wanted in row.prefix.lower() or wanted in row.name.lower()]
    if only in KINDS:
        found = [row for row in found if row.built_in is KINDS[only]]
    found.sort(key=ORDERS.get(order, ORDERS["prefix"]), reverse=descending)
    found.sort(key=lambda row: row.built_in)
    return found[offset : offset + limit], len(found), len(everything)


def suggestions(account_id: str, *, text: str, limit: int) -> list[tuple[str, str]]:
    """The services nearest to a text, each with the prefix that its page is called by."""
    wanted = text.strip().lower()
    own = RegisteredService.objects.filter(account_id=account_id).values_list("prefix", "name")
    rows = [*own, *_built_in_names()]
    ranked = [(rank, n) for n, row in enumerate(rows) if (rank := _rank(wanted, *row)) is not None]
    return [(f"{rows[n][0]} · {rows[n][1]}", rows[n][0]) for _rank_, n in sorted(ranked)[:limit]]


def action_suggestions(account_id: str, *, text: str, limit: int) -> list[tuple[str, tuple[str, str]]]:
    """The actions that begin with what was typed, `orders:Re`: each with the prefix and name of its page."""
    prefix, colon, name = text.strip().lower().partition(":")
    if not colon or not prefix:
        return []
    row = RegisteredService.objects.filter(account_id=account_id, prefix=prefix).first()
    service = of_definition(row.prefix, row.name, row.definition) if row else catalog.service(prefix)
    found = [service.actions[key] for key in service.actions if key.startswith(name)] if service else []
    found.sort(key=lambda action: (len(action.name), action.name))
    return [(action.full_name, (action.service, action.name)) for action in found[:limit]]


def _rank(wanted: str, prefix: str, name: str) -> int | None:
    if prefix == wanted:
        return 0
    if prefix.startswith(wanted):
        return 1
    return 2 if any(word.startswith(wanted) for word in name.lower().split()) else None


def naming(account_id: str, prefix: str) -> Naming:
    """Where the account's policies, in the version that counts, name actions of a service."""
    word = f'"{prefix}:'
    versions = PolicyVersion.objects.filter(
        account_id=account_id, number=F("policy__default_version"), document__icontains=word
    )
    managed = [(version.policy.arn, version.policy.name) for version in versions.select_related("policy")]
    inline = apps.get_model("accounts.InlinePolicy").objects
    held = inline.filter(account_id=account_id, document__icontains=word).count()
    return Naming(tuple(sorted(managed, key=lambda each: each[1].lower())), held)


def _registered(account_id: str) -> Iterator[ServiceRow]:
    for row in RegisteredService.objects.filter(account_id=account_id):
        parts = (len(row.definition[kind]) for kind in ("Actions", "ResourceTypes", "ConditionKeys"))
        yield ServiceRow(row.prefix, row.name, False, *parts)


@cache
def _built_in() -> tuple[ServiceRow, ...]:
    """Counted once, which reads every file of the catalogue: a quarter of a second."""
    with catalog.extended(()):
        found = (catalog.service(prefix) for prefix in catalog.services())
        return tuple(
            ServiceRow(each.prefix, each.name, True, len(each.actions), len(each.resource_types), _own_keys(each))
            for each in found
            if each
        )


@cache
def _built_in_names() -> tuple[tuple[str, str], ...]:
    with catalog.extended(()):
        found = (catalog.service(prefix) for prefix in catalog.services())
        return tuple((each.prefix, each.name) for each in found if each)


def _own_keys(service: catalog.Service) -> int:
    return sum(name not in catalog.GLOBAL_KEYS for name in service.condition_keys)

"""Users in a CSV file: one a row, with path, groups and tags.

UserName,Path,Groups,Tags
ada,/engineering/,Developers;Auditors,team=red;floor=2
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.importing import csv_rows
from accounts.importing.csv_rows import FORMULA, guarded, split, unguarded
from accounts.importing.items import Plan, item

__all__ = ["FORMULA", "LAYOUT", "cells", "export_users", "guarded", "plan", "unguarded"]

LAYOUT = csv_rows.Layout("user", ("UserName", "Path", "Groups", "Tags"), ("UserId", "Arn", "CreateDate"))


def plan(text: str) -> Plan:
    """What to run so that every user of the file exists; one ValidationError names every bad row by its number."""
    return csv_rows.plan(text, LAYOUT, _planned)


def _planned(row: csv_rows.Row, source: str) -> csv_rows.Planned:
    name = row["UserName"]
    tags, faults = _tags(row["Tags"])
    items = [item("CreateUser", source, UserName=name, Path=row["Path"], Tags=tags)]
    items += [item("AddUserToGroup", source, UserName=name, GroupName=group) for group in split(row["Groups"])]
    return items, faults


def _tags(cell: str) -> tuple[list[dict[str, str]], list[str]]:
    """`team=red;floor=2`; a `=` within a key is written `%3D`, since no tag may hold a `%` of its own."""
    tags, faults = [], []
    for part in split(cell):
        key, equals, value = part.partition("=")
        if equals:
            tags.append({"Key": key.strip().replace("%3D", "="), "Value": value.strip()})
        else:
            faults.append(f"the tag {part!r} has no value: write key=value;key=value")
    return tags, faults


def export_users(users: Iterable[Any]) -> str:
    """The CSV of users as GetAccountAuthorizationDetails shows them (`UserDetail`); `plan` reads it back."""
    return csv_rows.written(LAYOUT, map(cells, users))


def cells(user: Any) -> tuple[str, ...]:
    """The row of a `UserDetail`."""
    tags = ";".join(f"{tag.key.replace('=', '%3D')}={tag.value}" for tag in user.tags)
    created = user.create_date.strftime("%Y-%m-%dT%H:%M:%SZ")
    return user.user_name, user.path, ";".join(user.group_list), tags, user.user_id, user.arn, created

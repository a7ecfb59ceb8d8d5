"""Resource types for rows with a name: where they are stored, their ARN and tags, for the authorizer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType
from iamconsole.storage.named import NamedRow, arn


def resource_of(row: NamedRow) -> Resource:
    """The resource that a row is."""
    return Resource(arn=row.arn, account_id=row.account_id, tags=getattr(row, "tags", {}))


Facts = Callable[[Any], Mapping[str, str]]


def by_name(model: type[NamedRow], member: str, *, facts: Facts | None = None) -> ResourceType:
    """The row whose name the input gives in `member`; one that does not exist has the ARN it would get.

    `facts` gives condition keys that only the row can tell.
    """

    def locate(call: Call, request: Any) -> Resource:
        name = getattr(request, member)
        row = model.seek(call.account_id, name)
        if row is not None:
            return replace(resource_of(row), facts=facts(row)) if facts else resource_of(row)
        path = getattr(request, "path", None) or "/"
        return Resource(arn=arn(call.account_id, model.arn_kind, path, name), account_id=call.account_id)

    return ResourceType("iam", model.arn_kind, locate)


def renamed(model: type[NamedRow], member: str, new_name: str) -> ResourceType:
    """The ARN that a rename leads to: AWS wants the permission there as well."""

    def locate(call: Call, request: Any) -> Resource:
        row = model.seek(call.account_id, getattr(request, member))
        name = getattr(request, new_name) or getattr(request, member)
        path = request.new_path or (row.path if row else "/")
        return Resource(
            arn=arn(call.account_id, model.arn_kind, path, name),
            account_id=call.account_id,
            tags=getattr(row, "tags", {}),
        )

    return ResourceType("iam", model.arn_kind, locate)

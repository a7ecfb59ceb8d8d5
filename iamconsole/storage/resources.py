"""Resource types for rows with a name: where they are stored, their ARN and tags, for the authorizer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias, TypeVar

from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import Resource, ResourceType
from iamconsole.storage.named import NamedRow, arn, name_key

Row = TypeVar("Row", bound=NamedRow)
Known: TypeAlias = dict[tuple[type[NamedRow], str, str], Any]
"""Rows by model, account and name key; None where there is none."""

_known: ContextVar[Known | None] = ContextVar("known", default=None)


@contextmanager
def looked_up_once(known: Known) -> Iterator[None]:
    """Inside, a row is looked for once and then known: for questions asked together that allow nothing.

    Menus and controls ask such; whatever is done looks for itself.
    """
    mark = _known.set(known)
    try:
        yield
    finally:
        _known.reset(mark)


def stored(model: type[Row], account_id: str, name: str, *, related: Sequence[str] = ()) -> Row | None:
    """The row of that name, or None."""
    known, key = _known.get(), (model, account_id, name_key(name))
    if known is None:
        return model.seek(account_id, name, related=related)
    if key not in known:
        known[key] = model.seek(account_id, name, related=related)
    found: Row | None = known[key]
    return found


def foresee(model: type[NamedRow], account_id: str, names: Iterable[str], *, related: Sequence[str] = ()) -> None:
    """Look many rows up at once, inside of `looked_up_once`."""
    known = _known.get()
    if known is not None:
        missing = {key for name in names if (model, account_id, key := name_key(name)) not in known}
        rows = model.objects.filter(account_id=account_id, name_key__in=missing)
        found = {row.name_key: row for row in (rows.select_related(*related) if related else rows)} if missing else {}
        known |= {(model, account_id, key): found.get(key) for key in missing}


def resource_of(row: NamedRow) -> Resource:
    """The resource that a row is."""
    return Resource(arn=row.arn, account_id=row.account_id, tags=getattr(row, "tags", {}))


Facts = Callable[[Any], Mapping[str, str]]


def by_name(
    model: type[NamedRow], member: str, *, facts: Facts | None = None, related: Sequence[str] = ()
) -> ResourceType:
    """The row whose name the input gives in `member`; one that does not exist has the ARN it would get.

    `facts` gives condition keys that only the row can tell, `related` the rows that it asks for them.
    """

    def locate(call: Call, request: Any) -> Resource:
        name = getattr(request, member)
        row = stored(model, call.account_id, name, related=related)
        if row is not None:
            return replace(resource_of(row), facts=facts(row)) if facts else resource_of(row)
        path = getattr(request, "path", None) or "/"
        return Resource(arn=arn(call.account_id, model.arn_kind, path, name), account_id=call.account_id)

    return ResourceType("iam", model.arn_kind, locate, partial(foresee, model, related=related))


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

"""The three operations of things with tags, written once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Any

from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import ConcurrentModification, InvalidInput, LimitExceeded, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ResourceType
from iamconsole.kernel.shapes import Marker, MaxItems, TagKeys, Tags
from iamconsole.storage import tags as tagging
from policies.documents.shapes import ListTagsResult

Find = Callable[[str, str], Any]


@dataclass(frozen=True)
class Tagged:
    """A kind of thing with tags: `noun` as operations spell it, `words` as sentences do, `member` names one of it.

    `find` and `lock` take account and name. `ignore_case`: its keys are the same whatever their case. `listed` is
    what listing acts on, where AWS's own are shown too.
    """

    noun: str
    words: str
    member: str
    type: Any
    path: str
    on: ResourceType
    find: Find
    lock: Find
    ignore_case: bool = False
    listed: ResourceType | None = None

    @property
    def named(self) -> bool:
        """Whether a name tells one from another, which is in order or not before anything is looked up."""
        return self.member.endswith("_name")


def declare(kind: Tagged) -> None:
    """Declare Tag…, Untag… and List…Tags of a kind."""
    case = "are the same whatever their case" if kind.ignore_case else "are told apart by case"
    wrong = () if kind.ignore_case else (InvalidInput,)
    tags_at = f"{kind.path}/tags"

    def tag(call: Call, *, tags: Any, **named: str) -> None:
        tagging.set_on(call, kind.lock(call.account_id, named[kind.member]), tags, ignore_case=kind.ignore_case)

    def untag(call: Call, *, tag_keys: Any, **named: str) -> None:
        row = kind.lock(call.account_id, named[kind.member])
        tagging.remove_from(call, row, tag_keys, ignore_case=kind.ignore_case)

    def listing(call: Call, *, marker: Any, max_items: Any, **named: str) -> ListTagsResult:
        row = kind.find(call.account_id, named[kind.member])
        return ListTagsResult(**tagging.page_on(row, marker=marker, max_items=max_items))

    operation(
        Access.TAGGING,
        on=kind.on,
        rest=Rest("POST", tags_at, status=204),
        errors=(NoSuchEntity, LimitExceeded, InvalidInput, ConcurrentModification),
    )(_written(tag, kind, f"tag_{kind.noun}", f"Set tags on {kind.words}; keys {case}.", None, tags=Tags))
    operation(
        Access.TAGGING,
        on=kind.on,
        rest=Rest("DELETE", tags_at, status=204),
        errors=(NoSuchEntity, *wrong, ConcurrentModification),
    )(
        _written(
            untag,
            kind,
            f"untag_{kind.noun}",
            f"Remove tags from {kind.words}; a key that is not there is no fault.",
            None,
            tag_keys=TagKeys,
        )
    )
    operation(
        Access.LIST,
        on=kind.listed or kind.on,
        pages="tags",
        rest=Rest("GET", tags_at),
        errors=(NoSuchEntity,) if kind.named else (NoSuchEntity, InvalidInput),
    )(
        _written(
            listing,
            kind,
            f"list_{kind.noun}_tags",
            f"List the tags of {kind.words}, sorted by key.",
            ListTagsResult,
            marker=Marker | None,
            max_items=MaxItems | None,
        )
    )


def _written(
    handler: Callable[..., Any], kind: Tagged, name: str, text: str, output: Any, **members: Any
) -> Callable[..., Any]:
    """The handler as if it had been written for this kind: name, help text and members."""
    hints = {"call": Call, kind.member: kind.type, **members, "return": output}
    optional = {"marker", "max_items"}
    parameters = [Parameter("call", Parameter.POSITIONAL_OR_KEYWORD)] + [
        Parameter(member, Parameter.KEYWORD_ONLY, default=None if member in optional else Parameter.empty)
        for member in (kind.member, *members)
    ]
    handler.__name__, handler.__doc__, handler.__annotations__ = name, text, hints
    handler.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return handler

"""Session tags: what is passed with a session, over what a chain of roles hands down (reference 6.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from iamconsole.kernel.call import Principal
from iamconsole.kernel.errors import InvalidInput, InvalidParameterValue
from iamconsole.kernel.shapes import Tag
from iamconsole.storage import tags as tagging

NOT_PASSED = "The specified transitive tag key must be included in the requested tags."
TAKEN = (
    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the "
    "calling session."
)


@dataclass(frozen=True, slots=True)
class SessionTags:
    """Tags by key, and the keys of those that the next role of the chain gets too."""

    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: tuple[str, ...] = ()


def inherited(caller: Principal) -> dict[str, str]:
    """The transitive tags of the caller's own session."""
    session = caller.temporary
    return {key: session.tags[key] for key in session.transitive} if session else {}


def session_tags(caller: Principal, tags: Sequence[Tag], transitive: Sequence[str] = ()) -> SessionTags:
    """The tags of a new session; InvalidParameterValue for keys given twice, not passed, or handed down already."""
    passed, handed_down = passed_tags(tags), inherited(caller)
    by_key = {key.lower(): key for key in passed}
    if by_key.keys() & {key.lower() for key in handed_down}:
        raise InvalidParameterValue(TAKEN)
    if not {key.lower() for key in transitive} <= by_key.keys():
        raise InvalidParameterValue(NOT_PASSED)
    further = [by_key[key.lower()] for key in transitive]
    return SessionTags(handed_down | passed, tuple(dict.fromkeys([*handed_down, *further])))


def passed_tags(tags: Sequence[Tag]) -> dict[str, str]:
    """Tags by key, the case of which does not count."""
    try:
        return tagging.stored(tags, ignore_case=True)
    except InvalidInput as refused:
        raise InvalidParameterValue(refused.message) from None

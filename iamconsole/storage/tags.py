"""Tags as stored (`{key: value}`) and as AWS lists them; the rules of reference 2.3.

Keys of users and roles are the same without regard to case (`department` replaces `Department`); elsewhere not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput
from iamconsole.kernel.paging import page_of_list
from iamconsole.kernel.shapes import Tag

DUPLICATE = "Duplicate tag keys found. Please note that Tag keys are case insensitive."


def stored(tags: Iterable[Tag], *, ignore_case: bool) -> dict[str, str]:
    """New tags as `{key: value}`; InvalidInput for a key given twice or one that begins with `aws:`."""
    found: dict[str, str] = {}
    seen = set()
    for tag in tags:
        same = tag.key.lower() if ignore_case else tag.key
        if same in seen:
            raise InvalidInput(DUPLICATE)
        if tag.key.lower().startswith("aws:"):
            raise InvalidInput(f"Tag key {tag.key} is not valid: keys that begin with aws: belong to the system.")
        seen.add(same)
        found[tag.key] = tag.value
    return found


def merged(call: Call, present: Mapping[str, str], tags: Iterable[Tag], *, ignore_case: bool) -> dict[str, str]:
    """`present` with `tags` set over it, within the quota of tags a resource."""
    new = stored(tags, ignore_case=ignore_case)
    kept = without(present, new, ignore_case=ignore_case)
    call.quota("TagsPerResource").check(len(kept), len(new))
    return kept | new


def without(present: Mapping[str, str], keys: Iterable[str], *, ignore_case: bool) -> dict[str, str]:
    """`present` less the given keys; a key that is not there is no fault."""
    gone = {key.lower() if ignore_case else key for key in keys}
    return {k: v for k, v in present.items() if (k.lower() if ignore_case else k) not in gone}


def listed(present: Mapping[str, str]) -> list[Tag]:
    """Tags sorted by key, as every List…Tags answers."""
    return [Tag(key=key, value=present[key]) for key in sorted(present)]


def shown(present: Mapping[str, str]) -> list[Tag] | None:
    """For answers that leave the member out where there are no tags."""
    return listed(present) or None


def set_on(call: Call, row: Any, tags: Iterable[Tag], *, ignore_case: bool) -> None:
    """Set tags on a stored row and note the change."""
    row.tags = merged(call, row.tags, tags, ignore_case=ignore_case)
    row.save(update_fields=["tags"])
    call.emit(row.arn_kind, row.unique_id, "updated", revokes=True)


def remove_from(call: Call, row: Any, keys: Iterable[str], *, ignore_case: bool) -> None:
    """Remove tags from a stored row and note the change."""
    row.tags = without(row.tags, keys, ignore_case=ignore_case)
    row.save(update_fields=["tags"])
    call.emit(row.arn_kind, row.unique_id, "updated", revokes=True)


def page_on(row: Any, *, marker: str | None, max_items: int | None) -> dict[str, Any]:
    """The members of a List…Tags answer."""
    # A marker has room for 320 characters, a key may be longer than that once encoded: the marker counts instead.
    numbered = [(f"{number:03d}", tag) for number, tag in enumerate(listed(row.tags))]
    found, rest = page_of_list(numbered, key=itemgetter(0), marker=marker, max_items=max_items)
    return {"tags": [tag for _, tag in found], **rest}

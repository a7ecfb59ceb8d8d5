"""What the simulator is asked, as its address says it: every input is in the query string, so a link is a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.visit import Visit
from policies.simulator import TYPES

LONGEST: Final = 131_072
BOUNDARY: Final = "boundary"
Row = tuple[str, str, str]
"""A condition key, the type of its values, and the values, one a line."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The inputs as typed; `left_out` holds ARNs of policies, ARN + space + name for inline ones, and `boundary`."""

    who: str = ""
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    context: tuple[Row, ...] = ()
    attached: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    draft: str = ""
    boundary: str = ""
    resource_policy: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        """What an address says; blank lines and rows count as not said."""
        rows = zip_longest(query.getlist("key"), query.getlist("type"), query.getlist("value"), fillvalue="")
        return cls(
            who=_text(query, "who").strip(),
            actions=_lines(query.getlist("action")),
            resources=_lines(query.getlist("resource")),
            context=tuple(
                (key.strip(), kind if kind in TYPES else "string", value) for key, kind, value in rows if key
            ),
            attached=_lines(query.getlist("attach")),
            left_out=tuple(each for each in query.getlist("without") if each),
            draft=_text(query, "draft"),
            boundary=_text(query, "bound"),
            resource_policy=_text(query, "resource_policy"),
        )

    @property
    def is_a_question(self) -> bool:
        return bool(self.actions and (self.who or self.draft or self.attached))

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of the address."""
        said = [("who", self.who)]
        said += [("action", each) for each in self.actions]
        said += [("resource", each) for each in self.resources]
        for key, kind, value in self.context:
            said += [("key", key), ("type", kind), ("value", value)]
        said += [("attach", each) for each in self.attached]
        said += [("without", each) for each in self.left_out]
        documents = (("draft", self.draft), ("bound", self.boundary), ("resource_policy", self.resource_policy))
        return [pair for pair in said if pair[1] or pair[0] == "value"] + [pair for pair in documents if pair[1]]

    def url(self, **changes: Any) -> str:
        """The simulator with something asked otherwise; `marker` is a page of the answers."""
        marker = changes.pop("marker", "")
        pairs = replace(self, **changes).pairs() + ([("marker", marker)] if marker else [])
        return f"{reverse('console:simulator')}?{urlencode(pairs)}"

    def with_key(self, key: str, values: Sequence[str]) -> tuple[Row, ...]:
        """The context with a key told, or told otherwise; without values it is not told."""
        rest = tuple(row for row in self.context if row[0].lower() != key.lower())
        kind = "string" if len(values) == 1 else "stringList"
        return (*rest, (key, kind, "\n".join(values))) if values else rest

    def members(self, visit: Visit) -> dict[str, Any]:
        """The input of ExplainAccess. Reads the policies that are to be tried, in the viewer's own name."""
        given = [self.draft] if self.draft.strip() else []
        given += [_document(visit, arn) for arn in self.attached]
        return {
            "policy_source_arn": self.source(visit) if self.who else None,
            "action_names": list(self.actions),
            "resource_arns": list(self.resources),
            "context_entries": [_entry(row) for row in self.context],
            "policy_input_list": given,
            "policy_exclusion_list": [_exclusion(each) for each in self.left_out],
            "permissions_boundary_policy_input_list": [self.boundary] if self.boundary.strip() else [],
            "resource_policy": self.resource_policy if self.resource_policy.strip() else None,
        }

    def source(self, visit: Visit) -> str:
        """The ARN of `user/ada`, `role/deploy`, `group/devs`, or `ada`, who is a user."""
        if self.who.startswith("arn:"):
            return self.who
        word, slash, name = self.who.rpartition("/")
        kind = addresses.BY_WORD.get(word if slash else "user", addresses.BY_WORD["user"])
        page = {"max_items": 1} if kind.word == "group" else {}
        answer = visit.run(kind.action("Get{}"), **kind.named(name), **page)
        return str(getattr(answer, kind.word).arn)


def _document(visit: Visit, arn: str) -> str:
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    version = visit.run("iam:GetPolicyVersion", policy_arn=arn, version_id=policy.default_version_id)
    return str(version.policy_version.document)


def _entry(row: Row) -> dict[str, Any]:
    key, kind, value = row
    values = value.splitlines() if kind.endswith("List") else [value]
    return {"context_key_name": key, "context_key_type": kind, "context_key_values": values}


def _exclusion(left_out: str) -> dict[str, Any]:
    if left_out == BOUNDARY:
        return {"policy_type": "permission-boundary"}
    arn, _, name = left_out.partition(" ")
    found = addresses.ENTITY.fullmatch(arn)
    if found is None:
        return {"policy_arn": arn}
    inline = {"attachment_type": found[2], "attachment_name": found[3], "policy_name": name}
    return {"inline_policy_identifier": inline}


def _text(query: QueryDict, name: str) -> str:
    return query.get(name, "").replace("\r\n", "\n").replace("\0", "")[:LONGEST]


def _lines(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for value in values for line in value.splitlines() if (word := line.strip().strip(",")))

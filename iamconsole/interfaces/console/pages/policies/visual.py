"""Statements as a form: what was sent of it, and what one asked it to do (templates/console/_statement.html)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from policies.composing import ConditionRow, Fields, Opened, opened, written
from policies.engine.arns import is_arn

MOST = 60  # statements of a form: each shows every action of its service
NEW = Fields()
BLANK_ROW = ConditionRow("StringEquals", "", ())
Post = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A statement of the form: `original` is its JSON as it was opened, empty for a new one.

    Without `fields` it is shown as `json`, and `fault` says why that cannot be read. `service` is the one whose actions
    are shown, `arn` the form of the ARN that is being filled in.
    """

    original: str = ""
    fields: Fields | None = None
    json: str = ""
    service: str = ""
    arn: str = ""
    fault: Any = ""

    @classmethod
    def of(cls, text: str, fields: Fields | None) -> Part:
        return cls(text, fields, "" if fields else _dedented(text), _service(fields.actions) if fields else "")

    @property
    def text(self) -> str:
        """The statement as JSON: as it was, where nothing was changed."""
        if self.fields is None:
            return self.original if self.json == _dedented(self.original) else self.json
        was = _fields(self.original)
        fields = _without_blanks(self.fields)
        return self.original if was and was.same_as(fields) else written(fields)


def parts_of(document: Opened) -> list[Part]:
    return [Part.of(piece.text, piece.fields) for piece in document.pieces]


def sent(post: Post) -> list[Part]:
    """The statements as they were sent, each by the fields that begin with its number."""
    return [_sent(post, f"s{number}-") for number in post.getlist("statement")]  # type: ignore[attr-defined]


def asked(parts: Sequence[Part], wish: str, post: Post) -> list[Part]:
    """The statements after a button was pressed: `add`, `remove:0`, `condition:0`, `drop:0:1`, `arn:0`."""
    verb, _colon, rest = wish.partition(":")
    number, _colon, what = rest.partition(":")
    if verb == "add":
        return [*parts, Part(fields=NEW)]
    if not number.isdecimal() or int(number) >= len(parts):
        return list(parts)
    at = int(number)
    if verb == "remove":
        return [*parts[:at], *parts[at + 1 :]]
    changed = list(parts)
    if (fields := parts[at].fields) is not None:
        changed[at] = replace(parts[at], fields=_changed(fields, verb, what, post, f"s{at}-"))
    return changed


def _changed(fields: Fields, verb: str, what: str, post: Post, prefix: str) -> Fields:
    if verb == "condition":
        return replace(fields, conditions=(*fields.conditions, BLANK_ROW))
    if verb == "drop" and what.isdecimal():
        return replace(fields, conditions=tuple(row for n, row in enumerate(fields.conditions) if n != int(what)))
    if verb == "arn":
        arn = _built(str(post.get(f"{prefix}arn", "")), post, prefix)
        return replace(fields, resources=tuple(dict.fromkeys((*fields.resources, arn)))) if arn else fields
    return fields


def _built(template: str, post: Post, prefix: str) -> str:
    """The ARN of a resource type, its places filled with what was typed, or with `*` where nothing was."""
    arn = template
    for place in places_of(template):
        typed = str(post.get(f"{prefix}place-{place}", "")).strip()
        arn = arn.replace(f"${{{place}}}", typed or ("aws" if place == "Partition" else "*"))
    return arn if is_arn(arn) else ""


def places_of(template: str) -> list[str]:
    """`BucketName` and `ObjectName` of `arn:${Partition}:s3:::${BucketName}/${ObjectName}`, and the partition."""
    return list(dict.fromkeys(part.partition("}")[0] for part in template.split("${")[1:]))


def _sent(post: Post, prefix: str) -> Part:
    original = str(post.get(f"{prefix}original", "")).replace("\r\n", "\n")
    if f"{prefix}json" in post:
        text = str(post[f"{prefix}json"]).replace("\r\n", "\n").strip()
        fault = "" if _is_object(text) else _("This is no JSON object.")
        return Part(original, json=text, fault=fault)
    was = _fields(original) or NEW
    actions = (*post.getlist(f"{prefix}action"), *_lines(post, f"{prefix}patterns"))  # type: ignore[attr-defined]
    fields = Fields(
        effect="Deny" if post.get(f"{prefix}effect") == "Deny" else "Allow",
        sid=str(post.get(f"{prefix}sid", "")).strip(),
        principals=tuple(map(_principal, _lines(post, f"{prefix}principals"))),
        actions=_ordered(was.actions, actions),
        resources=_ordered(was.resources, _lines(post, f"{prefix}resources")),
        conditions=tuple(_rows(post, prefix)),
    )
    service = str(post.get(f"{prefix}service", "")).strip().lower()
    return Part(original, fields, service=service, arn=str(post.get(f"{prefix}arn", "")))


def _ordered(was: Sequence[str], now: Sequence[str]) -> tuple[str, ...]:
    """What stays in its old order, then what is new."""
    chosen = dict.fromkeys(now)
    return (*(each for each in dict.fromkeys(was) if each in chosen), *(each for each in chosen if each not in was))


def _lines(post: Post, name: str) -> list[str]:
    return [line for text in str(post.get(name, "")).splitlines() if (line := text.strip())]


def _principal(line: str) -> tuple[str, str]:
    kind, _space, name = line.partition(" ")
    return ("*", "") if line == "*" else (kind, name.strip()) if name.strip() else ("AWS", line)


def _rows(post: Post, prefix: str) -> list[ConditionRow]:
    listed = [post.getlist(f"{prefix}{name}") for name in ("operator", "key", "values")]  # type: ignore[attr-defined]
    return [
        ConditionRow(operator, key.strip(), tuple(line.strip() for line in values.splitlines() if line.strip()))
        for operator, key, values in zip(*listed, strict=False)
    ]


def _dedented(statement: str) -> str:
    """The statement as if it began in the first column; its last line tells where it began."""
    first, *rest = statement.split("\n")
    margin = len(rest[-1]) - len(rest[-1].lstrip()) if rest else 0
    return "\n".join([first, *(line[min(margin, len(line) - len(line.lstrip())) :] for line in rest)])


def _without_blanks(fields: Fields) -> Fields:
    """The fields without condition rows in which nothing is named yet."""
    return replace(fields, conditions=tuple(row for row in fields.conditions if row.key))


def _fields(statement: str) -> Fields | None:
    document = opened(f'{{"Statement":[{statement}]}}') if statement else None
    return document.pieces[0].fields if document and len(document.pieces) == 1 else None


def _is_object(text: str) -> bool:
    document = opened(f'{{"Statement":[{text}]}}')
    return text.startswith("{") and document is not None and len(document.pieces) == 1


def _service(actions: Sequence[str]) -> str:
    """The one service that all actions are of."""
    found = {action.partition(":")[0].lower() for action in actions if ":" in action}
    return found.pop() if len(found) == 1 else ""

"""An operation's command line: options derived from the shape of its input, spelled as the aws CLI spells them.

--user-name ada    --tag-keys a b    --tags Key=team,Value=red    --policy-document file://policy.json    --no-…
"""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, get_args, get_origin

from iamconsole.interfaces.cli import shorthand
from iamconsole.interfaces.cli.members import Member, described, is_structure, members, members_of, plain
from iamconsole.kernel.operation import Operation

OUTPUTS = ("json", "table")


class BadUsage(Exception):
    """The command line cannot be understood; the message says what to write instead."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises BadUsage and knows what somebody may have meant."""

    def error(self, message: str) -> NoReturn:
        raise BadUsage(f"{message}\n{self.format_usage()}".rstrip())

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        given, unknown = self.parse_known_args(words)
        if unknown:
            known = [option for action in self._actions for option in action.option_strings]
            strange = [word for word in unknown if word.startswith("-")] or unknown
            raise BadUsage("; ".join(f"`{word}` is not known here{did_you_mean(word, known)}" for word in strange))
        return given


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`: did you mean --user-name?`, or nothing where nothing is near."""
    close = difflib.get_close_matches(word.split("=")[0], list(known), n=3, cutoff=0.5)
    return f": did you mean {' or '.join(close)}?" if close else ""


def parser(operation: Operation) -> Parser:
    """The parser of one operation; every option but `--account` and `--output` is a member of its input."""
    made = Parser(
        prog=f"manage.py iam {operation.command}",
        description=f"{operation.summary} {operation.description}".strip(),
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    made.add_argument("--account", help="account id or alias; needed where there are several", metavar="ID|ALIAS")
    made.add_argument("--output", choices=OUTPUTS, help="default: a table in a terminal, else JSON")
    for member in members(operation):
        _add(made, member)
    return made


def _add(made: Parser, member: Member) -> None:
    words = described(member).replace("%", "%%") + (" (required)" if member.required else "")
    if member.is_sensitive:
        words += "; file:///dev/stdin keeps it off the process list"
    if member.is_flag:
        made.add_argument(member.option, action=argparse.BooleanOptionalAction, dest=member.name, help=words)
    elif member.item is not None:
        made.add_argument(member.option, nargs="*", dest=member.name, metavar="VALUE", help=words)
    else:
        made.add_argument(member.option, dest=member.name, metavar="VALUE", help=words)


def raw_input(operation: Operation, given: argparse.Namespace) -> dict[str, Any]:
    """The input under AWS's member names; BadUsage for a value that cannot be read."""
    raw: dict[str, Any] = {}
    for member in members(operation):
        if hasattr(given, member.name):
            try:
                raw[member.alias] = _value(member, getattr(given, member.name))
            except (OSError, ValueError) as fault:
                raise BadUsage(f"{member.option}: {fault}") from fault
    return raw


def _value(member: Member, given: Any) -> Any:
    if member.is_flag:
        return given
    if member.item is None:
        return _one(member, given)
    if len(given) == 1 and _loaded(given[0]).lstrip().startswith("["):
        return json.loads(_loaded(given[0]))
    return [fitted(_one(member, each), member.item) for each in given]


def _one(member: Member, text: str) -> Any:
    if text.startswith("fileb://"):
        return Path(text.removeprefix("fileb://")).expanduser().read_bytes()
    text = _loaded(text)
    if not member.is_structured:
        return text
    return fitted(
        json.loads(text) if text.lstrip().startswith("{") else shorthand.parse(text), member.item or member.annotation
    )


def _loaded(text: str) -> str:
    """`file://…` stands for what is in the file; `file:///dev/stdin` keeps a secret off the process list."""
    if text.startswith("file://"):
        return Path(text.removeprefix("file://")).expanduser().read_text("utf-8")
    return text


def fitted(value: Any, annotation: Any) -> Any:
    """Shorthand cannot tell one word from a list of one: the annotation does."""
    kind = plain(annotation)
    if get_origin(kind) is list:
        item = get_args(kind)[0]
        return [fitted(each, item) for each in (value if isinstance(value, list) else [value])]
    if isinstance(value, Mapping) and is_structure(annotation) and get_origin(kind) is not dict:
        inner = {member.alias: member.annotation for member in members_of(kind)}
        return {name: fitted(each, inner[name]) if name in inner else each for name, each in value.items()}
    return value

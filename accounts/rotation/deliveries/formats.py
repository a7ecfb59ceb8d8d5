"""Files that AWS SDKs, and processes, read keys from: a text and a pair in, the text with that pair out.

Everything else in a text stays as it is. Taking the pair away leaves no part of it. What the result would not be read
from, because the text is broken, raises Unreadable.
"""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

INI: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
ENV: Final = tuple(name.upper() for name in INI)
JSON: Final = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")


class Unreadable(ValueError):
    """The text is not of its format; the message is fit to be shown."""


@dataclass(frozen=True)
class Pair:
    """An access key's id and secret."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Format:
    """`found` is the id of the key in a text (empty without one); `put` sets the pair, or takes it away."""

    found: Callable[[str, str], str]
    put: Callable[[str, str, Pair | None], str]


def _ini_found(text: str, profile: str) -> str:
    return _parsed(text).get(profile, INI[0], fallback="")


def _ini_put(text: str, profile: str, pair: Pair | None) -> str:
    """The shared credentials file (AWS SDKs and Tools reference, "Shared config and credentials files")."""
    _parsed(text)
    lines = text.splitlines(keepends=True)
    heads = [number for number, line in enumerate(lines) if line.startswith("[")]
    mine = [number for number in heads if lines[number].rstrip() == f"[{profile}]"]
    wanted = [f"{name} = {value}\n" for name, value in zip(INI, _values(pair), strict=False)]
    if not mine:
        gap = "\n" if text.strip() else ""
        new = _ended(text) + f"{gap}[{profile}]\n" + "".join(wanted) if pair else text
    else:
        start = mine[0] + 1
        end = next((number for number in heads if number >= start), len(lines))
        kept = _without_options(lines[start:end])
        new = "".join([*lines[: start - 1], _ended(lines[start - 1]), *wanted, *kept, *lines[end:]])
    if _ini_found(new, profile) != (pair.id if pair else ""):
        raise Unreadable(f"the profile {profile} cannot be written: is its section written in an unusual way?")
    return new


def _without_options(lines: list[str]) -> list[str]:
    kept, dropping = [], False
    for line in lines:
        name = re.split(r"[=:]", line, maxsplit=1)[0].strip().lower()
        continued = line[:1] in " \t" and bool(line.strip())
        dropping = dropping if continued else name in INI
        if not dropping:
            kept.append(line)
    return kept


def _parsed(text: str) -> configparser.RawConfigParser:
    # As botocore reads it: [DEFAULT] is a profile like any other.
    parser: configparser.RawConfigParser = configparser.RawConfigParser(default_section=None)  # type: ignore[call-overload]
    try:
        parser.read_string(text)
    except configparser.Error:
        raise Unreadable("the file is no credentials file that SDKs could read") from None
    return parser


def _env_found(text: str, _profile: str) -> str:
    found = re.search(rf"^\s*(?:export\s+)?{ENV[0]}=['\"]?(\w*)", text, re.M)
    return found[1] if found else ""


def _env_put(text: str, _profile: str, pair: Pair | None) -> str:
    """`NAME=value` lines, with `export` where they had it."""
    values = dict(zip(ENV, _values(pair), strict=False))
    lines = []
    for line in text.splitlines(keepends=True):
        name = re.match(r"\s*(export\s+)?(\w+)\s*=", line)
        if not name or name[2] not in ENV:
            lines.append(line)
        elif name[2] in values:
            lines.append(f"{name[1] or ''}{name[2]}={values.pop(name[2])}\n")
    return _ended("".join(lines)) + "".join(f"{name}={value}\n" for name, value in values.items())


def _json_found(text: str, _profile: str) -> str:
    return str(_object(text).get(JSON[0], ""))


def _json_put(text: str, _profile: str, pair: Pair | None) -> str:
    """What `credential_process` prints, so that `cat` of the file is one (AWS CLI user guide)."""
    own = {name: value for name, value in _object(text).items() if name not in JSON}
    return json.dumps({"Version": 1, **own, **dict(zip(JSON, _values(pair), strict=False))}, indent=2) + "\n"


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unreadable("the file holds no JSON object")
    return found


def _values(pair: Pair | None) -> tuple[str, ...]:
    return (pair.id, pair.secret) if pair else ()


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


FORMATS: Final = {
    "credentials": Format(_ini_found, _ini_put),
    "json": Format(_json_found, _json_put),
    "env": Format(_env_found, _env_put),
}

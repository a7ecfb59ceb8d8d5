"""Version, Sid, Effect, and the elements that a statement must have or may not combine."""

import re
from collections.abc import Iterator
from typing import Final

from policies.engine import PolicyKind
from policies.validation.finding import Issue
from policies.validation.reading import is_text
from policies.validation.registry import ALL, each_policy, each_statement
from policies.validation.tree import Policy, Statement

_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_NEEDS_VERSION: Final = {PolicyKind.SCP, PolicyKind.RCP}
_PLAIN_SID: Final = re.compile(r"[0-9A-Za-z]*")
_HALVES: Final = ("Principal", "Action", "Resource")


@each_policy("INVALID_VERSION", "MISSING_VERSION")
def version(policy: Policy) -> Iterator[Issue]:
    """The version exists and is written."""
    known = _VERSIONS[:1] if policy.kind is PolicyKind.RCP else _VERSIONS
    help = 'write "Version": "2012-10-17"'
    if policy.version is not None:
        if policy.version.value not in known:
            message = f"there is no version `{policy.version.value}`, only {' and '.join(known)}"
            yield Issue("INVALID_VERSION", ("Version",), message, help)
    elif isinstance(policy.root, dict) and "Version" not in policy.root:
        if policy.kind in _NEEDS_VERSION:
            yield Issue("INVALID_VERSION", (), "this kind of policy must state its version", help)
        else:
            message = "without a `Version` the policy is read as 2008-10-17, where variables are plain text"
            yield Issue("MISSING_VERSION", (), message, help)


@each_statement("INVALID_EFFECT", "MISSING_EFFECT")
def effect(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A statement allows or denies."""
    written = statement.written.get("Effect")
    if "Effect" not in statement.written:
        yield Issue("MISSING_EFFECT", statement.path, "the statement has no `Effect`", "add Allow or Deny")
    elif isinstance(written, str) and is_text(written) and statement.effect is None:
        near = written.capitalize()
        help = f"write {near}" if near in ("Allow", "Deny") else "write Allow or Deny"
        yield Issue("INVALID_EFFECT", (*statement.path, "Effect"), f"there is no effect `{written}`", help)


@each_statement("MISSING_ACTION", "MISSING_RESOURCE", "MISSING_PRINCIPAL")
def missing_elements(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A statement says to what it applies and, where the policy belongs to a resource, to whom."""
    needed = ["Action"]
    if policy.kind is not PolicyKind.TRUST:
        needed.append("Resource")
    if policy.kind.names_principals:
        needed.append("Principal")
    for name in needed:
        if not statement.written.keys() & {name, f"Not{name}"}:
            help = f"add `{name}`" if name == "Principal" else f"add `{name}` or `Not{name}`"
            yield Issue(f"MISSING_{name.upper()}", statement.path, f"the statement has no `{name}`", help)


@each_statement("UNSUPPORTED_ELEMENT_COMBINATION")
def combinations(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """An element and its negation exclude each other."""
    for name in _HALVES:
        if statement.written.keys() >= {name, f"Not{name}"}:
            message = f"`{name}` and `Not{name}` cannot stand in one statement"
            path = (*statement.path, f"Not{name}")
            yield Issue("UNSUPPORTED_ELEMENT_COMBINATION", path, message, "remove one of the two", of_key=True)


@each_statement("UNSUPPORTED_SID", kinds=ALL - {PolicyKind.RESOURCE})
def sid_characters(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """The Sid is alphanumeric; policies of resources may be freer."""
    if statement.sid and not _PLAIN_SID.fullmatch(statement.sid.value):
        message = f"Sid `{statement.sid.value}` has other characters than letters and digits"
        yield Issue("UNSUPPORTED_SID", statement.sid.path, message, "use a-z, A-Z and 0-9 only")


@each_statement("EMPTY_SID_VALUE")
def empty_sid(policy: Policy, statement: Statement) -> Iterator[Issue]:
    """A Sid that is written says something."""
    if statement.sid and not statement.sid.value:
        yield Issue("EMPTY_SID_VALUE", statement.sid.path, "the Sid is empty", "name the statement or remove the Sid")


@each_policy("UNIQUE_SIDS_REQUIRED", "UNIQUE_SIDS_RECOMMENDED")
def unique_sids(policy: Policy) -> Iterator[Issue]:
    """Each Sid occurs once; only policies of resources may repeat one."""
    code = "UNIQUE_SIDS_RECOMMENDED" if policy.kind is PolicyKind.RESOURCE else "UNIQUE_SIDS_REQUIRED"
    seen: set[str] = set()
    for statement in policy.statements:
        sid = statement.sid
        if sid and sid.value in seen:
            yield Issue(code, sid.path, f"another statement has the Sid `{sid.value}` already", "choose another one")
        if sid and sid.value:
            seen.add(sid.value)

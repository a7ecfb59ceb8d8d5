"""What a row says of a decision: the statements that decided, the policies that were asked, the context."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from iamconsole.audit.chain import canonical
from iamconsole.audit.decisions.denial import is_foreign
from iamconsole.audit.decisions.explanation import bounds, sid_of, uri_of
from iamconsole.audit.history.folding import OF_THE_MOMENT
from iamconsole.audit.records import storable
from policies.engine import Decision, EngineFault, Source

MOST_STATEMENTS: Final = 20
MOST_CONTEXT: Final = 4_096  # characters of a context as JSON
MOST_VALUE: Final = 512  # characters of one value
MOST_VALUES: Final = 25  # values of one key
CUT: Final = "history:Truncated"
"""Stands in a context that was too long to be kept whole."""


def digest(*parts: str) -> str:
    """A name for a row's content: 128 bits are enough to tell rows apart, and an index pays for each."""
    return hashlib.blake2b("\0".join(parts).encode(errors="replace"), digest_size=16).hexdigest()


def statements(decision: Decision) -> str:
    """The statements that decided, as JSON; those of another account's policies are its own affair."""
    digests = {bound.source: bound.compiled.digest for _, bound in bounds(decision)}
    try:
        found = [each for each in decision.statements if not is_foreign(decision.request, each.layer)]
    except EngineFault:
        return "[]"  # the decision stands; looking at statements that it did not need met one that cannot be judged
    return canonical(
        [
            _policy(each.source, digests.get(each.source, ""))
            | {"sid": sid_of(each.sid, each.index), "effect": each.effect.value.upper()}
            for each in found[:MOST_STATEMENTS]
        ]
    )


def policies(decision: Decision) -> str:
    """Every policy of the principal's account that was asked, as JSON."""
    asked = {canonical(_policy(bound.source, bound.compiled.digest)) for _, bound in bounds(decision)}
    return f"[{','.join(sorted(asked))}]"


def _policy(source: Source, document: str) -> dict[str, Any]:
    return {
        "policy": uri_of(source),
        "type": source.type,
        "name": source.name,
        "version": source.version,
        "digest": document,
    }


def context(given: Mapping[str, Any]) -> str:
    """The condition keys of a request as JSON, within bounds and without those of its moment."""
    kept = {storable(key): _value(key, value) for key, value in given.items() if key not in OF_THE_MOMENT}
    written = canonical(kept)
    return written if len(written) <= MOST_CONTEXT else canonical(_shortened(kept))


def _shortened(facts: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {CUT: "true"}
    room = MOST_CONTEXT
    for key in sorted(facts):
        room -= len(canonical({key: facts[key]}))
        if room < 0:
            break
        kept[key] = facts[key]
    return kept


def _value(key: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_value(key, each) for each in value[:MOST_VALUES]]
    if isinstance(value, float) and not isfinite(value):
        return str(value)  # JSON has no such numbers
    if not isinstance(value, str):
        return value
    if key.lower() == "aws:referer":
        value = value.partition("?")[0]  # what follows is another site's, and may hold what opens a door there
    return storable(value)[:MOST_VALUE]

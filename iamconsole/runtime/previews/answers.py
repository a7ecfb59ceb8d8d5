"""What a preview found, in the shape of its answer."""

from __future__ import annotations

from typing import Any

from iamconsole.audit.decisions.shapes import DenialContextEntry
from iamconsole.runtime.previews import shapes
from iamconsole.runtime.previews.previewing import Found, Preview
from policies.engine import Context
from policies.engine.context import Given
from policies.previews import Effect

MOST_CHANGES = 500  # that are listed; all are counted


def members(made: Preview, lockouts: list[shapes.Lockout]) -> dict[str, Any]:
    """The members of the answer."""
    losing = [found for found in made.found if found.change.effect is Effect.LOSES]
    gaining = [found for found in made.found if found.change.effect is Effect.GAINS]
    return {
        "lockouts": lockouts,
        "changes": [_change(found, made.keys) for found in made.found[:MOST_CHANGES]],
        "gaining": len({found.principal for found in gaining}),
        "losing": len({found.principal for found in losing}),
        "losing_used": len({found.principal for found in losing if found.in_use}),
        "principals": made.principals,
        "examined": len(made.examined),
        "questions": made.questions,
        "is_complete": made.complete and len(made.found) <= MOST_CHANGES,
    }


def _change(found: Found, keys: frozenset[str]) -> shapes.AccessChange:
    question, usage = found.change.question, found.usage
    return shapes.AccessChange(
        principal=found.principal,
        effect=found.change.effect.value,
        action=question.action,
        resource=question.resource,
        circumstances=[
            DenialContextEntry(key=key, values=_texts(value))
            for key, value in question.circumstances
            if key.lower() in keys
        ],
        last_used=usage.time if usage and usage.allowed else None,
        last_refused=usage.time if usage and not usage.allowed else None,
        is_outside=found.is_outside,
    )


def _texts(value: Given) -> list[str]:
    """A value of a condition key as texts, as the engine reads it."""
    read = Context({"key": value}).find("key")
    return [] if read is None else [read] if isinstance(read, str) else list(read)

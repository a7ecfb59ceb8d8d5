"""What a rotation would do, said in advance."""

from __future__ import annotations

from accounts.rotation.deliveries import PULL
from accounts.rotation.facts import Facts
from accounts.rotation.machine import Move, decide, what_is_needed
from accounts.rotation.states import State
from accounts.rotation.wording import span


def plan(facts: Facts) -> list[str]:
    """The steps to come, in order."""
    terms, first = facts.terms, decide(facts)
    how = "collected with the old one" if terms.delivery_kind == PULL else f"delivered ({terms.delivery_kind})"
    return [
        *([first.note] if isinstance(first, Move) and len(first.effects) > 1 else ["Create a new key."]),
        f"Wait until it is {how}.",
        "Wait until the new key is seen in use.",
        *([f"Let both keys work for {span(terms.overlap)} from then on."] if terms.overlap else []),
        *([f"Wait until nobody has used the old key for {span(terms.quiet)}."] if terms.quiet else []),
        "Make the old key inactive.",
        f"Delete the old key {span(terms.grace)} later." if terms.grace else "Delete the old key.",
    ]


def needs(facts: Facts) -> list[str]:
    """What somebody must do first."""
    coming = decide(facts)
    blocked = isinstance(coming, Move) and coming.to is State.BLOCKED
    return [what_is_needed(facts)] if blocked else []

"""What comes next for a rotation: pure, from facts alone.

    Due ─┬─> Delivering ──> Delivered ──> InUse ──> Quiesced ──> Done
         └─> Blocked ─┘          └────────────┴─────────┴──> RollingBack ──> RolledBack

A key that somebody deletes ends it (Cancelled), and so does a schedule that is gone before the new key is given out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

from accounts.rotation.deliveries import PULL
from accounts.rotation.facts import Facts, KeyFacts
from accounts.rotation.states import State
from accounts.rotation.wording import span


class Effect(Enum):
    """What is done to keys as a rotation enters a state."""

    MAKE_ROOM = auto()
    CREATE_NEW = auto()
    DELETE_NEW = auto()
    DEACTIVATE_OLD = auto()
    DELETE_OLD = auto()


@dataclass(frozen=True, slots=True)
class Move:
    """Enter a state; `note` says why, for the history."""

    to: State
    note: str
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Deliver:
    """Bring the new key to its destination, or in rolling back the old one: outside of any transaction."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before `until`, if that is known, or before something else happens; `reason` says what."""

    reason: str
    until: datetime | None = None


Next = Move | Deliver | Wait


def decide(facts: Facts) -> Next:
    """What comes next."""
    return _NEXT[facts.state](facts)


def _due(facts: Facts) -> Next:
    if facts.old is None:
        return Move(State.CANCELLED, "The key was deleted.")
    if facts.orphaned:
        return Move(State.CANCELLED, "The schedule was deleted.")
    if not facts.old.active:
        return Move(State.CANCELLED, "The key was made inactive: there is nobody to give a new one to.")
    if facts.free_slots > 0:
        return Move(State.DELIVERING, "Created the new key.", (Effect.CREATE_NEW,))
    if _removable(facts):
        note = f"Deleted {facts.others[0].id}, inactive for long, to make room, and created the new key."
        return Move(State.DELIVERING, note, (Effect.MAKE_ROOM, Effect.CREATE_NEW))
    if facts.state is State.DUE:
        return Move(State.BLOCKED, what_is_needed(facts))
    return Wait(what_is_needed(facts))


def _removable(facts: Facts) -> bool:
    """Whether the schedule lets go of the one other key, by how long it has been inactive, and that makes room."""
    after = facts.terms.delete_inactive_after
    if after is None or len(facts.others) != 1 or facts.free_slots < 0:
        return False
    other = facts.others[0]
    return not other.active and other.inactive_since is not None and facts.now >= other.inactive_since + after


def what_is_needed(facts: Facts) -> str:
    """What a blocked rotation wants somebody to do."""
    if not facts.others:
        return "The quota AccessKeysPerUser leaves no room for a second key: raise it."
    proposals = "; ".join(_proposal(other, facts.now) for other in facts.others)
    return f"All key slots of the user are taken: {proposals}."


def _proposal(other: KeyFacts, now: datetime) -> str:
    if other.active:
        return f"deactivate and delete {other.id}, {other.last_used(now)}"
    since = f" for {span(now - other.inactive_since)}" if other.inactive_since else ""
    return f"delete {other.id}, inactive{since}, {other.last_used(now)}"


def _delivering(facts: Facts) -> Next:
    if facts.new is None:
        return Move(State.CANCELLED, "The new key was deleted.")
    if facts.new.used:
        return Move(State.IN_USE, "The new key was seen in use.")
    if facts.old is None or facts.orphaned:
        return _given_up(facts)
    if facts.kind == PULL and not facts.old.active:
        return Wait(
            f"The old key {facts.old.id} is inactive and cannot collect the new one: activate it, or roll back."
        )
    if facts.kind == PULL:
        return Wait("Waits for the new key to be collected with the old one (CollectAccessKey).")
    return _outside(facts, "Waits for the new key to be delivered")


def _given_up(facts: Facts) -> Next:
    """A key that can only be collected is nobody's yet and goes; a pushed one may have arrived, whatever we know."""
    if facts.kind == PULL and facts.old is None:
        note = "The old key was deleted before the new one was collected, so nobody has the new one."
        return Move(State.CANCELLED, note, (Effect.DELETE_NEW,))
    if facts.kind == PULL:
        return Move(State.ROLLED_BACK, "The schedule was deleted before the new key arrived.", (Effect.DELETE_NEW,))
    if facts.orphaned:
        note = "The schedule was deleted with the new key on its way, so keys stay: delete what is not used."
        return Move(State.CANCELLED, note)
    return _outside(facts, "Waits for the new key to be delivered")


def _outside(facts: Facts, waiting: str) -> Next:
    """An attempt at a delivery, or waiting for the time of the next one."""
    if facts.retry_at is None or facts.now >= facts.retry_at:
        return Deliver(f"{waiting}.")
    return Wait(f"{waiting}; attempt {facts.attempts} failed: {facts.last_error}", facts.retry_at)


def _delivered(facts: Facts) -> Next:
    if facts.new is None:
        return Move(State.CANCELLED, "The new key was deleted.")
    if facts.new.used:
        return Move(State.IN_USE, "The new key was seen in use.")
    return Wait("Waits for the first use of the new key.")


def _in_use(facts: Facts) -> Next:
    if gone := _ended_by_others(facts):
        return gone
    assert facts.old is not None
    assert facts.new is not None
    if not facts.new.active:
        return Wait(f"The new key {facts.new.id} is inactive: activate it, or roll back.")
    if not facts.old.active:
        return Move(State.QUIESCED, "The old key was made inactive by somebody else.")
    if not facts.in_state_for(facts.terms.overlap):
        return Wait("Waits for the overlap window to end.", facts.since + facts.terms.overlap)
    if facts.now < facts.quiet_at(facts.old):
        reason = f"Waits for the old key to go quiet; {facts.old.last_used(facts.now)}."
        return Wait(reason, facts.quiet_at(facts.old))
    return Move(State.QUIESCED, "Made the old key inactive.", (Effect.DEACTIVATE_OLD,))


def _quiesced(facts: Facts) -> Next:
    if gone := _ended_by_others(facts):
        return gone
    assert facts.old is not None
    assert facts.new is not None
    if facts.old.active:
        return Move(State.IN_USE, "The old key was activated by somebody else.")
    if not facts.new.active:
        return Wait(f"The new key {facts.new.id} is inactive: activate it, or roll back.")
    if not facts.in_state_for(facts.terms.grace):
        until = facts.since + facts.terms.grace
        told = "; ".join(filter(None, ("Waits before the old key is deleted", facts.old.still_asked_for(facts.now))))
        return Wait(f"{told}.", until)
    return Move(State.DONE, "Deleted the old key.", (Effect.DELETE_OLD,))


def _ended_by_others(facts: Facts) -> Move | None:
    if facts.new is None:
        left = " The old one is inactive: activate it if it is still needed." if facts.state is State.QUIESCED else ""
        return Move(State.CANCELLED, f"The new key was deleted.{left}")
    return Move(State.DONE, "The old key was deleted by somebody else.") if facts.old is None else None


def _rolling_back(facts: Facts) -> Next:
    if facts.old is None:
        return Move(State.CANCELLED, "The old key was deleted, so the new one stays.")
    if facts.new is None:
        return Move(State.ROLLED_BACK, "The new key was deleted by somebody else.")
    if not facts.old.active:
        return Wait(f"The old key {facts.old.id} is inactive: activate it, so that something works.")
    pushed = facts.kind != PULL and not facts.withdrawn
    if pushed and not (facts.hurried and facts.attempts):
        return _outside(facts, "Waits for the old key to be put back in its place")
    if facts.new.used and not facts.hurried and facts.now < facts.quiet_at(facts.new):
        reason = f"Waits for the new key to go quiet; {facts.new.last_used(facts.now)}."
        return Wait(reason, facts.quiet_at(facts.new))
    return Move(State.ROLLED_BACK, "Deleted the new key.", (Effect.DELETE_NEW,))


def _ended(_facts: Facts) -> Next:
    return Wait("")


_NEXT: Final[Mapping[State, Callable[[Facts], Next]]] = {
    State.DUE: _due,
    State.BLOCKED: _due,
    State.DELIVERING: _delivering,
    State.DELIVERED: _delivered,
    State.IN_USE: _in_use,
    State.QUIESCED: _quiesced,
    State.ROLLING_BACK: _rolling_back,
    State.DONE: _ended,
    State.ROLLED_BACK: _ended,
    State.CANCELLED: _ended,
}

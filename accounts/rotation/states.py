"""The states of a rotation, in the order in which a key passes through them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a rotation stands; the values are what answers and the database say."""

    DUE = "Due"
    BLOCKED = "Blocked"
    DELIVERING = "Delivering"
    DELIVERED = "Delivered"
    IN_USE = "InUse"
    QUIESCED = "Quiesced"
    DONE = "Done"
    ROLLING_BACK = "RollingBack"
    ROLLED_BACK = "RolledBack"
    CANCELLED = "Cancelled"


ENDED: Final = frozenset({State.DONE, State.ROLLED_BACK, State.CANCELLED})
TRACK: Final = (State.DUE, State.DELIVERING, State.DELIVERED, State.IN_USE, State.QUIESCED, State.DONE)
"""The way of a rotation that nothing gets in the way of."""
COLLECTABLE: Final = (State.DELIVERING, State.DELIVERED, State.IN_USE)
"""While the old key still works, each of the hosts that share it may ask for the new one."""
NEXT: Final[Mapping[State, str]] = {
    State.DUE: "Next, the rotation begins.",
    State.BLOCKED: "Next, the rotation is blocked until there is room for a new key.",
    State.DELIVERING: "Next, a new key is created.",
    State.DELIVERED: "Next, the new key counts as delivered.",
    State.IN_USE: "Next, the new key counts as in use.",
    State.QUIESCED: "Next, the old key is made inactive.",
    State.DONE: "Next, the old key is deleted, and the rotation is done.",
    State.ROLLING_BACK: "Next, the new key is taken back.",
    State.ROLLED_BACK: "Next, the new key is deleted, and the old one stays.",
    State.CANCELLED: "Next, the rotation is called off.",
}
"""What happens to a rotation that waits for nothing any more, by the state that it goes on to."""

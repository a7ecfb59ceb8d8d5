"""The states of a rotation, in the order in which a key passes through them."""

from __future__ import annotations

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

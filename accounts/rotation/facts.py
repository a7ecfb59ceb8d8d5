"""What is known of a rotation as of now: all that the machine decides by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.access_keys.sightings import SETTLED
from accounts.rotation.models import Terms
from accounts.rotation.states import State
from accounts.rotation.wording import ago


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A key: `used` is when it was last used, `asked` when it was last asked for in vain; `by` and `asked_by`: whence.

    `inactive_since` is None where the key is active or that is not known.
    """

    id: str
    active: bool
    used: datetime | None = None
    by: str = ""
    asked: datetime | None = None
    asked_by: str = ""
    inactive_since: datetime | None = None

    def last_used(self, now: datetime) -> str:
        """`last used 4 minutes ago from 10.0.0.7 by aws-cli/2.15`."""
        if self.used is None:
            return "never used"
        return " ".join(filter(None, (f"last used {ago(now - self.used)}", self.by)))

    def still_asked_for(self, now: datetime) -> str:
        if self.asked is None:
            return ""
        return " ".join(filter(None, (f"still asked for {ago(now - self.asked)}", self.asked_by)))


@dataclass(frozen=True, slots=True)
class Facts:
    """A rotation and its keys; a key that is gone is None, and so are `others` where no other key takes a slot.

    `watched_since` is from when on every use of the old key is on record; `orphaned`: it was a schedule's own work, and
    the schedule is gone. `kind` is how the new key is delivered. A lowered quota leaves less than no `free_slots`.
    """

    state: State
    now: datetime
    since: datetime
    watched_since: datetime
    terms: Terms
    kind: str
    old: KeyFacts | None
    new: KeyFacts | None
    others: tuple[KeyFacts, ...] = ()
    free_slots: int = 1
    orphaned: bool = False
    attempts: int = 0
    retry_at: datetime | None = None
    last_error: str = ""
    withdrawn: bool = False
    hurried: bool = False

    def in_state_for(self, length: timedelta) -> bool:
        return self.now >= self.since + length

    def quiet_at(self, key: KeyFacts) -> datetime:
        """When the key will have been quiet for long enough, unless it is used again; now, where that need not be."""
        if not self.terms.quiet:
            return self.now
        latest = max(key.used, self.watched_since) if key.used else self.watched_since
        return latest + self.terms.quiet + SETTLED

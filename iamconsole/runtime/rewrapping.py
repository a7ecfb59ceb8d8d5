"""Bringing every sealed secret under the current master key, account by account, through the operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from accounts.master_keys import ring as rings
from accounts.master_keys.queries import is_noted
from accounts.master_keys.rewrapping import open_work
from accounts.tenancy.models import AWS
from iamconsole.kernel.call import Call
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import dispatch

CallFor = Callable[[str], Call]
"""Makes the operator's call upon an account."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A batch that is done."""

    account_id: str
    kind: str
    rewrapped: int
    unusable: tuple[str, ...]


def rewrap(call_for: CallFor) -> Iterator[Progress]:
    """Wrap anew what is not under the current key. Whoever stops half-way, or is stopped, begins again another time."""
    note(call_for)
    for account_id, kind in open_work():
        marker = None
        while True:
            raw = {"SealedKind": kind, "Marker": marker}
            done: Any = dispatch.execute(call_for(account_id), REGISTRY["iamconsole:RewrapSecrets"], raw)
            yield Progress(account_id, kind, done.rewrapped, tuple(done.unusable))
            marker = done.marker
            if marker is None:
                break


def note(call_for: CallFor) -> None:
    """Note the ring as it is, and keep what older keys leave."""
    dispatch.execute(call_for(AWS), REGISTRY["iamconsole:NoteMasterKeys"], {})


def is_needed() -> bool:
    """Whether there is anything that a rotation has left to do."""
    return len(rings.current()) > 1 and (not is_noted() or bool(open_work()))

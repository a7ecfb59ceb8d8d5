"""After the commit: whoever waits for changes is told. A lost message loses nothing, the log is the truth."""

from __future__ import annotations

from django.dispatch import Signal

from iamconsole.kernel.call import Call

committed = Signal()
"""Sent after a mutating call committed, with `account_id`, `position` and `changes`; receivers take it as a hint."""


def publish(call: Call) -> None:
    """Tell the receivers; one that fails is logged by Django's signal machinery and stops nobody."""
    if call.changes:
        committed.send_robust(
            sender=type(call), account_id=call.account_id, position=call.position, changes=tuple(call.changes)
        )

"""Everything that beat asks for: upkeep that belongs to no noun, and the tasks of the modules beside this one."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command

from iamconsole.interfaces.workers import keys, notices, reports, rotation, stale_credentials, turns
from iamconsole.kernel import clock
from iamconsole.runtime import retention
from iamconsole.runtime.authentication import sessions

__all__ = ["forget_expired_sessions", "keys", "notices", "reports", "rotation", "stale_credentials", "sweep", "turns"]


@shared_task(name="console.forget_expired_sessions")
def forget_expired_sessions() -> None:
    """Delete the rows of sessions that are over; running it twice deletes nothing more."""
    call_command("clearsessions")
    sessions.forget_expired(clock.now())


@shared_task(name="retention.sweep")
def sweep() -> dict[str, int]:
    """Delete what has expired; gives how many rows of each kind."""
    return retention.sweep(clock.now())

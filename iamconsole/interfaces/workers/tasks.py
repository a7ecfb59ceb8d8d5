"""Upkeep that beat asks for and that belongs to no noun."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command


@shared_task(name="console.forget_expired_sessions")
def forget_expired_sessions() -> None:
    """Delete the rows of sessions that are over; running it twice deletes nothing more."""
    call_command("clearsessions")

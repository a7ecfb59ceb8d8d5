"""Whether what we stand on answers."""

from __future__ import annotations

from django.db import connection


def database() -> None:
    """Ask the database the smallest question; whatever it raises is the answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()

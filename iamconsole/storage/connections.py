"""What is asked of each connection to PostgreSQL when it opens; without a parameter that poolers refuse."""

from __future__ import annotations

from typing import Any

from django.db.backends.signals import connection_created
from django.dispatch import receiver


@receiver(connection_created)
def without_jit(connection: Any, **_more: Any) -> None:
    """Compiling a statement took up to five seconds, of statements that then ran for sixty milliseconds."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")

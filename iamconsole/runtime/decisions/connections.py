"""The database connection outside of Django's requests: lost ones are dropped, inherited ones never used."""

from __future__ import annotations

import os

from django.db import connection, connections


def replaced() -> bool:
    """After a lost connection: let the next query open another; False within a transaction, which is lost with it."""
    if connection.in_atomic_block:
        return False
    connection.close()
    return True


def forget() -> None:
    """In a child after a fork: let go of the parent's connections without closing them, as both share the socket."""
    for inherited in connections.all(initialized_only=True):
        inherited.connection = None


os.register_at_fork(after_in_child=forget)

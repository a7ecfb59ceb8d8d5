"""The database of a run is set up as the product's is, whichever it is."""

from __future__ import annotations

import pytest
from django.db import connection

EXPECTED = {
    "sqlite": {"PRAGMA journal_mode": "wal", "PRAGMA foreign_keys": 1, "PRAGMA busy_timeout": 20_000},
    "postgresql": {"SHOW transaction_isolation": "read committed", "SHOW server_encoding": "UTF8"},
}


@pytest.mark.django_db
def test_the_connection_is_as_settings_want_it():
    connection.ensure_connection()
    with connection.cursor() as cursor:
        found = {}
        for question in EXPECTED[connection.vendor]:
            cursor.execute(question)
            (found[question],) = cursor.fetchone()
    assert found == EXPECTED[connection.vendor]

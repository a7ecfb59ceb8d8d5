"""Every place where something sealed lies is known to the rotation of master keys."""

from __future__ import annotations

import re

from django.apps import apps
from django.db.models import TextField

from accounts.master_keys.columns import COLUMNS, COPIES, PASSING
from accounts.master_keys.inheritance import AUDIT, HOST_KEYS, KEPT, SERVICE_CREDENTIALS
from accounts.master_keys.ring import current
from tests.masterkey.sealed import Sealed, everything_stored

TABLED = {f"{column.model._meta.label}.{column.column}" for column in COLUMNS.values()}
PLACES = (
    TABLED
    | {f"{label}.{path.partition('__')[0]}" for label, path in COPIES.values()}
    | {f"{label}.{column}" for label, column in PASSING}
    | {"accounts.InheritedKey.sealed_key"}
)
# What a master key signed or hashed, and the purpose whose derived key outlives it.
KEYED = {
    "accounts.ServiceSpecificCredential.secret_hash": SERVICE_CREDENTIALS,
    "accounts.Workload.key_hash": HOST_KEYS,
    "audit.AuditSegment.signature": AUDIT,
}


def test_every_column_that_is_called_sealed_is_in_the_table() -> None:
    """A new column of sealed secrets is a row of `accounts/master_keys/columns.py`, or nothing opens it one day."""
    named = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, TextField) and field.name.startswith("sealed")
    }
    assert named == TABLED | {"accounts.InheritedKey.sealed_key"}


def test_wherever_something_sealed_lies_is_in_the_table(sealed: Sealed) -> None:
    found = {where for where, text in everything_stored() if re.search(r"\bs1\.[A-Za-z0-9_-]{1,32}\.", text)}
    assert found <= PLACES
    assert found >= TABLED, "the account of this test has a secret of every kind"


def test_whatever_else_names_a_master_key_is_known(sealed: Sealed) -> None:
    key_id = current().current_id
    sealed.tenant.run("iamconsole:NoteMasterKeys")
    found = {where for where, text in everything_stored() if text.startswith(f"{key_id}.")}
    assert found <= KEYED.keys()
    assert found >= KEYED.keys() - {"audit.AuditSegment.signature"}
    assert set(KEYED.values()) == set(KEPT)


def test_a_database_without_its_master_key_tells_no_secret(sealed: Sealed) -> None:
    texts = "\n".join(text for _, text in everything_stored())
    for canary in sealed.canaries:
        assert canary not in texts

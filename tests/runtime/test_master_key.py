"""A master key that did not seal what is stored is noticed, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from accounts.access_keys import secrets
from accounts.models import MasterKey
from iamconsole.sealing import BadMasterKey, KeyRing, UnknownKey
from tests.support.tenants import Tenant


@pytest.fixture(autouse=True)
def _ask_anew() -> Iterator[None]:
    _forget_keys()
    yield
    _forget_keys()


def _forget_keys() -> None:
    secrets.sealer.cache_clear()
    secrets.opener.cache_clear()


def test_the_first_secret_notes_the_key_and_not_the_key_itself(tenant: Tenant, settings: Any) -> None:
    (noted,) = MasterKey.objects.all()
    assert noted.id == settings.IAM_KEY_RING.current_id
    assert noted.check_value not in settings.MASTER_KEY.hex()
    secrets.confirm_ring()


def test_another_key_is_refused_before_anything_is_opened(tenant: Tenant, settings: Any) -> None:
    settings.IAM_KEY_RING = KeyRing.from_text("ab" * 32)
    with pytest.raises(UnknownKey, match="not in the ring"):
        secrets.confirm_ring()
    settings.IAM_KEY_RING = KeyRing(
        next(iter(MasterKey.objects.values_list("id", flat=True))),
        {"x": b"1" * 32} | {next(iter(MasterKey.objects.values_list("id", flat=True))): b"2" * 32},
    )
    with pytest.raises(BadMasterKey, match="restore the original"):
        secrets.confirm_ring()


def test_requests_fail_closed_and_never_say_that_there_is_no_user(tenant: Tenant, settings: Any) -> None:
    settings.IAM_KEY_RING = KeyRing.from_text("ab" * 32)
    _forget_keys()  # as a process that starts with that key
    with pytest.raises(ClientError, match="InternalFailure"):
        tenant.client("sts").get_caller_identity()

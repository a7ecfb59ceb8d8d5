"""Sealing and opening access-key secrets: bound to the account and the key id, so no row's secret fits another."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from iamconsole.sealing import Sealer


@lru_cache(maxsize=1)
def sealer() -> Sealer:
    return Sealer(settings.IAM_KEY_RING)


def seal(secret: str, *, account_id: str, access_key_id: str) -> str:
    return sealer().seal(secret.encode(), bound_to=("access-key", account_id, access_key_id))


def unseal(sealed: str, *, account_id: str, access_key_id: str) -> str:
    return sealer().open(sealed, bound_to=("access-key", account_id, access_key_id)).decode()

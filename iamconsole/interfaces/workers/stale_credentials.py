"""Deactivating keys that nobody uses: told of first, through the very operations, and never on a guess."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import structlog
from celery import shared_task

from accounts.stale_credentials import finding
from iamconsole.audit.history import queries as history
from iamconsole.interfaces.workers import calling
from iamconsole.kernel import clock
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime.batch import execute_batch

logger = structlog.get_logger(__name__)
WORKER: Final = "stale-credentials"
PAGE: Final = 200
UNSURE: Final = "Uses of credentials may be missing from the access history of these days, so nothing was deactivated."


@shared_task(name="stale_credentials.sweep")
def sweep() -> int:
    """Notice unused credentials and deactivate the keys whose notice period has passed; gives how many keys."""
    return sum(_sweep(account_id, clock.now()) for account_id in calling.accounts())


def _sweep(account_id: str, now: datetime) -> int:
    chosen = finding.of(account_id)
    if not chosen.enabled:
        return 0
    unsure = history.decisions_lost(account_id, since=now - chosen.unused)
    if bool(unsure) != bool(chosen.skipped):
        calling.run(account_id, WORKER, "iamconsole:SkipStaleCredentials", reason=UNSURE if unsure else "")
    if unsure:
        logger.warning("unused credentials are left active", account=account_id, decisions_lost=unsure)
        return 0
    deactivated = 0
    for users in _pages(chosen, now):
        found = [stale for user in users for stale in finding.credentials(user, chosen, now)]
        new = sorted({stale.user.name for stale in found if stale.noticed is None})
        if new:
            calling.run(account_id, WORKER, "iamconsole:NoticeStaleCredentials", user_names=new)
        ripe = [stale for stale in found if finding.is_ripe(stale, chosen, now)]
        deactivated += sum(_deactivate(account_id, stale) for stale in ripe)
    return deactivated


def _pages(chosen: Any, now: datetime) -> Iterator[list[Any]]:
    after = ""
    while users := list(finding.holders(chosen, now).filter(name_key__gt=after).order_by("name_key")[:PAGE]):
        yield users
        after = users[-1].name_key


def _deactivate(account_id: str, stale: finding.Stale) -> bool:
    """Both or neither: a key that was used a moment ago keeps its notice from being settled, and stays active."""
    status = {"user_name": stale.user.name, "access_key_id": stale.key_id, "status": "Inactive"}
    outcomes = execute_batch(
        calling.call(account_id, WORKER),
        [
            (REGISTRY["iamconsole:SettleStaleKey"], {"access_key_id": stale.key_id}),
            (REGISTRY["iam:UpdateAccessKey"], status),
        ],
    )
    return all(outcome.ok for outcome in outcomes)

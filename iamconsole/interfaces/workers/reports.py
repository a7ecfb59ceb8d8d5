"""Writing the reports that were ordered: at once where a hint arrives, soon after where it was lost."""

from __future__ import annotations

import structlog
from celery import shared_task

from accounts.reports import queries
from iamconsole.interfaces.workers import calling
from iamconsole.kernel import clock
from iamconsole.kernel.errors import Fault

logger = structlog.get_logger(__name__)
WORKER, WRITE = "reports", "iamconsole:WriteCredentialReport"


@shared_task(name="reports.write_ordered")
def write_ordered() -> int:
    """Write every report that is ordered and that no other worker is at; gives how many."""
    written = 0
    for account_id in queries.claimed(clock.now()):
        try:
            calling.run(account_id, WORKER, WRITE)
        except Fault as fault:
            logger.error("credential report not written", account=account_id, fault=fault.code)
        else:
            written += 1
    return written

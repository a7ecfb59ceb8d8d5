"""What beat asks for, and how often: one table. A message that nobody took by the time of the next one is void."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE

# Task: seconds between two turns. Each may run twice, in parallel, or after a crash half-way.
EVERY: Final[Mapping[str, int]] = {
    "replication.poll": 1,
    "notifications.deliver": 15,
    "rotation.advance": 15,
    "reports.write_ordered": 15,
    "audit.verify_ordered": 15,
    "audit.close_segments": MINUTE,
    "audit.fold_denials": MINUTE,
    "audit.name_records": MINUTE,
    "keys.rewrap_secrets": 10 * MINUTE,
    "keys.rotate_issuer_keys": HOUR,
    "replication.reconcile": HOUR,
    "replication.sweep": HOUR,
    "console.forget_expired_sessions": HOUR,
    "decisions.forget_old": HOUR,
    "history.forget_old": HOUR,
    "notifications.look": HOUR,
    "retention.sweep": HOUR,
    "stale_credentials.sweep": 6 * HOUR,
}


def entries() -> dict[str, dict[str, Any]]:
    """The table as beat reads it; `audit.close_segments` is called `audit-close-segments` there."""
    return {
        task.replace(".", "-").replace("_", "-"): {
            "task": task,
            "schedule": seconds,
            "options": {"expire_seconds": seconds},
        }
        for task, seconds in EVERY.items()
    }

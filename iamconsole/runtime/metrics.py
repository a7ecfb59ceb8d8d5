"""Figures for Prometheus, read from the database when asked, so that they are the same in every process."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Sum
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from accounts.notifications import sending
from accounts.tenancy.models import AWS, Account
from iamconsole.audit.history import queries
from iamconsole.audit.models import AuditChain, DenialTally
from iamconsole.replication.models import LogHead
from iamconsole.replication.regions import figures
from iamconsole.runtime import retention, schedule
from iamconsole.settings.schedule import EVERY
from iamconsole.version import VERSION


class _Figures(Collector):
    """One scrape."""

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("iam_build", "What is running", {"version": VERSION})
        yield GaugeMetricFamily("iam_accounts", "Accounts", Account.objects.exclude(pk=AWS).count())
        position = GaugeMetricFamily("iam_change_log_position", "Changes written, by log shard", labels=["shard"])
        for head in LogHead.objects.all():
            position.add_metric([str(head.shard)], head.position)
        yield position
        records = AuditChain.objects.aggregate(n=Sum("sequence"))["n"] or 0
        yield GaugeMetricFamily("iam_audit_records", "Audit records written, all accounts", records)
        repeats = DenialTally.objects.aggregate(n=Sum("repeats"))["n"] or 0
        yield GaugeMetricFamily("iam_denials_unfolded", "Repeated denials not yet on record as a count", repeats)
        missing = GaugeMetricFamily(
            "iam_access_history_missing", "Not in the access history, of the days it is kept", labels=["what"]
        )
        for what, times in queries.missing().items():
            missing.add_metric([what], times)
        yield missing
        yield from figures.families()
        yield from _scheduled()


def _scheduled() -> Iterator[GaugeMetricFamily]:
    """What becomes of scheduled work; without the cache, which keeps the most of it, there is nothing to tell."""
    waiting = GaugeMetricFamily("iam_notification_deliveries", "Notifications by recipient and state", labels=["state"])
    for state, count in sending.counted().items():
        waiting.add_metric([state], count)
    yield waiting
    try:
        turns, swept = schedule.turns(), retention.swept_ever()
    except (RedisError, OSError):
        return
    succeeded = GaugeMetricFamily("iam_task_last_success_timestamp_seconds", "Last success", labels=["task"])
    failed = GaugeMetricFamily("iam_task_last_failure_timestamp_seconds", "Last failure", labels=["task"])
    every = GaugeMetricFamily("iam_task_interval_seconds", "Seconds between two turns", labels=["task"])
    for task, ended in turns.items():
        every.add_metric([task], EVERY[task])
        succeeded.add_metric([task], ended.succeeded or 0)
        failed.add_metric([task], ended.failed or 0)
    rows = GaugeMetricFamily("iam_swept_rows", "Rows that retention deleted", labels=["what"])
    for what, count in swept.items():
        rows.add_metric([what], count)
    yield from (every, succeeded, failed, rows)


registry = CollectorRegistry(auto_describe=False)
registry.register(_Figures())

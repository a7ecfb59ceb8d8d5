"""Figures of the regions for Prometheus, read when asked."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from iamconsole.replication.regions import asking, latency, progress, reconciling, status
from iamconsole.replication.regions.store import reading, remote


def families() -> Iterator[Metric]:
    """Every family, with a sample for each region that has a store."""
    up = GaugeMetricFamily("iam_replication_up", "Whether a region's store answers", labels=["region"])
    lag = GaugeMetricFamily("iam_replication_lag_seconds", "Age of the oldest missing change", labels=["region"])
    applied = GaugeMetricFamily(
        "iam_replication_applied_position", "Changes a region has applied, by log shard", labels=["region", "shard"]
    )
    failures = GaugeMetricFamily("iam_replication_failures", "Failures in a row", labels=["region"])
    dead = GaugeMetricFamily("iam_replication_dead_letter", "Changes that fail each time", labels=["region"])
    for shard, standings in progress.of_shards(range(settings.IAM_LOG_SHARDS)).items():
        for standing in standings[1:]:
            region = standing.region
            if standing.position is not None:
                applied.add_metric([region, str(shard)], standing.position)
            if shard == 0:
                up.add_metric([region], standing.position is not None)
                failures.add_metric([region], standing.status.failures)
                dead.add_metric([region], standing.status.dead_letter)
                lag.add_metric([region], standing.lag_ms / 1000)
    yield from (up, lag, applied, failures, dead, _overlay(), _latency())
    yield from _compared()
    yield GaugeMetricFamily("iam_replication_messages_refused", "Messages not signed by us", status.refusals())


def _overlay() -> GaugeMetricFamily:
    found = GaugeMetricFamily(
        "iam_replication_overlay_entries", "Revocations told ahead and not yet applied", labels=["region"]
    )
    for region, entries in asking.each(remote(), _overlaid).items():
        if entries is not None:
            found.add_metric([region], entries)
    return found


def _overlaid(region: str) -> int:
    return int(reading(region).ask("HLEN", "overlay"))


def _compared() -> Iterator[GaugeMetricFamily]:
    at = GaugeMetricFamily("iam_replication_compared_timestamp_seconds", "Last comparison", labels=["region"])
    differed = GaugeMetricFamily("iam_replication_differences", "Found and mended since ever", labels=["region"])
    for region, outcome in reconciling.outcomes():
        at.add_metric([region], outcome.at)
        differed.add_metric([region], outcome.differed)
    yield from (at, differed)


def _latency() -> HistogramMetricFamily:
    found = HistogramMetricFamily(
        "iam_replication_latency_seconds", "From a change's request to its region", labels=["region"]
    )
    for region, answer in asking.each(remote(), latency.of).items():
        counted = answer or latency.NONE
        found.add_metric([region], buckets=counted.cumulative(), sum_value=counted.total / 1000)
    return found

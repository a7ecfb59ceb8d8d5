"""What can be asked about regions; what is done to them is a matter of the host (`manage.py region`)."""

from __future__ import annotations

from datetime import datetime

from iamconsole.kernel.call import Call
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.replication import log
from iamconsole.replication.regions import latency, progress, shapes
from iamconsole.replication.regions.progress import Standing


@operation(Access.LIST, on=ANYTHING, service="iamconsole", rest=Rest("GET", "/regions"))
def list_regions(call: Call) -> shapes.ListRegionsResult:
    """List the regions: how far each has come, for how long it lacks what it lacks, and what is wrong with it."""
    return shapes.ListRegionsResult(regions=[_shown(each) for each in progress.of(log.shard_of(call.account_id))])


def _shown(standing: Standing) -> shapes.Region:
    known, taken = standing.status, latency.of(standing.region)
    return shapes.Region(
        region_name=standing.region,
        state=standing.state,
        position=standing.position,
        head=standing.head,
        lag_milliseconds=standing.lag_ms,
        error=known.error or None,
        failing_since=datetime.fromisoformat(known.since) if known.since else None,
        failures=known.failures,
        dead_letter=known.dead_letter,
        median_milliseconds=taken.percentile(0.5) if taken else None,
        ninety_ninth_milliseconds=taken.percentile(0.99) if taken else None,
    )

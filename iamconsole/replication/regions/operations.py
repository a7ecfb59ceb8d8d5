"""What can be asked about regions; what is done to them is a matter of the host (`manage.py region`)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from redis.exceptions import RedisError

from accounts.tenancy.models import AWS, Account
from iamconsole.kernel.call import Call, PrincipalType
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.replication import log
from iamconsole.replication.regions import asking, lags, latency, progress, reconciling, shapes, status, store
from iamconsole.replication.regions.latency import Latency
from iamconsole.replication.regions.progress import Standing
from iamconsole.replication.regions.reconciling import Outcome


@operation(Access.LIST, on=ANYTHING, service="iamconsole", rest=Rest("GET", "/regions"))
def list_regions(call: Call) -> shapes.ListRegionsResult:
    """List the regions: how far each has come, for how long it lacks what it lacks, and what is wrong with it."""
    compared, polled = _remembered()
    sizes = _may_see_sizes(call)
    least, most = settings.IAM_REPLICATION_DELAY
    standings = progress.of(log.shard_of(call.account_id))
    taken = asking.each([each.region for each in standings[1:] if each.position is not None], latency.of)
    return shapes.ListRegionsResult(
        regions=[_shown(each, compared.get(each.region), taken.get(each.region), sizes=sizes) for each in standings],
        polled_date=polled,
        least_delay_milliseconds=round(least * 1000),
        most_delay_milliseconds=round(most * 1000),
    )


@operation(Access.LIST, on=ANYTHING, service="iamconsole", rest=Rest("GET", "/regions/lags"))
def list_region_lags(call: Call) -> shapes.ListRegionLagsResult:
    """Tell for each minute of the last hour, and each region but home, how long changes took at most to get there."""
    return shapes.ListRegionLagsResult(
        regions=[
            shapes.RegionLags(
                region_name=region,
                minutes=[shapes.LagMinute(start_date=start, lag_milliseconds=longest) for start, longest in minutes],
            )
            for region, minutes in lags.of(store.remote()).items()
        ]
    )


def _remembered() -> tuple[dict[str, Outcome], datetime | None]:
    """How regions compared, and when workers looked last; nothing while the cache that knows does not answer."""
    try:
        return dict(reconciling.outcomes()), status.last_polled()
    except (RedisError, OSError):
        return {}, None


def _shown(standing: Standing, compared: Outcome | None, taken: Latency | None, *, sizes: bool) -> shapes.Region:
    known = standing.status
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
        compared_date=datetime.fromtimestamp(compared.at, UTC) if compared else None,
        rows_compared=compared.rows if compared and sizes else None,
        differences=compared.differed if compared else None,
    )


def _may_see_sizes(call: Call) -> bool:
    """Whether figures of all accounts together tell nothing of accounts that are not the caller's."""
    operates = call.principal.type is PrincipalType.OPERATOR
    return operates or not Account.objects.exclude(pk__in=(AWS, call.account_id)).exists()

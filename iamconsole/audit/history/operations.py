"""What was decided? The account's own history, for whoever may list it."""

from __future__ import annotations

from iamconsole.audit.history import queries, shapes
from iamconsole.audit.history.shapes import Days, Filter, Verdict
from iamconsole.kernel.call import Call
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Marker, MaxItems, Timestamp


@operation(Access.LIST, on=ANYTHING, service="iamconsole", pages="entries", rest=Rest("GET", "/access-history"))
def list_access_history(
    call: Call,
    *,
    principal: Filter | None = None,
    action: Filter | None = None,
    resource: Filter | None = None,
    verdict: Verdict | None = None,
    since: Timestamp | None = None,
    until: Timestamp | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.ListAccessHistoryResult:
    """List what principals of the account asked for and what was decided, newest first.

    Decisions of one hour that are alike share an entry with a count. They appear within a second. Filters match
    exactly; `principal` is an ARN or a unique id, which for a role finds all of its sessions.
    """
    found, rest = queries.entries(
        call.account_id,
        principal=principal,
        action=action,
        resource=resource,
        verdict=verdict,
        since=since,
        until=until,
        marker=marker,
        max_items=max_items,
    )
    return shapes.ListAccessHistoryResult(entries=found, **rest)


@operation(Access.READ, on=ANYTHING, service="iamconsole", rest=Rest("GET", "/access-history/summary"))
def get_access_history_summary(call: Call) -> shapes.GetAccessHistorySummaryResult:
    """Tell how much the access history holds, and how much is missing from it."""
    return queries.summary(call.account_id)


@operation(Access.READ, on=ANYTHING, service="iamconsole", rest=Rest("GET", "/access-history/days"))
def list_decision_counts(call: Call, *, days: Days = 14) -> shapes.ListDecisionCountsResult:
    """Count what was allowed and what was denied on each of the last days, in UTC, today last."""
    return shapes.ListDecisionCountsResult(days=queries.by_day(call.account_id, days=days, now=call.time))

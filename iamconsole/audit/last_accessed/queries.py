"""Reading when the principals of a subject last asked for something: attempts, allowed or not, as AWS counts them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from iamconsole.audit.history.models import LastAccess
from iamconsole.audit.last_accessed import granting, shapes
from iamconsole.audit.last_accessed.subjects import Subject


@dataclass(frozen=True, slots=True)
class Last:
    """The last attempt at a service or action: when, by whom and from where; `principals` ever attempted it."""

    time: datetime
    principal_id: str
    region: str
    principals: int


def of_services(
    account_id: str, subject: Subject, services: Sequence[str], *, with_actions: bool
) -> list[shapes.ServiceLastAccessed]:
    """What is known of each of these services; two queries, and two more with actions."""
    by_service = _last(account_id, subject, services, "service")
    by_action = _last(account_id, subject, services, "action") if with_actions else {}
    arns = {principal.unique_id: principal.arn for principal in subject.principals}
    found = []
    for service in services:
        last = by_service.get(service)
        found.append(
            shapes.ServiceLastAccessed(
                service_name=granting.name_of(service),
                service_namespace=service,
                last_authenticated=last.time if last else None,
                last_authenticated_entity=arns[last.principal_id] if last else None,
                last_authenticated_region=(last.region or None) if last else None,
                total_authenticated_entities=last.principals if last else 0,
                tracked_actions_last_accessed=_actions(subject, service, by_action, arns) if with_actions else None,
            )
        )
    return found


def of_principals(account_id: str, subject: Subject, service: str) -> dict[str, datetime]:
    """When each principal of the subject last asked a service for something, by unique id."""
    return {row["principal_id"]: row["time"] for row in _attempts(account_id, subject, [service.lower()], "service")}


def _actions(
    subject: Subject, service: str, by_action: Mapping[str, Last], arns: Mapping[str, str]
) -> list[shapes.TrackedActionLastAccessed]:
    tracked = []
    for name in granting.actions(subject.policies, service):
        last = by_action.get(name)
        tracked.append(
            shapes.TrackedActionLastAccessed(
                action_name=name.partition(":")[2],
                last_accessed_time=last.time if last else None,
                last_accessed_entity=arns[last.principal_id] if last else None,
                last_accessed_region=(last.region or None) if last else None,
            )
        )
    return tracked


def _attempts(account_id: str, subject: Subject, services: Sequence[str], of: str) -> Any:
    """The latest attempt of each principal at each service or action (`of`)."""
    ids = [principal.unique_id for principal in subject.principals]
    rows = LastAccess.objects.filter(account_id=account_id, principal_id__in=ids, service__in=services)
    return rows.values(of, "principal_id").annotate(time=Max("attempted"))


def _last(account_id: str, subject: Subject, services: Sequence[str], of: str) -> dict[str, Last]:
    attempts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _attempts(account_id, subject, services, of):
        attempts[row[of]].append(row)
    latest = {name: max(rows, key=lambda row: (row["time"], row["principal_id"])) for name, rows in attempts.items()}
    regions = _regions(account_id, latest, of)
    return {
        name: Last(row["time"], row["principal_id"], regions.get((name, row["principal_id"]), ""), len(attempts[name]))
        for name, row in latest.items()
    }


def _regions(account_id: str, latest: Mapping[str, Mapping[str, Any]], of: str) -> dict[tuple[str, str], str]:
    """From where the latest attempts came, as far as that is known: of those that were allowed."""
    rows = LastAccess.objects.filter(
        account_id=account_id,
        principal_id__in={row["principal_id"] for row in latest.values()},
        attempted__in={row["time"] for row in latest.values()},
        **{f"{of}__in": list(latest)},
    )
    return {
        (row[of], row["principal_id"]): row["region"]
        for row in rows.values(of, "principal_id", "attempted", "region")
        if row["region"] and row["attempted"] == latest[row[of]]["time"]
    }

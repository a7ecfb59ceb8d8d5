"""An entry as a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from iamconsole.audit.history import evidence
from iamconsole.audit.history.folding import HOUR, Detail, Entry, owner
from iamconsole.audit.history.upserts import Row
from iamconsole.audit.records import storable
from iamconsole.replication.log import shard_of
from policies.engine import Decision


def time_of(moment: float) -> datetime:
    """Seconds since 1970 as a time."""
    return datetime.fromtimestamp(moment, UTC)


class Asked:
    """The policies that decisions were made from, each set written out once; `bodies` by account and digest."""

    def __init__(self) -> None:
        self.bodies: dict[tuple[str, str], str] = {}
        self._digests: dict[tuple[str, int, bool], str] = {}

    def add(self, decision: Decision) -> str:
        """The digest of a decision's policies. The decision must be held on to: policies are told apart by identity."""
        key = owner(decision), id(decision.policies), decision.request.crosses_accounts
        found = self._digests.get(key)
        if found is None:
            body = evidence.policies(decision)
            found = self._digests[key] = evidence.digest(body)
            self.bodies[key[0], found] = body
        return found


def history(entry: Entry, positions: Mapping[int, int], asked: Asked) -> Row:
    """One entry; the policies that were asked are added to `asked`."""
    decision, request = entry.decision, entry.decision.request
    account_id, full = owner(decision), entry.detail is Detail.FULL
    said: Row = {
        "account_id": account_id,
        "principal": storable(request.principal.arn)[:2048],
        "principal_id": storable(request.principal.unique_id)[:128],
        "action": storable(request.action)[:256],
        "resource": "" if entry.detail is Detail.WITHOUT_RESOURCE else storable(request.resource)[:2048],
        "resource_account_id": storable(request.resource_account or account_id)[:12],
        "verdict": decision.outcome.value,
        "detail": entry.detail.value,
        "door": entry.door,
        "statements": evidence.statements(decision) if full else "[]",
        "policies": "" if entry.detail is Detail.WITHOUT_RESOURCE else asked.add(decision),
        "context": evidence.context(request.context) if full else "{}",
    }
    hour = str(int(entry.first) // HOUR)
    return said | {
        "digest": evidence.digest(hour, *said.values()),
        "position": positions.get(shard_of(account_id), 0),
        "times": entry.times,
        "first_time": time_of(entry.first),
        "last_time": time_of(entry.last),
    }


def accesses(entries: Iterable[Entry]) -> list[Row]:
    """The latest attempt, and the latest that was allowed, of each principal and action."""
    latest: dict[tuple[str, str, str], Row] = {}
    for entry in entries:
        request = entry.decision.request
        if not request.principal.unique_id:
            continue  # nobody of that name is here
        allowed = time_of(entry.last) if entry.decision.allowed else None
        key = (owner(entry.decision), request.principal.unique_id, request.action)
        found = latest.setdefault(key, _access(entry, *key))
        found["attempted"] = max(found["attempted"], time_of(entry.last))
        if allowed and (found["allowed"] is None or found["allowed"] <= allowed):
            found |= _access(entry, *key) | {"attempted": found["attempted"]}
    return list(latest.values())


def _access(entry: Entry, account_id: str, principal_id: str, action: str) -> Row:
    request, allowed = entry.decision.request, entry.decision.allowed
    region = request.context.get("aws:RequestedRegion")
    return {
        "account_id": account_id,
        "principal_id": storable(principal_id)[:128],
        "service": storable(action.partition(":")[0].lower())[:128],
        "action": storable(action)[:256],
        "principal": storable(request.principal.role_arn or request.principal.arn)[:2048],
        "attempted": time_of(entry.last),
        "allowed": time_of(entry.last) if allowed else None,
        "region": storable(region)[:64] if allowed and isinstance(region, str) else "",
        "resource": storable(entry.resource)[:2048] if allowed else "",
    }

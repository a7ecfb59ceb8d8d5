"""The sessions of a role that are open now, read from the trail: they are kept nowhere else."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.sessions import TOKEN_ISSUE_TIME

ASSUMING: Final = frozenset({"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"})
LONGEST: Final = timedelta(hours=12)
MOST: Final = 500  # records that are looked through, the newest of the role
REVOKING: Final = "AWSRevokeOlderSessions"


class Session(NamedTuple):
    """A session: its name, who took it and from where, since when and until when, and the record that says so."""

    name: str
    principal: str
    source_ip: str
    began: datetime
    ends: datetime
    event_id: str


def sessions(visit: Visit, role: Any) -> list[Session] | None:
    """Those that began within twelve hours, have not expired and were not revoked; None for whoever may not look."""
    if visit.refusal("iamconsole:LookupAuditEvents"):
        return None
    found = visit.run(
        "iamconsole:LookupAuditEvents",
        resource=role.arn,
        outcome="Succeeded",
        since=visit.call.time - LONGEST,
        max_items=MOST,
    ).events
    issued = [each for event in found if event.event_name in ASSUMING and (each := _session(event, role.role_id))]
    revoked = _revoked(visit, role.role_name) if issued else None
    return [each for each in issued if each.ends > visit.call.time and (revoked is None or each.began >= revoked)]


def _session(event: Any, role_id: str) -> Session | None:
    """The session that a record is about; None for one of an earlier role of the same name."""
    record = json.loads(event.cloud_trail_event)
    answer = record.get("responseElements") or {}
    if not answer.get("assumedRoleUser", {}).get("assumedRoleId", "").startswith(f"{role_id}:"):
        return None
    return Session(
        name=record["requestParameters"].get("roleSessionName") or event.principal,
        principal=event.principal,
        source_ip=event.source_ip,
        began=event.event_time,
        ends=datetime.fromisoformat(answer["credentials"]["expiration"]),
        event_id=event.event_id,
    )


def _revoked(visit: Visit, name: str) -> datetime | None:
    """Until when sessions were revoked; None where no policy of that name and form does it."""
    who = {"role_name": name, "policy_name": REVOKING}
    found = None if visit.refusal("iam:GetRolePolicy", **who) else visit.look("iam:GetRolePolicy", **who)
    if found is None:
        return None
    try:
        (statement,) = json.loads(found.policy_document)["Statement"]
        return datetime.fromisoformat(statement["Condition"]["DateLessThan"][TOKEN_ISSUE_TIME])
    except (KeyError, TypeError, ValueError):
        return None

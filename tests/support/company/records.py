"""What is on record: audit events, denials, who asked for what."""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from accounts.models import Role, User
from iamconsole.audit.chain import canonical, digest_of, lock
from iamconsole.audit.history import evidence
from iamconsole.audit.models import AccessHistory, AuditEvent, AuthorizationRecord, LastAccess
from iamconsole.audit.naming import catch_up
from iamconsole.audit.records import columns_of
from tests.support.company.rows import Rows, put

NAMES = ("CreateUser", "AttachUserPolicy", "UpdateAccessKey", "PutRolePolicy", "AssumeRole", "CreateRole", "TagUser")
ACTIONS = ("s3:GetObject", "s3:ListBucket", "sqs:SendMessage", "iam:GetUser", "dynamodb:Query", "ec2:StartInstances")


def accesses(rows: Rows, users: Sequence[User], roles: Sequence[Role]) -> None:
    """Four actions of each user and role, more of ada and reader; what half of that was asked for in the last days."""
    more = 4 + len(users) // 100 + 4
    holders: list[tuple[Any, range]] = [(each, range(4)) for each in (*users, *roles)]
    holders += [(rows.row(User, "ada"), range(4, more)), (rows.row(Role, "reader"), range(4, more))]
    told = [(holder, number, n) for n, (holder, numbers) in enumerate(holders) for number in numbers]
    put(LastAccess, (_last(rows, holder, number, n) for holder, number, n in told))
    put(AccessHistory, (_asked(rows, holder, number, n) for holder, number, n in told if number % 2))


def _action(rows: Rows, number: int) -> str:
    """Beyond the known ones, actions of a service of this company's own."""
    return ACTIONS[number] if number < 4 else f"{rows.named}svc:Get{number}"


def _last(rows: Rows, holder: Any, number: int, n: int) -> LastAccess:
    action, when = _action(rows, number), rows.ago(n + number, days=120)
    return LastAccess(
        account_id=rows.account_id,
        principal_id=holder.unique_id,
        service=action.partition(":")[0],
        action=action,
        principal=holder.arn,
        attempted=when,
        allowed=when if n % 8 else None,
        region="us-east-1",
        resource="arn:aws:s3:::reports/2026",
    )


def _asked(rows: Rows, holder: Any, number: int, n: int) -> AccessHistory:
    action, when = _action(rows, number), rows.ago(n + number, days=20)
    return AccessHistory(
        account_id=rows.account_id,
        digest=evidence.digest(holder.unique_id, action, rows.named),
        principal=holder.arn,
        principal_id=holder.unique_id,
        action=action,
        resource="arn:aws:s3:::reports/2026",
        resource_account_id=rows.account_id,
        verdict="ALLOW" if n % 8 else "IMPLICIT_DENY",
        detail="FULL",
        door="authorize",
        statements="[]",
        policies="",
        position=1,
        context="{}",
        times=3,
        first_time=when,
        last_time=when,
    )


def denials(rows: Rows, count: int) -> None:
    """Copies of a real one, each with an id of its own."""
    known = AuthorizationRecord.objects.filter(account_id=rows.account_id).order_by("id").first()
    assert known is not None, "somebody has to be denied first"
    put(
        AuthorizationRecord,
        (
            AuthorizationRecord(
                account_id=rows.account_id,
                resource_account_id=rows.account_id,
                authorization_id=uuid.uuid4().hex,
                time=rows.ago(n, days=20),
                principal=known.principal,
                body=known.body,
            )
            for n in range(count)
        ),
    )


def events(rows: Rows, users: Sequence[User], count: int) -> None:
    """So many records at the end of the account's chain, the last of them now; one in twenty is a refusal."""
    end = lock(rows.account_id)

    def chained() -> Iterator[AuditEvent]:
        for n in range(count):
            event = _event(rows, users[n % len(users)], n, before=timedelta(seconds=(count - n) * 60))
            event.sequence, event.previous = end.sequence + 1, end.digest
            event.digest = digest_of(
                account_id=rows.account_id, sequence=event.sequence, previous=event.previous, body=event.body
            )
            end.sequence, end.digest = event.sequence, event.digest
            yield event

    put(AuditEvent, chained())
    end.save(update_fields=["sequence", "digest"])
    catch_up(rows.account_id, seconds=math.inf)


def _event(rows: Rows, user: User, number: int, *, before: timedelta) -> AuditEvent:
    time, account = rows.now - before, rows.account_id
    name = NAMES[number % len(NAMES)]
    ident = uuid.uuid4()
    record: dict[str, Any] = {
        "eventVersion": "1.11",
        "eventID": str(ident),
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": f"10.0.{number % 16}.{number % 200}",
        "userAgent": "aws-cli/2.17",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": user.unique_id,
            "arn": user.arn,
            "accountId": account,
            "accessKeyId": f"AKIA{number % 500:016d}",
            "userName": user.name,
        },
        "requestParameters": {"userName": user.name, "policyArn": f"arn:aws:iam::{account}:policy/x{number % 90}"},
        "responseElements": None,
        "requestID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "resources": [{"ARN": user.arn, "accountId": account}],
        "door": "query",
    }
    if number % 20 == 0:
        record |= {"errorCode": "AccessDenied", "errorMessage": json.dumps("denied")}
    time = time.replace(microsecond=0)
    body = canonical(record)
    return AuditEvent(account_id=account, time=time, event_id=ident, body=body, **columns_of(record))

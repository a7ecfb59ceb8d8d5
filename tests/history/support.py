"""Looking at what was written, and decisions that need no database to be made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Sum

from iamconsole.audit.history.models import AccessHistory, HistoryLoss
from iamconsole.audit.history.recorder import recorder
from iamconsole.kernel.operation import REGISTRY
from iamconsole.runtime import dispatch
from policies.engine import Bound, Policies, PolicyKind, Principal, PrincipalType, Request, Source, authorize, compiled
from policies.engine.decision import Decision
from tests.query.aws import allow, document
from tests.support.tenants import Tenant

ACCOUNT = "123456789012"
ADA = Principal(PrincipalType.USER, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/ada", "AIDAADA", "AIDAADA")
POLICY = Source(id="AIDAADA/read", type="user", name="read")
POLICIES = Policies(
    identity=(Bound(POLICY, compiled(document(allow("s3:GetObject", "arn:aws:s3:::reports/*")), PolicyKind.IDENTITY)),)
)


def decision(
    resource: str = "arn:aws:s3:::reports/1",
    *,
    action: str = "s3:GetObject",
    principal: Principal = ADA,
    policies: Policies = POLICIES,
    account_id: str = "",
    **context: Any,
) -> Decision:
    """A decision about a principal who may read reports; names of `context` have `__` for the colon."""
    if account_id:
        principal = replace(principal, account=account_id)
    facts = {name.replace("__", ":"): value for name, value in context.items()}
    return authorize(Request(principal, action, resource, facts), policies)


def note(times: int = 1, **members: Any) -> None:
    for _ in range(times):
        recorder.decided(decision(**members), "decisions")


def rows(account_id: str = ACCOUNT, **members: Any) -> list[AccessHistory]:
    return list(AccessHistory.objects.filter(account_id=account_id, **members).order_by("pk"))


def counted(account_id: str = ACCOUNT) -> int:
    """How many decisions the rows stand for."""
    return int(AccessHistory.objects.filter(account_id=account_id).aggregate(n=Sum("times"))["n"] or 0)


def lost(account_id: str = ACCOUNT) -> dict[str, int]:
    """What is on record as missing."""
    found = HistoryLoss.objects.filter(account_id=account_id).values("what").annotate(n=Sum("times"))
    return {each["what"]: each["n"] for each in found}


def listed(tenant: Tenant, **members: Any) -> list[Any]:
    """The account's history, as the operation lists it, after a flush."""
    assert recorder.flush()
    return list(dispatch.execute(tenant.operator(), REGISTRY["iamconsole:ListAccessHistory"], members).entries)

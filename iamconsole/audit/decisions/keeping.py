"""Storing why requests were denied, within bounds: so many records an account, for so many days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from iamconsole.audit.chain import canonical
from iamconsole.audit.decisions.denial import Denial, authorization_id
from iamconsole.audit.decisions.explanation import bounds, explained
from iamconsole.audit.models import AuthorizationRecord, CapturedPolicy
from iamconsole.audit.records import WIDTHS, storable

MOST_RECORDS = 10_000
"""Records an account keeps; newer ones displace the oldest."""
DISPLACED_EVERY = 100
"""Finding the oldest walks an index of MOST_RECORDS entries, so one record in so many does it: an account may hold as
many more for a while."""
RENEWED_EVERY = timedelta(days=1)
"""A captured policy is marked as needed once a day at most: a flood of denials writes its policies once."""
CHUNK = 1_000
"""Rows forgotten in one statement, so that nobody waits long for it."""


def keep(denial: Denial, *, account_id: str, time: datetime, named: str = "") -> str:
    """Store a denial for its caller's account, within the running transaction, and give its id: 2 to 4 statements.

    `named` is the id where the denial was given one already.
    """
    request = denial.decisive.request
    record = AuthorizationRecord.objects.create(
        account_id=account_id,
        resource_account_id=request.resource_account or account_id,
        authorization_id=named or authorization_id(),
        time=time,
        principal=storable(request.principal.arn)[: WIDTHS["principal"]],
        body=canonical(explained(denial)),
    )
    _capture(_texts(denial), account_id=account_id, time=time)
    if record.pk % DISPLACED_EVERY == 0:
        _displace(account_id)
    return str(record.authorization_id)


def _texts(denial: Denial) -> dict[str, str]:
    """Every policy that was asked, by digest."""
    compiled = [bound.compiled for decision in denial.decisions for _, bound in bounds(decision)]
    return {each.digest: each.document.text for each in compiled}


def _capture(texts: Mapping[str, str], *, account_id: str, time: datetime) -> None:
    """Store what is not stored, and say of the rest that it is still needed."""
    fresh = CapturedPolicy.objects.filter(account_id=account_id, digest__in=texts, needed__gt=time - RENEWED_EVERY)
    missing = texts.keys() - set(fresh.values_list("digest", flat=True))
    # In one order everywhere: two denials that store the same policies must not wait for each other crosswise.
    rows = [
        CapturedPolicy(account_id=account_id, digest=digest, document=texts[digest], needed=time)
        for digest in sorted(missing)
    ]
    CapturedPolicy.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["account_id", "digest"], update_fields=["needed"]
    )


def _displace(account_id: str) -> None:
    """Let go of what is beyond the account's bound."""
    mine = AuthorizationRecord.objects.filter(account_id=account_id).order_by("-id")
    oldest = mine.values("id")[MOST_RECORDS : MOST_RECORDS + 1]
    AuthorizationRecord.objects.filter(account_id=account_id, id__lte=oldest).delete()


def forget_old(now: datetime) -> int:
    """Delete the records, and the policies that only they needed, whose days are over; gives how many records."""
    end = now - settings.IAM_DECISION_RETENTION
    records = AuthorizationRecord.objects.across_accounts("retention is the installation's").filter(time__lt=end)
    forgotten = _delete(records)
    policies = CapturedPolicy.objects.across_accounts("retention is the installation's")
    _delete(policies.filter(needed__lt=end - RENEWED_EVERY))
    return forgotten


def _delete(rows: QuerySet) -> int:
    total = 0
    while chunk := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        total += rows.filter(pk__in=chunk).delete()[0]
    return total

"""Reading what is kept of a denial; only the caller's own account has it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from iamconsole.audit.decisions import shapes
from iamconsole.audit.models import AuthorizationRecord, CapturedPolicy
from iamconsole.audit.queries import marker_of, place_of
from iamconsole.kernel.paging import DEFAULT_MAX_ITEMS, Page
from iamconsole.replication.models import ProjectedRow

HOLDERS = ("user", "group", "role")


@dataclass(frozen=True, slots=True)
class Kept:
    """A denial as it was kept; `body` is what `explanation.explained` made of it."""

    account_id: str
    authorization_id: str
    time: datetime
    body: dict[str, Any]

    @property
    def denied(self) -> dict[str, Any]:
        """The evaluation that denied."""
        evaluation: dict[str, Any] = self.body["evaluations"][-1]
        return evaluation

    @property
    def context(self) -> dict[str, Any]:
        """Every context key of that evaluation."""
        return {**self.body["requestContext"], **self.denied["context"]}


def find(account_id: str, authorization_id: str, *, now: datetime) -> Kept | None:
    """The denial of that id, if a caller of this account met it and its days are not over."""
    record = AuthorizationRecord.objects.filter(
        account_id=account_id, authorization_id=authorization_id, time__gte=now - settings.IAM_DECISION_RETENTION
    ).first()
    if record is None:
        return None
    return Kept(account_id, record.authorization_id, record.time, json.loads(record.body))


def texts(kept: Kept, uri: str | None = None) -> dict[str, str]:
    """The texts of its policies, or of the one with that URI, by URI and as of the denial."""
    wanted = {each["uri"]: each["digest"] for each in kept.body["policies"] if uri in (None, each["uri"])}
    rows = CapturedPolicy.objects.filter(account_id=kept.account_id, digest__in=wanted.values())
    by_digest = dict(rows.values_list("digest", "document"))
    return {uri: by_digest[digest] for uri, digest in wanted.items()}


def recent(
    account_id: str, *, principal: str | None, marker: str | None, max_items: int | None, now: datetime
) -> tuple[list[shapes.DeniedRequest], Page]:
    """The kept denials of an account, or of one principal of it by ARN, newest first; one query."""
    rows = AuthorizationRecord.objects.filter(account_id=account_id, time__gte=now - settings.IAM_DECISION_RETENTION)
    if principal:
        rows = rows.filter(principal=principal)
    if marker:
        rows = rows.filter(pk__lt=place_of(marker)[1])
    size = max_items or DEFAULT_MAX_ITEMS
    found = list(rows.order_by("-pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    return [_listed(row) for row in found], {
        "is_truncated": more,
        "marker": marker_of(found[-1].time, found[-1].pk) if more else None,
    }


def _listed(row: AuthorizationRecord) -> shapes.DeniedRequest:
    denied = json.loads(row.body)["evaluations"][-1]
    return shapes.DeniedRequest(
        authorization_id=row.authorization_id,
        time=row.time,
        principal=row.principal,
        action=denied["action"],
        resource=denied["resource"],
        evaluated_effect=denied["evaluatedEffect"],
    )


def holders(kept: Kept) -> dict[str, str]:
    """The ARNs, by URI of the policy, of the users, groups and roles whose inline policies were asked."""
    inline = [each["uri"] for each in kept.body["policies"] if each["source"] in HOLDERS]
    ids = {uri: uri.partition("/")[0] for uri in inline}
    if not ids:
        return {}
    rows = ProjectedRow.objects.filter(account_id=kept.account_id, kind__in=HOLDERS, id__in=set(ids.values()))
    arns = dict(rows.values_list("id", "arn"))
    return {uri: arns[ident] for uri, ident in ids.items() if ident in arns}

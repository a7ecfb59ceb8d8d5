"""Reading what is kept of a denial; only the caller's own account has it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from iamconsole.audit.models import AuthorizationRecord, CapturedPolicy


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

"""When a key was last used: written outside of operations, to the quarter of an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from accounts.access_keys.models import AccessKey
from accounts.service_keys.models import ServiceAccessKey
from iamconsole.storage.identifiers import Prefix

GRANULARITY: Final = timedelta(minutes=15)  # AWS's own (reference, section 7)


def note(access_key_id: str, *, account_id: str, service: str, region: str, now: datetime) -> None:
    """Write that a key of a user or service was used now, unless that was written a moment ago."""
    due = Q(last_used=None) | Q(last_used__lte=now - GRANULARITY)
    kind = ServiceAccessKey if access_key_id.startswith(Prefix.SERVICE_KEY) else AccessKey
    kind.objects.filter(due, account_id=account_id, pk=access_key_id).update(
        last_used=now, last_used_service=service, last_used_region=region
    )

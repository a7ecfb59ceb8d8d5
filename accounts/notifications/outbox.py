"""Writing a notification down: one row, in the transaction of what it tells of; a worker does the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from accounts.notifications.kinds import KINDS
from accounts.notifications.models import Notification

LONGEST: Final = 512  # characters of a fact: a browser's name may be of any length


def notify(
    account_id: str,
    kind: str,
    subject_arn: str,
    facts: Mapping[str, str],
    *,
    now: datetime,
    user_id: str = "",
    once: str | None = None,
) -> str:
    """Tell of something, within an operation; gives the id. `once` names it where it may be found again.

    `user_id` is the unique id of the user whom it concerns. Facts are texts and hold no secret; KeyError where the kind
    names one that is missing.
    """
    said = {name: plain(value) for name, value in facts.items()}
    KINDS[kind].filled(said, account_id=account_id, subject=subject_arn)  # what could not be told is not written
    row = Notification(
        account_id=account_id,
        kind=kind,
        subject=subject_arn,
        user_id=user_id,
        facts=said,
        once=once,
        created=now,
    )
    Notification.objects.bulk_create([row], ignore_conflicts=once is not None)
    return row.id


def plain(value: str) -> str:
    """A text on one line without control characters, of bounded length."""
    shown = "".join(letter if letter.isprintable() else " " for letter in value[: LONGEST + 1])
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"

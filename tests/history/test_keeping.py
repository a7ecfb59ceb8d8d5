"""How much is kept, and for how long; what is displaced is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured

from iamconsole.audit.history import keeping
from iamconsole.audit.history.models import AskedPolicies, HistoryLoss, LastAccess
from iamconsole.audit.history.recorder import recorder
from policies.engine import Policies
from tests.history.support import ACCOUNT, decision, lost, note, rows

pytestmark = pytest.mark.usefixtures("db")
START = datetime(2027, 3, 1, 12, tzinfo=UTC)
OTHER = "999999999999"


@pytest.fixture(autouse=True)
def counting() -> None:
    keeping._written.clear()


def test_rows_beyond_the_bound_are_displaced_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_ROWS", 10)
    monkeypatch.setattr(keeping, "DISPLACED_EVERY", 20)
    monkeypatch.setattr(keeping, "CHUNK", 4)
    recorder.decided(decision(account_id=OTHER), "decisions")
    for number in range(20):
        with time_machine.travel(START + timedelta(minutes=number)):
            note(resource=f"arn:aws:s3:::reports/{number}")
            assert recorder.flush()
        assert len(rows()) == (number + 1 if number < 19 else 10)
    assert [row.resource.rpartition("/")[2] for row in rows()] == [str(number) for number in range(10, 20)]
    assert lost() == {"row": 10}
    assert len(rows(OTHER)) == 1


def test_days_that_are_over(settings: Any) -> None:
    settings.IAM_HISTORY_RETENTION = timedelta(days=30)
    for days, resource in ((0, "old"), (20, "new")):
        with time_machine.travel(START + timedelta(days=days)):
            note(resource=f"arn:aws:s3:::reports/{resource}", policies=decision().policies if days else Policies())
            recorder._lose(ACCOUNT, "decision")
            assert recorder.flush()
    assert AskedPolicies.objects.filter(account_id=ACCOUNT).count() == 2
    assert keeping.forget_old(START + timedelta(days=29)) == 0
    assert keeping.forget_old(START + timedelta(days=32)) == 1
    assert [row.resource for row in rows()] == ["arn:aws:s3:::reports/new"]
    assert AskedPolicies.objects.filter(account_id=ACCOUNT).count() == 1
    assert HistoryLoss.objects.filter(account_id=ACCOUNT).count() == 1
    assert LastAccess.objects.filter(account_id=ACCOUNT).count() == 1
    keeping.forget_old(START + timedelta(days=421))
    assert not LastAccess.objects.filter(account_id=ACCOUNT).exists()


def test_actions_of_a_principal_beyond_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_ACTIONS", 3)
    monkeypatch.setattr(keeping, "CHUNK", 1)
    now = datetime.now(UTC)
    for number in range(6):
        with time_machine.travel(now - timedelta(minutes=60 - number)):
            note(action=f"s3:Get{number}")
            assert recorder.flush()
    keeping.forget_old(now)
    left = LastAccess.objects.filter(account_id=ACCOUNT).order_by("attempted")
    assert [found.action for found in left] == ["s3:Get3", "s3:Get4", "s3:Get5"]
    assert lost() == {"row": 3}


def test_beat_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    from iamconsole.audit.tasks import forget_old_history

    with time_machine.travel(datetime.now(UTC) - timedelta(days=91)):
        note()
        assert recorder.flush()
    assert configured.CELERY_BEAT_SCHEDULE["history-forget-old"]["task"] == forget_old_history.name
    assert forget_old_history() == 1
    assert rows() == []

"""A mail server and a webhook that the product is set to use, and a clock that can be moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import Notification
from iamconsole.interfaces.workers import notices
from tests.passwords.conftest import later as later  # a fixture
from tests.support.smtp_sink import Sink, smtp_sink
from tests.support.tenants import Tenant
from tests.support.webhook_receiver import Receiver, webhook_receiver


@pytest.fixture
def mail(settings: Any) -> Iterator[Sink]:
    """Mail goes to a server of this test's."""
    with smtp_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.IAM_SENDS_MAIL = True
        yield sink


@pytest.fixture
def hook(settings: Any) -> Iterator[Receiver]:
    """Notifications are posted to a receiver of this test's."""
    with webhook_receiver() as receiver:
        settings.IAM_WEBHOOK_URL = receiver.url
        yield receiver


@pytest.fixture
def written(tenant: Tenant) -> Callable[[], list[Notification]]:
    """What the outbox holds for the account, oldest first."""
    return lambda: list(Notification.objects.filter(account_id=tenant.account_id).order_by("created", "pk"))


@pytest.fixture
def work() -> Callable[[], dict[str, int]]:
    """The worker's next turn."""
    return notices.deliver


def root_mail(tenant: Tenant) -> str:
    return f"root@{tenant.alias}.localhost"

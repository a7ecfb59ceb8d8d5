"""`manage.py webhook-secret`: what receivers of notifications verify their signatures with."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from iamconsole.kernel.webhooks import secret_text


class Command(BaseCommand):
    help = "Print the secret that signs what is posted to IAM_WEBHOOK_URL (Standard Webhooks)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(secret_text(settings.IAM_WEBHOOK_SECRET))

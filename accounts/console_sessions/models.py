"""Where people are signed in to the console."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class ConsoleSession(TenantRow):
    """A browser's session, by the digest of its key; Django's session is worth nothing without this row.

    `authenticated` is when the person last proved a password.
    """

    digest = models.CharField(max_length=64, unique=True)
    session_id = models.CharField(max_length=32, unique=True)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="console_sessions")
    started = models.DateTimeField()
    last_seen = models.DateTimeField()
    authenticated = models.DateTimeField()
    source_ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=512, blank=True)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return self.session_id

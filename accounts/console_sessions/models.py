"""Where people are signed in to the console."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class ConsoleSession(TenantRow):
    """A browser's session, by the digest of its key; Django's session is worth nothing without this row.

    `authenticated` is when the person last proved a password. Whoever came with temporary credentials is no `user`, but
    has their key id and token here; so has a role that was switched to. Of both the token is sealed, and their secret
    is kept nowhere else. `acting_as` is the ARN of who acts, where that is not the user.
    """

    digest = models.CharField(max_length=64, unique=True)
    session_id = models.CharField(max_length=32, unique=True)
    user = models.ForeignKey("accounts.User", null=True, on_delete=models.CASCADE, related_name="console_sessions")
    access_key_id = models.CharField(max_length=128, blank=True)
    session_token = models.TextField(blank=True)
    switched_key_id = models.CharField(max_length=128, blank=True)
    switched_token = models.TextField(blank=True)
    acting_as = models.CharField(max_length=256, blank=True)
    started = models.DateTimeField()
    last_seen = models.DateTimeField()
    authenticated = models.DateTimeField()
    source_ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=512, blank=True)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return self.session_id

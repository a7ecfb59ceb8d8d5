"""That a user was deactivated, and what let it in until then."""

from __future__ import annotations

from django.db import models

from iamconsole.storage.tenant import TenantRow


class UserDeactivation(TenantRow):
    """What was active when a user was deactivated: `[{"kind": "AccessKey", "id": "AKIA…"}]`.

    It hangs on the attachment of AWSDenyAll: whoever takes that off, in whatever way, leaves nothing to go back to.
    """

    attachment = models.OneToOneField("accounts.Attachment", on_delete=models.CASCADE, related_name="deactivation")
    created = models.DateTimeField()
    created_by = models.CharField(max_length=2048)
    credentials = models.JSONField(default=list)

    class Meta:
        app_label = "accounts"

    def __str__(self) -> str:
        return f"deactivation {self.attachment_id}"

"""Where the pages of notifications are."""

from __future__ import annotations

from iamconsole.interfaces.console.pages.notifications import form, page, trying
from iamconsole.interfaces.console.site import Route

ROUTES = (
    Route("account/notifications/", page.notifications, "notifications"),
    Route("account/notifications/edit/", form.edit, "notifications-edit"),
    Route("account/notifications/test/", trying.send, "notifications-test"),
)

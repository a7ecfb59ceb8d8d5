"""Where the pages of the audit trail are."""

from __future__ import annotations

from iamconsole.interfaces.console.pages.events import detail, export, suggestions, trail
from iamconsole.interfaces.console.pages.events.list import events
from iamconsole.interfaces.console.site import Route

ROUTES = (
    Route("events/", events, "events"),
    Route("events/export/", export.events_export, "events-export"),
    Route("events/names/", suggestions.names, "events-names"),
    Route("events/trail/", trail.shown, "events-trail"),
    Route("events/verify/", trail.verify, "events-verify"),
    Route("events/<uuid:event_id>/", detail.event, "event"),
)

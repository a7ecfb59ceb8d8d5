"""Where the pages that explain access are."""

from __future__ import annotations

from iamconsole.interfaces.console.pages.access.denied import denial, denied
from iamconsole.interfaces.console.pages.access.map import access_map
from iamconsole.interfaces.console.pages.access.simulator import simulator
from iamconsole.interfaces.console.site import Route

ROUTES = (
    Route("simulator/", simulator, "simulator"),
    Route("map/", access_map, "map"),
    Route("denied/", denied, "denied"),
    Route("denied/<slug:authorization_id>/", denial, "denial"),
)

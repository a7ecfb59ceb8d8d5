"""Where the pages of unused credentials are."""

from __future__ import annotations

from iamconsole.interfaces.console.pages.unused_credentials import form, page
from iamconsole.interfaces.console.site import Route

ROUTES = (
    Route("account/unused-credentials/", page.unused, "unused"),
    Route("account/unused-credentials/edit/", form.edit, "unused-edit"),
    Route("account/unused-credentials/preview/", form.preview, "unused-preview"),
)

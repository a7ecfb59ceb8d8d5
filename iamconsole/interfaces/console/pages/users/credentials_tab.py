"""Where a user's security credentials are, for the pages that lead from there and back."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _


def url(name: str) -> str:
    return reverse("console:user-tab", args=[name, "credentials"])


def listed() -> dict[str, Any]:
    """The crumb of the list of users."""
    return {"label": _("Users"), "url": reverse("console:users")}


def crumbs(name: str, last: Any) -> list[dict[str, Any]]:
    """Breadcrumbs of a page about a credential."""
    return [listed(), {"label": name, "url": url(name)}, {"label": last}]

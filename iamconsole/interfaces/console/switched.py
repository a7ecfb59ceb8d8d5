"""The role that was switched to, and those before it, as the frame of every page shows them.

They are notes in Django's session about how things are shown; who acts, `runtime.authentication.sessions` knows.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from iamconsole.kernel.call import PrincipalType
from iamconsole.runtime.authentication import visitors

ROLE, RECENT, MOST = "role", "recent_roles", 5
SWITCHING = (PrincipalType.USER, PrincipalType.ROLE_SESSION)  # AWS lets neither root nor federated users
Shown = dict[str, str]


def note(request: HttpRequest, role: Shown) -> None:
    """The role that was switched to now, the first of the recent ones."""
    others = [other for other in recent(request) if _key(other) != _key(role)]
    request.session[ROLE] = role
    request.session[RECENT] = [role, *others][:MOST]


def recent(request: HttpRequest) -> list[Shown]:
    """The roles that were switched to in this session, the last one first."""
    found: list[Shown] = request.session.get(RECENT, [])
    return found


def current(request: HttpRequest) -> Shown | None:
    """How the role that acts is shown, if one was switched to."""
    found: Shown | None = request.session.get(ROLE)
    return found if visitors.has_switched(request) else None


def menu(request: HttpRequest) -> dict[str, Any]:
    """The part of the account menu about roles; empty for whoever cannot switch."""
    if visitors.signed_in_as(request).type not in SWITCHING:
        return {}
    here, now = reverse("console:switch-role"), current(request)
    return {
        "url": here,
        "back_url": reverse("console:switch-back") if now else "",
        "recent": [role for role in recent(request) if now is None or _key(role) != _key(now)],
    }


def _key(role: Shown) -> tuple[str, str]:
    return role["account"], role["roleName"]

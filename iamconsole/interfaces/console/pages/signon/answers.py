"""What the ways of signing in without a user answer: the reason of a refusal, and a question before one leaves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.site import bare_page
from iamconsole.kernel.errors import AccessDenied, Fault


def refused(request: HttpRequest, fault: Fault) -> HttpResponse:
    """Why nobody was signed in, in AWS's words where there are some."""
    denied = isinstance(fault, AccessDenied)
    context = {
        "status": fault.status,
        "title": _("You were not signed in"),
        "message": fault.message,
        "authorization_id": fault.authorization_id if isinstance(fault, AccessDenied) else "",
        "next_step": _("An administrator can grant this; tell them the authorization id.") if denied else "",
        "links": [{"label": _("Sign in"), "url": reverse("console:signin")}],
    }
    return bare_page(request, "error", context, status=fault.status)


def question(request: HttpRequest, action_url: str, **context: Any) -> HttpResponse:
    """Which role to take, and whether to leave who one is: nothing happens before the answer is posted."""
    leaving = request.user.console_session.acting_as or _name(request) if request.user.is_authenticated else ""  # type: ignore[union-attr]
    whole = {"title": _("Sign in with a role"), "action_url": action_url, "leaving": leaving, **context}
    return bare_page(request, "choose_role", whole)


def _name(request: HttpRequest) -> str:
    return str(request.user.arn)  # type: ignore[union-attr]

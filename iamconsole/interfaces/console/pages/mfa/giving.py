"""Giving a second factor: what the sign-in's second step and the question in between share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.site import bare_page
from iamconsole.kernel.errors import SignInFailed
from iamconsole.runtime.authentication import second_factor

WRONG = _("This did not work. A code counts once: wait for the next one, then try again.")


def proof_of(request: HttpRequest) -> dict[str, str]:
    """The member of CheckMFA that was filled in; SignInFailed where none was, or a challenge is used up."""
    post = request.POST
    if code := post.get("authentication_code", ""):
        return {"authentication_code": code.replace(" ", "")}
    if code := post.get("recovery_code", ""):
        return {"recovery_code": code}
    if assertion := post.get("assertion", ""):
        return {"assertion": assertion, "challenge": second_factor.take_challenge(request.session)}
    raise SignInFailed


def ask(request: HttpRequest, user: Any, context: dict[str, Any], *, wrong: bool = False) -> HttpResponse:
    """The page that asks a user for any of the factors that he has, with a new challenge."""
    factors = second_factor.factors(request.session, user)
    whole = context | {"takes_codes": factors.codes, "options": factors.options, "error": WRONG if wrong else ""}
    return bare_page(request, "second_factor", whole, status=403 if wrong else 200)

"""Signing in beyond the password: the second step, and passkeys that need no first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console.pages.mfa.giving import ask, proof_of
from iamconsole.interfaces.console.site import bare_page, local_url
from iamconsole.interfaces.http import origin_of
from iamconsole.kernel.errors import SignInFailed, TooManyAttempts, ValidationError
from iamconsole.runtime.authentication import second_factor, sessions

REFUSED = (SignInFailed, ValidationError)


def to_second_step(request: HttpRequest, user: Any, name: str, wanted: str) -> HttpResponse:
    """After the right password: a new, anonymous session that knows whose turn it is."""
    request.session.flush()
    request.session.set_expiry(second_factor.PATIENCE)
    second_factor.begin(request.session, user, name)
    return HttpResponseRedirect(beside("signin-mfa", wanted))


def signin_mfa(request: HttpRequest) -> HttpResponse:
    """The second step of a sign-in; without a first it leads there."""
    wanted = _wanted(request)
    user = second_factor.pending(request.session)
    context = {
        "title": _("Verify that it is you"),
        "step": _("Step 2 of 2. The password was right; now a second factor."),
        "next": wanted,
        "other_url": beside("signin", wanted),
        "other_label": _("Sign in as somebody else"),
    }
    if user is None:
        return HttpResponseRedirect(beside("signin", wanted))
    if request.method != "POST":
        return ask(request, user, context)
    try:
        second_factor.complete(request.session, proof_of(request), origin=origin_of(request))
    except TooManyAttempts as over:
        begin_again = {"over": over.message, "other_label": _("Begin again")}
        return bare_page(request, "second_factor", context | begin_again, status=over.status)
    except REFUSED:
        return ask(request, user, context, wrong=True)
    answer = _enter(request, user, wanted)
    if request.POST.get("recovery_code"):
        left = second_factor.recovery_codes_left(user)
        said = ngettext("%(left)d recovery code is left.", "%(left)d recovery codes are left.", left) % {"left": left}
        messages.warning(request, _("%(left)s Enrol a new device under My MFA devices.") % {"left": said})
    return answer


def signin_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone, which knows its holder."""
    wanted = _wanted(request)
    context: dict[str, Any] = {
        "title": _("Sign in with a passkey"),
        "next": wanted,
        "other_url": beside("signin", wanted),
    }
    status = 200
    if request.method == "POST":
        try:
            return _enter(request, _holder(request), wanted)
        except TooManyAttempts as locked:
            context["error"], status = locked.message, locked.status
        except REFUSED as failed:
            context["error"], status = _("This passkey is not known here, or did not answer in time."), failed.status
    if not request.user.is_authenticated:
        request.session.set_expiry(second_factor.PATIENCE)
    context["options"] = second_factor.passkey_options(request.session)
    return bare_page(request, "passkey", context, status=status)


def _holder(request: HttpRequest) -> Any:
    assertion, challenge = request.POST.get("assertion", ""), second_factor.take_challenge(request.session)
    return second_factor.sign_in_with_passkey(assertion, challenge, origin=origin_of(request))


def _enter(request: HttpRequest, user: Any, wanted: str) -> HttpResponse:
    """A session under a new key, that knows of the second factor."""
    sessions.begin(request, user, origin=origin_of(request))
    second_factor.note_mfa(request.session)
    return HttpResponseRedirect(wanted or reverse("console:dashboard"))


def _wanted(request: HttpRequest) -> str:
    return local_url(request, request.POST.get("next") or request.GET.get("next") or "")


def beside(name: str, wanted: str) -> str:
    """A page of the sign-in that leads on to where one wanted to go."""
    address = reverse(f"console:{name}")
    return f"{address}?{urlencode({'next': wanted})}" if wanted else address

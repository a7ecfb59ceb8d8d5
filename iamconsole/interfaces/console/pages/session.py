"""Signing in and out, and the theme."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import navigation
from iamconsole.interfaces.console.pages.mfa.signin import beside, to_second_step
from iamconsole.interfaces.console.pages.signon import oidc
from iamconsole.interfaces.console.site import Route, bare_page, local_url
from iamconsole.interfaces.console.visit import DOOR, Visit
from iamconsole.interfaces.http import origin_of
from iamconsole.kernel.errors import Fault, PasswordExpired, SignInFailed, TooManyAttempts
from iamconsole.runtime.authentication import breakglass, passwords, second_factor, sessions, visitors

ONE_YEAR = 365 * 24 * 60 * 60
ACCOUNT_COOKIE = "account"
LONGEST_ACCOUNT = 63
STEP = _("Step 1 of 2 for whoever has an MFA device: have your phone, token or key ready.")
WAITING = _(
    "Every further wrong attempt doubles the wait, up to five minutes. If the password is forgotten, whoever manages "
    "the account can set a new one."
)
NO_SINGLE_SIGN_ON = _("No single sign-on is offered for this account. Sign in with a password or passkey.")
WRONG = _("Your authentication information is incorrect. Please try again.")


class UserSignIn(forms.Form):
    """An IAM user's account, name and password."""

    account = forms.CharField(label=_("Account ID or alias"), max_length=LONGEST_ACCOUNT)
    user_name = forms.CharField(label=_("User name"), max_length=128)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput, strip=False, max_length=4096)

    account.widget.attrs.update(autocomplete="organization", spellcheck="false", autocapitalize="off")
    user_name.widget.attrs.update(autocomplete="username", spellcheck="false", autocapitalize="off")
    password.widget.attrs.update(autocomplete="current-password")

    def proof(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"account": data["account"], "name": data["user_name"], "password": data["password"], "as_root": False}


class RootSignIn(forms.Form):
    """The root user's e-mail address and password."""

    email = forms.EmailField(label=_("Root user e-mail address"), max_length=254)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput, strip=False, max_length=4096)

    email.widget.attrs.update(autocomplete="username", autocapitalize="off")
    password.widget.attrs.update(autocomplete="current-password")

    def proof(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"account": "", "name": data["email"], "password": data["password"], "as_root": True}


def signin(request: HttpRequest) -> HttpResponse:
    """Sign in with a password; one answer whatever was wrong, a clear one while locked out."""
    as_root = request.GET.get("as") == "root"
    wanted = local_url(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.method == "GET" and request.user.is_authenticated:
        return HttpResponseRedirect(wanted or reverse("console:dashboard"))
    kind = RootSignIn if as_root else UserSignIn
    start = {"account": request.GET.get("account") or _remembered(request)}
    form = kind(request.POST or None, initial=start, label_suffix="")
    form.fields["user_name" if start["account"] and not as_root else next(iter(form.fields))].widget.attrs[
        "autofocus"
    ] = True
    offered = [] if as_root else oidc.buttons(start["account"], wanted)
    context: dict[str, Any] = {
        "title": _("Sign in"),
        "step": STEP,
        "form": form,
        "signing_in_as": "root" if as_root else "user",
        "next": wanted,
        "passkey_url": beside("signin-passkey", wanted),
        "single_sign_on": offered,
        "no_single_sign_on": NO_SINGLE_SIGN_ON if "sso" in request.GET and not offered else "",
        "account": start["account"],
    }
    if request.method != "POST" or not form.is_valid():
        return bare_page(request, "signin", context)
    try:
        user = passwords.sign_in(**form.proof(), origin=origin_of(request), door=DOOR)
    except TooManyAttempts as locked:
        return bare_page(
            request, "signin", context | {"locked": {"text": locked.message, "advice": WAITING}}, status=locked.status
        )
    except PasswordExpired as expired:
        return bare_page(request, "signin", context | {"error": expired.message}, status=expired.status)
    except SignInFailed as failed:
        return bare_page(request, "signin", context | {"error": WRONG}, status=failed.status)
    if second_factor.required(user):
        return _remembering(request, form, to_second_step(request, user, form.proof()["name"], wanted))
    sessions.begin(request, user, origin=origin_of(request))
    return _remembering(request, form, HttpResponseRedirect(wanted or reverse("console:dashboard")))


def _remembered(request: HttpRequest) -> str:
    """The account whose password was right last in this browser."""
    account = request.COOKIES.get(ACCOUNT_COOKIE, "")
    return account if account.isprintable() and len(account) <= LONGEST_ACCOUNT else ""


def _remembering(request: HttpRequest, form: forms.Form, response: HttpResponse) -> HttpResponse:
    """Keep the account for the next time; only a right password gets so far, so that it tells a stranger nothing."""
    if account := form.cleaned_data.get("account"):
        response.set_cookie(
            ACCOUNT_COOKIE,
            account,
            max_age=ONE_YEAR,
            path=reverse("console:signin"),
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response


def signin_breakglass(request: HttpRequest, token: str) -> HttpResponse:
    """Use up a one-time link of `manage.py breakglass`; only a POST does, since previews follow every link they see."""
    context: dict[str, Any] = {"title": _("Emergency sign-in"), "signin_url": reverse("console:signin")}
    if request.method != "POST":
        return bare_page(request, "breakglass", context)
    try:
        user = breakglass.redeem(token, origin=origin_of(request))
    except Fault as refused:
        return bare_page(request, "breakglass", context | {"error": refused.message}, status=refused.status)
    sessions.begin(request, user, origin=origin_of(request))
    second_factor.note_verified(request.session)
    return HttpResponseRedirect(reverse("console:dashboard"))


def signout(visit: Visit) -> HttpResponse:
    """End the session, on record."""
    if visit.posting:
        passwords.sign_out(visitors.signed_in_as(visit.request), origin=visit.call.origin, door=DOOR)
        sessions.end(visit.request)
    return HttpResponseRedirect(reverse("console:signin" if visit.posting else "console:dashboard"))


def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme in a cookie: the server renders it, so nothing flashes."""
    response = HttpResponseRedirect(local_url(request, request.POST.get("next", "")) or reverse("console:dashboard"))
    chosen = request.POST.get("theme")
    if request.method == "POST" and chosen in navigation.THEMES:
        response.set_cookie(
            navigation.THEME_COOKIE,
            chosen,
            max_age=ONE_YEAR,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response


ROUTES = (
    Route("signin/", signin, "signin", public=True),
    Route("signin/breakglass/<str:token>", signin_breakglass, "signin-breakglass", public=True),
    Route("signout/", signout, "signout"),
    Route("theme/", theme, "theme", public=True),
)

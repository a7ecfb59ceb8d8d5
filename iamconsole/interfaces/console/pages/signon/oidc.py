"""Single sign-on through an OpenID Connect provider: the browser goes there, and comes back with a code for a role.

The start is a link, not a form: `form-action` of our policy would keep a form from ending at another site.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.federation import authorization_code
from accounts.oidc_providers import sign_ins
from accounts.tenancy import queries as tenancy
from iamconsole.interfaces.console.pages.signon import answers
from iamconsole.interfaces.console.pages.signon.destinations import destination
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.http import origin_of
from iamconsole.kernel import clock
from iamconsole.kernel.errors import Fault, InvalidIdentityToken
from iamconsole.runtime.authentication import federated, oidc_flows
from iamconsole.runtime.authentication.oidc_flows import Verified

LONGEST_CODE = 4096
LONGEST_ACCOUNT = 63
# RFC 6749, 4.1.2.1, and OpenID Connect Core, 3.1.2.6; anything else in an address is not ours to repeat.
ERRORS = frozenset(
    """access_denied invalid_request unauthorized_client unsupported_response_type invalid_scope server_error
    temporarily_unavailable interaction_required login_required account_selection_required consent_required""".split()  # noqa: SIM905
)
NOT_OFFERED = "This sign-in is not offered: it was disabled, or never set up."


def buttons(account: str, wanted: str) -> list[dict[str, str]]:
    """What the sign-in page shows of an account: nothing for one that is none."""
    found = tenancy.find(account) if account.isprintable() and 0 < len(account) <= LONGEST_ACCOUNT else None
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return [
        {"label": each.label, "url": reverse("console:signin-oidc", args=[each.provider.unique_id]) + query}
        for each in (sign_ins.offered(found.pk) if found else [])
    ]


def signin_oidc(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the provider."""
    if request.method != "GET":
        return HttpResponseNotAllowed(("GET",))
    try:
        sign_in = _offered(provider_id)
        flow = oidc_flows.begin(request.session, provider_id, destination(request, request.GET.get("next", "")))
        url = authorization_code.authorization_url(sign_in, flow)
    except Fault as fault:
        return answers.refused(request, fault)
    if not request.user.is_authenticated:
        request.session.set_expiry(oidc_flows.PATIENCE)
    return HttpResponseRedirect(url)


def signin_oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sign in with the code, where nobody is signed in; else ask first, and sign in by the answer, which is posted."""
    try:
        sign_in = _offered(provider_id)
        if request.method == "POST":
            return _enter(request, sign_in.role_arn, oidc_flows.take_aside(request.session, provider_id))
        verified = _verified(request, sign_in)
        if not request.user.is_authenticated:
            return _enter(request, sign_in.role_arn, verified)
    except Fault as fault:
        return answers.refused(request, fault)
    oidc_flows.put_aside(request.session, verified)
    return answers.question(request, request.path, arn=sign_in.role_arn)


def _verified(request: HttpRequest, sign_in: Any) -> Verified:
    given = request.GET
    flow = oidc_flows.take(request.session, sign_in.provider.unique_id, given.get("state", ""))
    if given.get("iss", sign_in.provider.url) != sign_in.provider.url:  # RFC 9207
        raise InvalidIdentityToken("The answer is from another identity provider: its issuer (iss) is another.")
    if "error" in given:
        said = given["error"] if given["error"] in ERRORS else "an error"
        raise InvalidIdentityToken(f"Your identity provider did not sign you in: it answered {said}.")
    code = given.get("code", "")
    if not 1 <= len(code) <= LONGEST_CODE:
        raise InvalidIdentityToken("The answer of your identity provider has no authorization code.")
    token = authorization_code.id_token(sign_in, flow, code)
    found = authorization_code.verified(sign_in, flow, token, now=clock.now())
    name = authorization_code.session_name(found.claims)
    return Verified(flow.provider_id, token, name, flow.wanted, flow.began)


def _offered(provider_id: str) -> Any:
    found = sign_ins.seek(provider_id)
    if found is None:
        raise InvalidIdentityToken(NOT_OFFERED)
    return found


def _enter(request: HttpRequest, role_arn: str, verified: Verified) -> HttpResponse:
    members = {
        "role_arn": role_arn,
        "role_session_name": verified.session_name,
        "web_identity_token": verified.token,
    }
    federated.enter_vouched_for(request, "sts:AssumeRoleWithWebIdentity", members, origin=origin_of(request))
    return HttpResponseRedirect(verified.wanted)


ROUTES = (
    Route("signin/oidc/<slug:provider_id>/", signin_oidc, "signin-oidc", public=True),
    Route("signin/oidc/<slug:provider_id>/callback/", signin_oidc_callback, "signin-oidc-callback", public=True),
)

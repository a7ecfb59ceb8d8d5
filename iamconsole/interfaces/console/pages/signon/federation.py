"""AWS's federation endpoint: from temporary credentials to a sign-in token, and from that into the console."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from iamconsole.interfaces.console.pages.signon import answers
from iamconsole.interfaces.console.pages.signon.destinations import destination
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.http import body_of, origin_of
from iamconsole.kernel.errors import Fault, InvalidAction, ValidationError
from iamconsole.runtime.authentication import federated

MEMBERS = ("sessionId", "sessionKey", "sessionToken")
LONGEST = 16_384  # characters of any of them
NO_SESSION = 'Session must be JSON of the form {"sessionId": …, "sessionKey": …, "sessionToken": …}.'
NO_DURATION = "SessionDuration must be a number of seconds from 900 to 43200."


@csrf_exempt  # getSigninToken counts no cookie, and login changes nothing of a session that there is
@never_cache
@sensitive_post_parameters()
def federation(request: HttpRequest) -> HttpResponse:
    """`Action=getSigninToken`, by GET or POST, and `Action=login`."""
    if request.method not in ("GET", "POST"):
        return HttpResponseNotAllowed(("GET", "POST"))
    try:
        body_of(request)
        given = request.POST if request.method == "POST" else request.GET
        if given.get("Action") == "login" and request.method == "GET":
            return _login(request, given)
        return JsonResponse({"SigninToken": _signin_token(request, given)})
    except Fault as fault:
        error = {"Error": {"Code": fault.code, "Message": fault.message}}
        return JsonResponse(error, status=fault.status)


def _signin_token(request: HttpRequest, given: Mapping[str, str]) -> str:
    if given.get("Action") != "getSigninToken":
        raise InvalidAction("Action must be getSigninToken, or login by GET.")
    principal = federated.holder(*_credentials(given.get("Session", "")))
    duration = _duration(given.get("SessionDuration") or given.get("DurationSeconds", ""))
    return federated.signin_token(principal, session_duration=duration, origin=origin_of(request))


def _credentials(text: str) -> tuple[str, str, str]:
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise ValidationError(NO_SESSION) from None
    values = [said.get(member) for member in MEMBERS] if isinstance(said, dict) else []
    if not values or not all(isinstance(value, str) and 0 < len(value) <= LONGEST for value in values):
        raise ValidationError(NO_SESSION)
    key_id, secret, token = values
    return key_id, secret, token


def _duration(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise ValidationError(NO_DURATION)
    return int(text)


def _login(request: HttpRequest, given: Mapping[str, str]) -> HttpResponse:
    """Sign in, where nobody is; else ask first, since any page can send a browser here."""
    text, wanted = given.get("SigninToken", ""), destination(request, given.get("Destination", ""))
    try:
        admission = federated.admitted(text)
        if request.user.is_authenticated:
            fields = [{"name": "SigninToken", "value": text}, {"name": "Destination", "value": wanted}]
            here = reverse("console:signin-federation")
            return answers.question(request, here, arn=admission.principal.arn, fields=fields)
        federated.enter(request, admission, origin=origin_of(request))
    except Fault as fault:
        return answers.refused(request, fault)
    return HttpResponseRedirect(wanted)


def signin_federation(request: HttpRequest) -> HttpResponse:
    """The answer to the question."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("console:signin"))
    try:
        admission = federated.admitted(request.POST.get("SigninToken", ""))
        federated.enter(request, admission, origin=origin_of(request))
    except Fault as fault:
        return answers.refused(request, fault)
    return HttpResponseRedirect(destination(request, request.POST.get("Destination", "")))


ROUTES = (Route("signin/federation/", signin_federation, "signin-federation", public=True),)

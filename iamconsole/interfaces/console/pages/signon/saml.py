"""Single sign-on with SAML: what an identity provider's page posts here becomes the console session of a role.

A post from another site brings no cookie along. So the response is only verified and put aside; the browser is sent on
to a page of ours, where it is known whether somebody is signed in already, and which role is wanted.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from accounts.federation import saml_pending
from accounts.federation.saml_offers import Offer, offers
from accounts.federation.saml_pending import Pending
from accounts.tenancy import queries as tenancy
from iamconsole.interfaces.console.pages.signon import answers
from iamconsole.interfaces.console.pages.signon.destinations import destination
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.http import body_of, origin_of
from iamconsole.kernel import clock
from iamconsole.kernel.errors import Fault, InvalidIdentityToken
from iamconsole.runtime.authentication import federated


@csrf_exempt  # another site posts here; nothing of a session is read or changed
@never_cache
@sensitive_post_parameters()
def assertion_consumer(request: HttpRequest, provider_id: str = "") -> HttpResponse:
    """Take a SAML response, by HTTP-POST binding."""
    if request.method != "POST":
        return HttpResponseNotAllowed(("POST",))
    try:
        body_of(request)
        response = request.POST.get("SAMLResponse", "")
        offered = offers(response, provider_id=provider_id, now=clock.now())
    except Fault as fault:
        return answers.refused(request, fault)
    wanted = destination(request, request.POST.get("RelayState", ""))
    ticket = saml_pending.put_aside(Pending(response, wanted, offered))
    return HttpResponseRedirect(reverse("console:signin-saml", args=[ticket]), status=303)


def signin_saml(request: HttpRequest, ticket: str) -> HttpResponse:
    """Take the one role that is offered where nobody is signed in; else ask which, and whether to leave."""
    try:
        pending = saml_pending.find(ticket)
        if request.method == "POST":
            return _enter(request, ticket, pending, _chosen(request, pending))
        if len(pending.offered) == 1 and not request.user.is_authenticated:
            return _enter(request, ticket, pending, pending.offered[0])
    except Fault as fault:
        return answers.refused(request, fault)
    context = {"title": _("Choose a role"), "roles": [_shown(offer) for offer in pending.offered]}
    return answers.question(request, request.path, **context)


def _chosen(request: HttpRequest, pending: Pending) -> Offer:
    for offer in pending.offered:
        if _value(offer) == request.POST.get("role", ""):
            return offer
    raise InvalidIdentityToken("The response does not offer this role")


def _enter(request: HttpRequest, ticket: str, pending: Pending, offer: Offer) -> HttpResponse:
    """As the role, in a new session; a role that refuses leaves the response as it is, for another choice."""
    members = {
        "role_arn": offer.role_arn,
        "principal_arn": offer.provider_arn,
        "saml_assertion": pending.response,
        **({} if offer.duration is None else {"duration_seconds": offer.duration}),
    }
    federated.enter_vouched_for(request, "sts:AssumeRoleWithSAML", members, origin=origin_of(request))
    saml_pending.forget(ticket)
    return HttpResponseRedirect(pending.wanted)


def _shown(offer: Offer) -> dict[str, str]:
    account_id, name = offer.role_arn.split(":")[4], offer.role_arn.rsplit("/", 1)[-1]
    account = tenancy.find(account_id)
    return {"value": _value(offer), "name": name, "account": account_id, "alias": account.alias if account else ""}


def _value(offer: Offer) -> str:
    return f"{offer.role_arn},{offer.provider_arn}"


ROUTES = (Route("signin/saml/<slug:ticket>/", signin_saml, "signin-saml", public=True),)

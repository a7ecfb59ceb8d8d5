"""Asking for a second factor again before something dangerous, of whoever has one."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.mfa.giving import ask, proof_of
from iamconsole.interfaces.console.site import local_url
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import SignInFailed, ValidationError
from iamconsole.runtime.authentication import second_factor, visitors


def demanded(visit: Visit) -> HttpResponse | None:
    """The way to the question where one has a device and gave no second factor for ten minutes; else None.

    A page that is about to do something dangerous begins with it, and is come back to.
    """
    request = visit.request
    person = visitors.person_of(request)  # who switched to a role is asked for his own device
    if second_factor.is_fresh(request.session) or person is None or not second_factor.required(person):
        return None
    return HttpResponseRedirect(f"{reverse('console:verify')}?{urlencode({'next': request.get_full_path()})}")


def verify(visit: Visit) -> HttpResponse:
    """Give a second factor again, and go on."""
    request, person = visit.request, visitors.person_of(visit.request)
    wanted = local_url(request, request.POST.get("next") or request.GET.get("next") or "")
    there = wanted or reverse("console:dashboard")
    context = {
        "title": _("Verify that it is you"),
        "step": _("What you are about to do asks for a second factor."),
        "next": wanted,
        "other_url": reverse("console:dashboard"),
        "other_label": _("Back to the console"),
    }
    if person is None or not second_factor.required(person):
        return HttpResponseRedirect(there)
    if not visit.posting:
        return ask(request, person, context)
    try:
        second_factor.check(person, proof_of(request), origin=visit.call.origin)
    except (SignInFailed, ValidationError):
        return ask(request, person, context, wrong=True)
    second_factor.note_mfa(request.session)
    return HttpResponseRedirect(there)

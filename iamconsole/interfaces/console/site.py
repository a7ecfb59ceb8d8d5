"""`ConsoleSite`: every page of the console is wrapped here, so that none can forget who asks and what may go wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import structlog
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, re_path, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.gzip import gzip_page
from django.views.defaults import bad_request

from iamconsole.interfaces.console import deactivated, navigation, submission
from iamconsole.interfaces.console.visit import Refused, Visit
from iamconsole.kernel.errors import (
    AccessDenied,
    EntityTemporarilyUnmodifiable,
    Fault,
    InternalFailure,
    NoSuchEntity,
)
from iamconsole.runtime import calls
from iamconsole.runtime.authentication import visitors
from iamconsole.runtime.authentication.delegates import Delegate

logger = structlog.get_logger(__name__)
TITLES = {
    400: _("The request was not understood"),
    403: _("Access denied"),
    404: _("Not found"),
    409: _("This cannot be done now"),
    413: _("The form is too large"),
}
STILL_RUNNING = _(
    "This form was sent a moment ago and is still being worked on. Look whether it was done before again."
)
TOO_LARGE = _("Nothing was changed. Go back and send less at once: a form may hold 4,000 fields and 2.5 MB.")
NO_USER = _("A role has no password, MFA devices or sessions of its own. Switch back to see yours.")
Page = Callable[..., HttpResponse]


class Route:
    """Where a page is; `public` pages are for people who are not signed in, and get the bare request.

    `own` pages are about the password, devices and sessions of the user who signed in: no role has any.
    """

    def __init__(
        self, where: str, page: Page, name: str, *, public: bool = False, regex: bool = False, own: bool = False
    ) -> None:
        self.where, self.page, self.name, self.public, self.regex = where, page, name, public, regex
        if own:
            self.page = _own(page)


class ConsoleSite(AdminSite):
    """Django admin's site with our pages: what it wraps is signed in, CSRF-protected, never cached, on record."""

    site_header = site_title = "IAM Console"

    def __init__(self) -> None:
        super().__init__(name="console")

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever is signed in may enter; what can be done inside is for the policies to say."""
        return request.user.is_authenticated

    @property
    def urls(self) -> tuple[list[URLPattern], str, str]:
        return self.get_urls(), "console", self.name

    def get_urls(self) -> list[URLPattern]:
        from iamconsole.interfaces.console.routes import ROUTES

        patterns = []
        for route in ROUTES:
            wrap = self.public_view if route.public else self.admin_view
            make = re_path if route.regex else path
            patterns.append(make(route.where, wrap(route.page), name=route.name))
        return [*patterns, re_path(r"^(?P<rest>.*)$", self.admin_view(_nothing_here))]

    def admin_view(self, view: Page, cacheable: bool = False) -> Page:
        """A page for the signed-in principal, called with a `Visit`; faults are rendered here and nowhere else."""

        def inner(request: HttpRequest, **where: Any) -> HttpResponse:
            if not self.has_permission(request):
                return self._to_sign_in(request)
            if visitors.has_ended_role(request):
                return _to_oneself(request)
            if visitors.must_change_password(request.user) and not _helps_to_change_password(request):  # type: ignore[arg-type]
                return _to(request, reverse("console:password"))
            visit = Visit.of(request, calls.new_request_id())
            return _stamped(_answer_once(visit, view, where), visit.call.request_id, visit.call.consistency_token)

        return self._protected(inner, view)

    def public_view(self, view: Page) -> Page:
        """A page for everybody."""

        def inner(request: HttpRequest, **where: Any) -> HttpResponse:
            request_id = calls.new_request_id()
            try:
                response = view(request, **where)
            except SuspiciousOperation:
                raise  # for `not_understood`
            except Exception:
                logger.exception("console page failed", path=request.path, request_id=request_id)
                response = bare_page(request, "error", {"status": 500, "request_id": request_id}, status=500)
            return _stamped(response, request_id)

        return self._protected(inner, view)

    def _protected(self, inner: Page, view: Page) -> Page:
        guarded = _compressed(csrf_protect(never_cache(sensitive_post_parameters()(inner))))
        return update_wrapper(guarded, view)

    def _to_sign_in(self, request: HttpRequest) -> HttpResponse:
        """A deep link survives signing in; what was posted without a session is asked for again."""
        wanted = request.get_full_path() if request.method == "GET" else reverse("console:dashboard")
        url = f"{reverse('console:signin')}?{urlencode({'next': wanted})}"
        return _to(request, url)


def _compressed(view: Page) -> Page:
    """Answers to GET as gzip, padded at random; in them CSRF tokens are masked anew each time, so none can be guessed.

    What is posted may be answered with a secret that is shown once, and stays as it is.
    """
    compressing = gzip_page(view)

    def inner(request: HttpRequest, **where: Any) -> HttpResponse:
        return (compressing if request.method == "GET" else view)(request, **where)

    return update_wrapper(inner, view)


def _to(request: HttpRequest, url: str) -> HttpResponse:
    """Another page, whichever way this one was asked for."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponse(status=302, headers={"Location": url})


def _to_oneself(request: HttpRequest) -> HttpResponse:
    """After the session of a role: what was asked of it is not done in one's own name."""
    visitors.tell_ended_role(request)
    messages.warning(request, _("The session of the role has ended. You are yourself again."))
    return _to(request, reverse("console:dashboard"))


def _own(page: Page) -> Page:
    def inner(visit: Visit, **where: Any) -> HttpResponse:
        if not isinstance(visit.request.user, Delegate):
            return page(visit, **where)
        return visit.redirect(reverse("console:dashboard"), NO_USER, level=messages.WARNING)

    return update_wrapper(inner, page)


def _helps_to_change_password(request: HttpRequest) -> bool:
    """The only pages of a session whose password must be changed first."""
    return request.resolver_match is not None and request.resolver_match.url_name in ("password", "signout")


def _answer_once(visit: Visit, view: Page, where: dict[str, Any]) -> HttpResponse:
    """The page's answer; to a form that was sent before, what became of it then."""
    sent = None if visit.request.htmx else submission.of(visit.call.principal.unique_id, visit.request)  # type: ignore[attr-defined]
    if sent is None:
        return _answer(visit, view, where)
    try:
        before = sent.claim()
    except submission.StillRunning:
        return _fault_page(visit, EntityTemporarilyUnmodifiable(str(STILL_RUNNING)))
    if before is not None:
        return _as_before(visit, before)
    response = _answer(visit, view, where)
    if visit.outcome is not None and response.status_code < 400:
        sent.settle(visit.outcome)
    else:
        sent.release()
    return response


def _as_before(visit: Visit, outcome: submission.Outcome) -> HttpResponse:
    """Where the first one led; its messages are repeated unless they still wait to be read."""
    if not len(messages.get_messages(visit.request)):
        for level, text in outcome.said:
            messages.add_message(visit.request, level, text)
    return _to(visit.request, outcome.url)


def _answer(visit: Visit, view: Page, where: dict[str, Any]) -> HttpResponse:
    try:
        response = view(visit, **where)
        return response.render() if isinstance(response, TemplateResponse) else response
    except Refused as refused:
        return _fault_page(visit, refused.fault)
    except Fault as fault:
        return _fault_page(visit, fault)
    except Exception:
        logger.exception("console page failed", path=visit.request.path, request_id=visit.call.request_id)
        return _fault_page(visit, InternalFailure())


def _fault_page(visit: Visit, fault: Fault) -> HttpResponse:
    """The fault in AWS's words; 404 says the same of what is not there and of what belongs to another account."""
    unknown = isinstance(fault, NoSuchEntity)
    denied = isinstance(fault, AccessDenied)
    context = {
        "status": fault.status,
        "title": TITLES.get(fault.status, _("Something went wrong")),
        "message": "" if denied or unknown or fault.status >= 500 else fault.message,
        "reason": fault.message if denied or unknown else "",
        "authorization_id": fault.authorization_id if isinstance(fault, AccessDenied) else "",
        "trace_url": _trace_of(visit, fault),
        "request_id": visit.call.request_id,
        "links": [{"label": _("Back"), "url": back}] if (back := _came_from(visit.request)) else [],
        "next_step": _("An administrator can grant this; tell them the authorization id.") if denied else "",
    }
    if denied:
        context |= deactivated.refusal(visit)
    if visit.request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(fault.message, status=fault.status, content_type="text/plain; charset=utf-8")
    return visit.page("error", context, status=fault.status).render()  # type: ignore[attr-defined,no-any-return]


def _trace_of(visit: Visit, fault: Fault) -> str:
    """The page that explains a refusal, for whoever may read it."""
    named = fault.authorization_id if isinstance(fault, AccessDenied) else ""
    if not named or visit.refusal("iamconsole:ExplainDenial") is not None:
        return ""
    return reverse("console:denial", args=[named])


def _came_from(request: HttpRequest) -> str:
    """The page whose form was refused: what was typed there is still in the browser."""
    referer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    return referer if ours and request.method == "POST" else ""


def _nothing_here(visit: Visit, rest: str) -> HttpResponse:
    raise NoSuchEntity(_("There is no page at this address."))


def _stamped(response: HttpResponse, request_id: str, token: str = "") -> HttpResponse:
    response["x-amzn-RequestId"] = request_id
    if token:
        response["X-Iam-Consistency-Token"] = token
    return response


def local_url(request: HttpRequest, url: str) -> str:
    """The address, if it leads to this site."""
    allowed = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if allowed else ""


def bare_page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page outside of a session."""
    whole = navigation.outer_frame(request) | context
    return TemplateResponse(request, f"console/{template}.html", whole, status=status)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's answer to what it refuses before any page runs, such as a form that is too large."""
    if not request.path.startswith("/console/"):
        return bad_request(request, exception)
    large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    status = 413 if large else 400
    context = {"status": status, "title": TITLES[status], "message": TOO_LARGE if large else ""}
    return bare_page(request, "error", context, status=status).render()  # type: ignore[attr-defined,no-any-return]


site = ConsoleSite()

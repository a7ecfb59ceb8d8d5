"""Registering a service, and changing one: rows to fill in or JSON to paste, checked while one types."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import OperationForm, text_field
from iamconsole.interfaces.console.pages.services import code, head
from iamconsole.interfaces.console.pages.services.draft import Draft
from iamconsole.interfaces.console.visit import Visit, operation
from iamconsole.kernel.errors import AccessDenied, Fault, InvalidInput

REGISTER, UPDATE = "iamconsole:RegisterService", "iamconsole:UpdateService"
ROWS, JSON, CHECK = "rows", "json", "check"
VIEWS = (ROWS, JSON)
SAMPLE = code.pretty(
    {
        "Actions": [{"Name": "Read", "AccessLevel": "Read", "ResourceTypes": ["order"]}],
        "ResourceTypes": [{"Name": "order", "ArnTemplate": "arn:${Partition}:orders:::order/${OrderId}"}],
        "ConditionKeys": [{"Name": "orders:Priority", "Type": "String"}],
    }
)


class ServiceForm(OperationForm):
    """What a service is called, and what its service-linked role is allowed; its parts are rows beside it."""

    blamed = {"EntityAlreadyExists": "service_prefix", "MalformedPolicyDocument": "service_linked_role_policy"}

    service_prefix = text_field(
        _("Prefix"),
        max_length=32,
        help_text=_("What its actions begin with: orders in orders:Read. Lower case, digits and -; it cannot change."),
    )
    service_name = text_field(_("Name"), max_length=128, help_text=_("As people know it."))
    service_linked_role_policy = forms.CharField(
        label=_("Policy of its service-linked role"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "lines"}),
        help_text=_("What a role that is made for it alone is allowed; leave it blank where there is none."),
    )
    definition = forms.CharField(
        label=_("Definition"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false", "class": "lines document"}),
        help_text=_("Actions, ResourceTypes and ConditionKeys, as GetService answers them."),
    )


def service_create(visit: Visit) -> HttpResponse:
    """A new service; its page comes next, where it gets a key."""
    visit.demand(REGISTER)
    return _page(visit, REGISTER, ServiceForm(visit.request.POST or None), Draft(), None)


def service_edit(visit: Visit, prefix: str) -> HttpResponse:
    """Another name and other parts for a registered service."""
    service = visit.run(head.GET, service_prefix=prefix).service
    visit.demand(UPDATE, service_prefix=prefix)
    if service.is_built_in:
        raise InvalidInput(f"Service {prefix} is built in: only registered services can be changed.")
    initial = {
        "service_prefix": service.service_prefix,
        "service_name": service.service_name,
        "service_linked_role_policy": service.service_linked_role_policy,
    }
    form = ServiceForm(visit.request.POST or None, initial=initial)
    form.fields["service_prefix"].disabled = True
    return _page(visit, UPDATE, form, Draft.of_service(service), service)


def service_check(visit: Visit) -> HttpResponse:
    """What RegisterService or UpdateService would say of the form as it stands, as a part of its page."""
    form = ServiceForm(visit.request.POST)
    action = UPDATE if visit.request.POST.get("operation") == UPDATE else REGISTER
    try:
        fault = _refused(visit, action, _members(form, _draft(form)))
    except InvalidInput as wrong:
        return visit.fragment("_service_checks", {"fault": wrong.message})
    return visit.fragment("_service_checks", {"fault": fault.message if fault else "", "checked": True})


def _refused(visit: Visit, action: str, members: dict[str, Any]) -> Fault | None:
    """The fault of a dry run."""
    (outcome,) = visit.batch([(action, members)], dry_run=True)
    return outcome.fault


def _draft(form: ServiceForm) -> Draft:
    """What was sent: rows, unless the form had the definition as JSON."""
    post: Any = form.data
    return Draft.of_json(post["definition"]) if "definition" in post else Draft.of_rows(post)


def _members(form: ServiceForm, draft: Draft) -> dict[str, Any]:
    said = {name: str(form[name].value() or "").strip() for name in ("service_prefix", "service_name")}
    policy = form["service_linked_role_policy"].value()
    return said | draft.members() | ({"service_linked_role_policy": policy} if policy else {})


def _page(visit: Visit, action: str, form: ServiceForm, draft: Draft, service: Any) -> HttpResponse:
    step = visit.request.POST.get("step", "")
    asked_for = step if step in VIEWS else visit.request.GET.get("view")
    view = JSON if asked_for == JSON or (step != ROWS and "definition" in form.data) else ROWS
    checks: dict[str, Any] = {}
    try:
        if visit.posting:
            draft = _draft(form)
        if step == CHECK:
            fault = _refused(visit, action, _members(form, draft))
            checks = {"checked": True, "fault": fault.message if fault else ""}
        elif visit.posting and step not in VIEWS and form.is_valid():
            visit.run(action, **_members(form, draft))
            return _saved(visit, action, form.cleaned_data["service_prefix"])
    except AccessDenied:
        raise
    except Fault as fault:
        form.is_valid()
        form.blame(fault)
        step = ""
    if step:
        form = _as_typed(form)
    context = _context(visit, action, form, draft, view if draft.fits_rows else JSON, service)
    return visit.page("service_form", context | checks, status=400 if form.errors else 200)


def _as_typed(form: ServiceForm) -> ServiceForm:
    """The form with what was typed, which nobody wants to save yet: blank fields are no fault."""
    made = ServiceForm(initial={name: form[name].value() for name in form.fields})
    made.fields["service_prefix"].disabled = form.fields["service_prefix"].disabled
    return made


def _saved(visit: Visit, action: str, prefix: str) -> HttpResponse:
    if action == UPDATE:
        return visit.redirect(head.url(prefix), _("Service %(name)s was saved.") % {"name": prefix})
    said = _("Service %(name)s was registered. Next, give it an access key.") % {"name": prefix}
    may_see_keys = visit.refusal(head.KEYS, service_prefix=prefix) is None
    return visit.redirect(head.url(prefix, head.CREDENTIALS if may_see_keys else head.ACTIONS), said)


def _context(visit: Visit, action: str, form: ServiceForm, draft: Draft, view: str, service: Any) -> dict[str, Any]:
    title = _("Edit %(name)s") % {"name": service.service_prefix} if service else _("Register a service")
    known = _members(form, draft) if visit.posting or service else {"service_prefix": "NAME"}
    return {
        "title": title,
        "subtitle": _("Policies can then name its actions, resources and condition keys, and be checked against them."),
        "breadcrumbs": head.crumbs(service, _("Edit")) if service else [*head.listed(), {"label": title}],
        "form": form,
        "names": [form["service_prefix"], form["service_name"]],
        "role_policy": form["service_linked_role_policy"],
        "definition": {"field": form["definition"], "text": _written(form, draft), "sample": SAMPLE},
        "tables": draft.tables() if view == ROWS else [],
        "view": view,
        "fits_rows": draft.fits_rows,
        "operation": action,
        "check_url": reverse("console:service-check"),
        "submit_label": _("Save service") if service else _("Register service"),
        "cancel_url": head.url(service.service_prefix) if service else reverse("console:services"),
        "callout": _gone() if service else "",
        "cli_note": _("Keys come from the environment."),
        "cli_equivalent": code.of_operation(visit, operation(action), known),
    }


def _written(form: ServiceForm, draft: Draft) -> str:
    """The definition as it was typed, else that of the draft; blank for a new one, which the sample explains."""
    return form["definition"].value() or (draft.json() if any(draft.parts.values()) else "")


def _gone() -> Any:
    return _("What is left out is gone. Policies that name it stay as they are; their checks will point it out.")

"""Workloads: hosts and tasks that are a role without keys in their configuration."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.forms import OperationForm, name_field, text_field
from iamconsole.interfaces.console.pages.consequences import used
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.console.visit import Visit

TITLE = _("Workloads")
PAGE = 50
COLUMNS = (
    {"label": _("Workload")},
    {"label": _("Type")},
    {"label": _("Role or profile")},
    {"label": _("State")},
    {"label": _("Last used")},
    {"label": _("Key made")},
)


class WorkloadForm(OperationForm):
    """A host by its instance profile, or a task by its role."""

    blamed = {"EntityAlreadyExists": "workload_name"}

    workload_name = name_field(_("Workload name"), max_length=128)
    instance_profile_name = text_field(
        _("Instance profile"), required=False, max_length=128, help_text=_("For a host.")
    )
    role_name = text_field(_("Role"), required=False, max_length=64, help_text=_("For a task."))


def workloads_list(visit: Visit) -> HttpResponse:
    """The account's workloads, a page at a time."""
    marker = visit.request.GET.get("marker") or None
    found = visit.run("iamconsole:ListWorkloads", marker=marker, max_items=PAGE)
    here, count = reverse("console:workloads"), len(found.workloads)
    context = {
        "title": TITLE,
        "subtitle": _("Hosts and tasks that prove who they are and get a role's credentials, again and again."),
        "breadcrumbs": [{"label": _("Access management")}, {"label": TITLE}],
        "actions": [_create_control(visit)],
        "columns": COLUMNS,
        "rows": [{"cells": _cells(each)} for each in found.workloads],
        "pagination": {
            "summary": ngettext("%(n)d workload", "%(n)d workloads", count) % {"n": count},
            "previous_url": here if marker else "",
            "next_url": f"{here}?marker={found.marker}" if found.is_truncated else "",
        },
        "empty": {
            "title": _("No workloads yet"),
            "text": _("Register a host: a small agent on it hands a role's temporary credentials to unchanged SDKs."),
            "icon": "server",
            "action": _create_control(visit),
        },
    }
    return visit.page("list", context)


def _listed() -> list[dict[str, Any]]:
    return [{"label": _("Access management")}, {"label": TITLE, "url": reverse("console:workloads")}]


def _create_control(visit: Visit) -> dict[str, Any]:
    button = cells.action(_("Register workload"), reverse("console:workload-create"), tone="primary", icon="plus")
    return visit.offer(button, "iamconsole:RegisterWorkload")


def _state(workload: Any) -> cells.Cell:
    return cells.badge(_("Active"), "ok", icon="check") if workload.status == "Active" else cells.badge(_("Inactive"))


def _cells(workload: Any) -> list[cells.Cell]:
    return [
        cells.link(workload.workload_name, reverse("console:workload", args=[workload.workload_name])),
        cells.text(_("Host") if workload.workload_type == "Host" else _("Task")),
        cells.text(workload.instance_profile_name or workload.role_name),
        _state(workload),
        cells.time(workload.last_used_date),
        cells.time(workload.key_create_date),
    ]


def workload_detail(visit: Visit, name: str) -> HttpResponse:
    """A workload, and what ends its access: deactivating, a new key, taking it away."""
    found = visit.run("iamconsole:GetWorkload", workload_name=name).workload
    name, active, who = found.workload_name, found.status == "Active", {"workload_name": found.workload_name}
    change = reverse("console:workload-change", args=[name])
    switch = cells.post(_("Deactivate") if active else _("Activate"), change, status="Inactive" if active else "Active")
    rotate = cells.post(_("New key"), change, do="rotate")
    delete = cells.action(_("Delete"), reverse("console:workload-delete", args=[name]), tone="danger", icon="trash-2")
    pairs = [
        {"label": _("Instance profile"), "cell": cells.text(found.instance_profile_name)},
        {"label": _("Role"), "cell": cells.text(found.role_name)},
        {"label": _("Proves itself by"), "cell": cells.text(found.key_type, note=found.key_thumbprint or "")},
        {"label": _("Key expires"), "cell": cells.time(found.key_expiration)},
        {"label": _("Unique ID"), "cell": cells.mono(found.workload_id, copyable=True)},
    ]
    context = {
        "title": name,
        "arn": found.arn,
        "breadcrumbs": [*_listed(), {"label": name}],
        "actions": [
            visit.offer(switch, "iamconsole:UpdateWorkload", **who),
            *([visit.offer(rotate, "iamconsole:RotateWorkloadKey", **who)] if found.key_type == "HostKey" else []),
            visit.offer(delete, "iamconsole:DeregisterWorkload", **who),
        ],
        "facts": [
            {"label": _("State"), "cell": _state(found)},
            {"label": _("Last used"), "cell": cells.time(found.last_used_date)},
            {"label": _("Key made"), "cell": cells.time(found.key_create_date)},
            {"label": _("Created"), "cell": cells.time(found.create_date)},
        ],
        "panels": [{"title": _("Identity"), "pairs": pairs}],
    }
    return visit.page("detail", context)


def workload_create(visit: Visit) -> HttpResponse:
    """Register a workload; its key is shown in the answer to this POST alone."""
    visit.demand("iamconsole:RegisterWorkload")
    form = WorkloadForm(visit.request.POST or None)
    if visit.posting and form.is_valid():
        with form.blaming():
            made = visit.run("iamconsole:RegisterWorkload", **form.members())
            return _key_page(visit, made)
    context = {
        "title": _("Register a workload"),
        "breadcrumbs": [*_listed(), {"label": _("Register")}],
        "form": form,
        "submit_label": _("Register"),
        "cancel_url": reverse("console:workloads"),
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def _key_page(visit: Visit, made: Any) -> HttpResponse:
    """The host key, once."""
    name = made.workload.workload_name
    there = reverse("console:workload", args=[name])
    server = visit.request.build_absolute_uri("/").rstrip("/")
    context = {
        "title": _("Save the key of %(name)s") % {"name": name},
        "breadcrumbs": [*_listed(), {"label": name, "url": there}, {"label": _("Key")}],
        "secrets": [{"label": _("Host key"), "value": made.host_key, "sensitive": True}],
        "continue_url": there,
        "steps": [
            _("On the host, put the key into a file of mode 0600."),
            f"python -m iamconsole.client.agent --server {server} --host-key /etc/iamconsole/host.key",
        ],
    }
    return visit.shown_once(visit.page("secret_once", context), there)


def workload_change(visit: Visit, name: str) -> HttpResponse:
    """Switch a workload on or off, or give it another key."""
    there = reverse("console:workload", args=[name])
    if visit.posting and visit.request.POST.get("do") == "rotate":
        return _key_page(visit, visit.run("iamconsole:RotateWorkloadKey", workload_name=name))
    if visit.posting:
        status = visit.request.POST.get("status", "")
        visit.run("iamconsole:UpdateWorkload", workload_name=name, status=status)
        return visit.redirect(there, _("The workload was saved."))
    return visit.redirect(there)


def _ending(visit: Visit, workload: Any) -> list[dict[str, Any]]:
    """The role, or instance profile, that it loses, and that it was in use a short while ago."""
    through = workload.role_name or workload.instance_profile_name
    told = [{"label": _("It gets no more credentials of %(role)s.") % {"role": through}, "icon": "id-card"}]
    lately = used(_("It was given credentials %(when)s."), workload.last_used_date, visit.call.time)
    return [*told, *lately]


def workload_delete(visit: Visit, name: str) -> HttpResponse:
    """Take a workload away; deactivating it first is offered."""
    found = visit.run("iamconsole:GetWorkload", workload_name=name).workload
    visit.demand("iamconsole:DeregisterWorkload", workload_name=name)
    name, wrong = found.workload_name, ""
    there = reverse("console:workload", args=[name])
    if visit.posting:
        if visit.request.POST.get("confirm") == name:
            visit.run("iamconsole:DeregisterWorkload", workload_name=name)
            return visit.redirect(reverse("console:workloads"), _("%(name)s was deleted.") % {"name": name})
        wrong = _("This is not the name of the workload.")
    context: dict[str, Any] = {
        "title": _("Delete %(name)s?") % {"name": name},
        "warning": _("Its key gets no more credentials; those that are out last until they expire."),
        "breadcrumbs": [*_listed(), {"label": name, "url": there}, {"label": _("Delete")}],
        "consequences": _ending(visit, found),
        "typed_name": name,
        "typed_error": wrong,
        "submit_label": _("Delete workload"),
        "cancel_url": there,
    }
    if found.status == "Active" and visit.refusal("iamconsole:UpdateWorkload", workload_name=name) is None:
        context["deactivate"] = {
            "url": reverse("console:workload-change", args=[name]),
            "text": _("Deactivating does the same and can be undone."),
            "fields": [{"name": "status", "value": "Inactive"}],
        }
    return visit.page("confirm_delete", context, status=400 if wrong else 200)


ROUTES = (
    Route("workloads/", workloads_list, "workloads"),
    Route("create/workload/", workload_create, "workload-create"),
    Route("workloads/<str:name>/", workload_detail, "workload"),
    Route("workloads/<str:name>/change/", workload_change, "workload-change"),
    Route("workloads/<str:name>/delete/", workload_delete, "workload-delete"),
)

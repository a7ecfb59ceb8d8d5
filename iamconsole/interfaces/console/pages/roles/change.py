"""Editing and deleting a role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.durations import length
from iamconsole.interfaces.console.forms import OperationForm, text_field
from iamconsole.interfaces.console.pages.consequences import (
    DETACHED,
    INLINE,
    PROFILES,
    consequence,
    refused,
    trusting,
    used,
)
from iamconsole.interfaces.console.pages.entities import crumbs
from iamconsole.interfaces.console.pages.kinds import ROLE
from iamconsole.interfaces.console.pages.roles import sessions
from iamconsole.interfaces.console.visit import Item, Visit, operation

DURATION_HELP = _("Seconds, from 3600 (one hour) to 43200 (twelve hours).")


class EditForm(OperationForm):
    """What can be changed of a role besides its policies."""

    description = text_field(_("Description"), required=False, max_length=1000)
    max_session_duration = forms.IntegerField(label=_("Longest session"), help_text=DURATION_HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = length(self.initial["max_session_duration"])
        self.fields["max_session_duration"].help_text = f"{DURATION_HELP} {_('Now: %(length)s.') % {'length': present}}"


def role_edit(visit: Visit, name: str) -> HttpResponse:
    role = visit.run("iam:GetRole", role_name=name).role
    initial = {"description": role.description or "", "max_session_duration": role.max_session_duration}
    form = EditForm(visit.request.POST or None, initial=initial)
    there = reverse("console:role", args=[role.role_name])
    members = dict(initial)
    if visit.posting and form.is_valid():
        members = {field: form.cleaned_data[field] for field in initial}
        with form.blaming():
            visit.run("iam:UpdateRole", role_name=name, **members)
            return visit.redirect(there, _("Role %(name)s was saved.") % {"name": role.role_name})
    context = {
        "title": _("Edit %(name)s") % {"name": role.role_name},
        "breadcrumbs": [*crumbs(ROLE, role.role_name), {"label": _("Edit")}],
        "form": form,
        "cancel_url": there,
        "cli_equivalent": snippets.of((operation("iam:UpdateRole"), {"role_name": role.role_name, **members})),
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def role_delete(visit: Visit, name: str) -> HttpResponse:
    """Delete a role: its policies, and its place in instance profiles, go first, in one batch."""
    role = visit.run("iam:GetRole", role_name=name).role
    name, who = role.role_name, ROLE.named(role.role_name)
    visit.demand("iam:DeleteRole", **who)
    items, lost = deletion(visit, name)
    wrong, last = "", role.role_last_used
    if visit.posting:
        if visit.request.POST.get("confirm") == name:
            visit.batch(items)
            return visit.redirect(reverse("console:roles"), _("Role %(name)s was deleted.") % {"name": name})
        wrong = _("This is not the name of the role.")
    context = {
        "title": _("Delete %(name)s?") % {"name": name},
        "breadcrumbs": [*crumbs(ROLE, name), {"label": _("Delete")}],
        "consequences": [
            *lost,
            *sessions.ending(visit, role),
            *used(_("It was assumed %(when)s."), last.last_used_date if last else None, visit.call.time),
            *trusting(visit, role.arn),
        ],
        "deactivate": {
            "url": reverse("console:role-revoke", args=[name]),
            "label": _("Revoke sessions instead"),
            "text": _("Revoking its sessions shows who still needs it: whoever is trusted can assume it anew."),
        }
        if visit.refusal("iamconsole:RevokeRoleSessions", **who) is None
        else None,
        "blockers": refused(visit, items),
        "typed_name": name,
        "typed_error": wrong,
        "submit_label": _("Delete role"),
        "cancel_url": reverse("console:role", args=[name]),
    }
    return visit.page("confirm_delete", context, status=400 if wrong else 200)


def deletion(visit: Visit, name: str) -> tuple[list[Item], list[dict[str, Any]]]:
    """The operations that delete a role with what it holds, and what is lost."""
    who = ROLE.named(name)
    profiles: list[Any] = visit.all("iam:ListInstanceProfilesForRole", **who)
    attached: list[Any] = visit.all("iam:ListAttachedRolePolicies", **who)
    inline: list[Any] = visit.all("iam:ListRolePolicies", **who)
    names = [profile.instance_profile_name for profile in profiles]
    visit.foresee("iam:RemoveRoleFromInstanceProfile", names)
    items: list[Item] = [("iam:RemoveRoleFromInstanceProfile", {**who, "instance_profile_name": n}) for n in names]
    items += [("iam:DetachRolePolicy", {**who, "policy_arn": policy.policy_arn}) for policy in attached]
    items += [("iam:DeleteRolePolicy", {**who, "policy_name": policy}) for policy in inline]
    lost = [
        *consequence(PROFILES, names, "id-card"),
        *consequence(DETACHED, [policy.policy_name for policy in attached], "unlink"),
        *consequence(INLINE, inline, "scroll-text"),
    ]
    return [*items, ("iam:DeleteRole", who)], lost

"""Creating, editing and deleting a role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as gettext
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import (
    OperationForm,
    name_field,
    path_field,
    tag_rows,
    tags_of,
    text_field,
)
from iamconsole.interfaces.console.pages import choices
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
from iamconsole.interfaces.console.pages.policies import editor
from iamconsole.interfaces.console.pages.roles import sessions, trust
from iamconsole.interfaces.console.visit import Item, Refused, Visit, operation, page_of
from iamconsole.kernel.errors import AccessDenied, Fault
from policies.engine import PolicyKind

TRUST_CHOICES = (
    ("this-account", _("This account: its policies say who of it")),
    ("other-account", _("Another account")),
    ("service", _("A service")),
    ("custom", _("A trust policy of your own")),
)
SERVICES = ("ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com")
DURATION_HELP = _("Seconds, from 3600 (one hour) to 43200 (twelve hours).")


class RoleForm(OperationForm):
    """A new role: who may assume it and what it may do then."""

    blamed = {"EntityAlreadyExists": "role_name", "MalformedPolicyDocument": "assume_role_policy_document"}

    role_name = name_field(_("Role name"), max_length=64)
    description = text_field(_("Description"), required=False, max_length=1000)
    path = path_field(initial="/")
    trusted = forms.ChoiceField(
        label=_("Who may assume it"), choices=TRUST_CHOICES, initial="this-account", widget=forms.RadioSelect
    )
    account_id = text_field(_("Account ID"), required=False, max_length=14, help_text=_("For another account."))
    external_id = text_field(
        _("External ID"),
        required=False,
        max_length=1224,
        help_text=_("For another account of a third party: a value that only its requests on your behalf carry."),
    )
    service = text_field(
        _("Service principal"), required=False, max_length=128, help_text=_("For a service, such as ec2.amazonaws.com.")
    )
    assume_role_policy_document = forms.CharField(
        label=_("Trust policy (JSON)"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_("For a trust policy of your own."),
    )
    max_session_duration = forms.IntegerField(
        label=_("Longest session"), required=False, initial=3600, help_text=DURATION_HELP
    )
    policy_arns = forms.MultipleChoiceField(label=_("Attach policies"), required=False)
    permissions_boundary = forms.ChoiceField(label=_("Permissions boundary"), required=False)

    def __init__(self, visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = visit.call.account_id
        self.fields["assume_role_policy_document"].widget.attrs.update(editor.checked(PolicyKind.TRUST))
        policies = choices.policies(visit)
        self.fields["policy_arns"].choices = policies
        self.fields["permissions_boundary"].choices = [("", gettext("None")), *policies]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        wanted = {"other-account": "account_id", "service": "service", "custom": "assume_role_policy_document"}
        field = wanted.get(data.get("trusted", ""))
        if field and not data.get(field):
            self.add_error(field, _("This is needed for the choice above."))
        if data.get("external_id") and data.get("trusted") != "other-account":
            self.add_error("external_id", _("An external ID goes with another account alone."))
        return data

    def trust_policy(self) -> str:
        """The document that the choice stands for."""
        data = self.cleaned_data
        match data["trusted"]:
            case "other-account":
                return trust.of_account(data["account_id"].replace("-", ""), external_id=data["external_id"])
            case "service":
                return trust.of_service(data["service"])
            case "custom":
                return data["assume_role_policy_document"].replace("\r\n", "\n")
        return trust.of_account(self.account)

    def items(self, tags: list[dict[str, str]]) -> list[Item]:
        names = ("role_name", "description", "path", "max_session_duration", "permissions_boundary")
        made = {**self.members(*names), "assume_role_policy_document": self.trust_policy(), "tags": tags or None}
        who = {"role_name": self.cleaned_data["role_name"]}
        attached = [("iam:AttachRolePolicy", {**who, "policy_arn": arn}) for arn in self.cleaned_data["policy_arns"]]
        return [("iam:CreateRole", made), *attached]


def _suggested(visit: Visit) -> dict[str, Any]:
    """The beginning of a role for an identity provider, from whose page one came."""
    arn = visit.request.GET.get("provider", "")
    return {"trusted": "custom", "assume_role_policy_document": trust.of_provider(arn)} if arn else {}


def role_create(visit: Visit) -> HttpResponse:
    visit.demand("iam:CreateRole")
    form = RoleForm(visit, visit.request.POST or None, initial=_suggested(visit))
    tags = tags_of(visit.request.POST) if visit.posting else []
    fault: Fault | None = None
    if visit.posting and form.is_valid():
        name = form.cleaned_data["role_name"]
        there = page_of("role", name)
        try:
            visit.batch(form.items(tags))
        except Refused as refused:
            if isinstance(refused.fault, AccessDenied):
                raise
            fault = refused.fault
            form.blame(fault)
        else:
            return visit.redirect(there, _("Role %(name)s was created.") % {"name": name})
    known = form.is_bound and not form.errors
    items = form.items(tags) if known else [("iam:CreateRole", {"role_name": "NAME"})]
    context = {
        "title": _("Create role"),
        "breadcrumbs": [{"label": _("Roles"), "url": reverse("console:roles")}, {"label": _("Create role")}],
        "form": form,
        "fieldsets": [
            {"title": _("Name"), "fields": [form[name] for name in ("role_name", "description", "path")]},
            {
                "title": _("Trust"),
                "help": _("who may assume the role"),
                "fields": [
                    form[name]
                    for name in ("trusted", "account_id", "external_id", "service", "assume_role_policy_document")
                ],
            },
            {
                "title": _("Permissions"),
                "fields": [form[name] for name in ("policy_arns", "permissions_boundary", "max_session_duration")],
            },
        ],
        "findings": editor.found(visit, form["assume_role_policy_document"].value() or "", PolicyKind.TRUST),
        "tags": tag_rows(tags, fault),
        "submit_label": _("Create role"),
        "cancel_url": reverse("console:roles"),
        "cli_equivalent": snippets.of_all((operation(action), members) for action, members in items),
    }
    return visit.page("role_form", context, status=400 if form.errors else 200)


class EditForm(OperationForm):
    """What can be changed of a role besides its policies."""

    description = text_field(_("Description"), required=False, max_length=1000)
    max_session_duration = forms.IntegerField(label=_("Longest session"), help_text=DURATION_HELP)


def role_edit(visit: Visit, name: str) -> HttpResponse:
    role = visit.run("iam:GetRole", role_name=name).role
    initial = {"description": role.description or "", "max_session_duration": role.max_session_duration}
    form = EditForm(visit.request.POST or None, initial=initial)
    there = reverse("console:role", args=[role.role_name])
    members = dict(initial)
    if visit.posting and form.is_valid():
        members = {field: form.cleaned_data[field] for field in initial}
        try:
            visit.run("iam:UpdateRole", role_name=name, **members)
        except AccessDenied:
            raise
        except Fault as fault:
            form.blame(fault)
        else:
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
    items: list[Item] = [
        ("iam:RemoveRoleFromInstanceProfile", {**who, "instance_profile_name": p.instance_profile_name})
        for p in profiles
    ]
    items += [("iam:DetachRolePolicy", {**who, "policy_arn": policy.policy_arn}) for policy in attached]
    items += [("iam:DeleteRolePolicy", {**who, "policy_name": policy}) for policy in inline]
    lost = [
        *consequence(PROFILES, [p.instance_profile_name for p in profiles], "id-card"),
        *consequence(DETACHED, [policy.policy_name for policy in attached], "unlink"),
        *consequence(INLINE, inline, "scroll-text"),
    ]
    return [*items, ("iam:DeleteRole", who)], lost

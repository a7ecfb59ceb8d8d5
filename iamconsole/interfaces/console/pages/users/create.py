"""Creating a user: name, password, key, groups, policies, boundary and tags, all in one batch."""

from __future__ import annotations

import secrets
import string
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import name_field, path_field, tag_rows, tags_of
from iamconsole.interfaces.console.pages import once
from iamconsole.interfaces.console.pages.users import credentials_tab
from iamconsole.interfaces.console.picking import GROUPS, POLICIES, OneField, PickingForm, SomeField
from iamconsole.interfaces.console.visit import Item, Refused, Visit, operation, page_of
from iamconsole.kernel.errors import AccessDenied, Fault

GENERATED_LENGTH = 20
SYMBOLS = "!@#$%^&*()_+-="
PASSWORD_CHOICES = (
    ("none", _("No console access")),
    ("generated", _("Console access with a generated password")),
    ("typed", _("Console access with a password of your choice")),
)


def generated_password(visit: Visit) -> str:
    """Twenty characters of all four kinds, some 120 bits; a letter first, so that it is no spreadsheet formula.

    More where the account's policy demands more.
    """
    length = max(GENERATED_LENGTH, _demanded_length(visit))
    alphabets = (string.ascii_uppercase, string.ascii_lowercase, string.digits, SYMBOLS)
    characters = [secrets.choice(alphabet) for alphabet in alphabets]
    characters += [secrets.choice("".join(alphabets)) for _n in range(length - len(alphabets) - 1)]
    secrets.SystemRandom().shuffle(characters)
    return secrets.choice(string.ascii_letters) + "".join(characters)


def _demanded_length(visit: Visit) -> int:
    if visit.refusal("iam:GetAccountPasswordPolicy") is not None:
        return 0
    found = visit.look("iam:GetAccountPasswordPolicy")
    return found.password_policy.minimum_password_length if found else 0


class UserForm(PickingForm):
    """What a new user begins with."""

    blamed = {"EntityAlreadyExists": "user_name", "PasswordPolicyViolation": "password"}

    user_name = name_field(_("User name"), max_length=64)
    path = path_field(initial="/")
    console_access = forms.ChoiceField(
        label=_("Password"), choices=PASSWORD_CHOICES, initial="none", widget=forms.RadioSelect
    )
    password = forms.CharField(
        label=_("Password of your choice"),
        required=False,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_reset_required = forms.BooleanField(
        label=_("The user must choose a new password at the first sign-in"), required=False
    )
    access_key = forms.BooleanField(label=_("Create an access key for programs"), required=False)
    groups = SomeField(GROUPS, label=_("Groups"), required=False)
    policy_arns = SomeField(
        POLICIES,
        label=_("Attach policies directly"),
        required=False,
        help_text=_("Groups are easier to review: attach here only what this user alone needs."),
    )
    permissions_boundary = OneField(
        POLICIES,
        label=_("Permissions boundary"),
        required=False,
        help_text=_("The most that this user can ever be allowed, whatever its other policies say."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("console_access") == "typed" and not data.get("password"):
            self.add_error("password", _("Type a password, or let one be generated."))
        if data.get("console_access") != "typed" and data.get("password"):
            self.add_error("console_access", _("A password was typed below: choose that, or leave it empty."))
        return data

    def items(self, tags: list[dict[str, str]], password: str) -> list[Item]:
        """The operations that make the user, in order."""
        name = self.cleaned_data["user_name"]
        user = {"user_name": name}
        made: list[Item] = [
            ("iam:CreateUser", {**self.members("user_name", "path", "permissions_boundary"), "tags": tags or None})
        ]
        if password:
            reset = self.cleaned_data["password_reset_required"]
            made.append(("iam:CreateLoginProfile", {**user, "password": password, "password_reset_required": reset}))
        made += [("iam:AddUserToGroup", {**user, "group_name": group}) for group in self.cleaned_data["groups"]]
        made += [("iam:AttachUserPolicy", {**user, "policy_arn": arn}) for arn in self.cleaned_data["policy_arns"]]
        if self.cleaned_data["access_key"]:
            made.append(("iam:CreateAccessKey", user))
        return made


def user_create(visit: Visit) -> HttpResponse:
    """The form, and what became of it; secrets are shown in the answer to the POST and nowhere else."""
    visit.demand("iam:CreateUser")
    if not visit.posting:
        return _form_page(visit, UserForm(visit, initial=_suggested(visit)), [])
    form, tags = UserForm(visit, visit.request.POST), tags_of(visit.request.POST)
    if not form.is_valid():
        return _form_page(visit, form, tags)
    name = form.cleaned_data["user_name"]
    there = page_of("user", name)
    password = _password(visit, form)
    try:
        outcomes = visit.batch(form.items(tags, password))
    except Refused as refused:
        if isinstance(refused.fault, AccessDenied):
            raise
        form.blame(refused.fault)
        return _form_page(visit, form, tags, refused.fault)
    said = _("User %(name)s was created.") % {"name": name}
    key = next((o.result.access_key for o in outcomes if o.operation.name == "CreateAccessKey"), None)  # type: ignore[union-attr]
    if key is None and form.cleaned_data["console_access"] != "generated":
        return visit.redirect(there, said)
    shown = password if form.cleaned_data["console_access"] == "generated" else ""
    return once.credentials_page(
        visit, name, password=shown, key=key, continue_url=there, subtitle=said, below=[credentials_tab.listed()]
    )


def _suggested(visit: Visit) -> dict[str, Any]:
    """What the form begins with, where a link says: a group, and how the user signs in."""
    asked = visit.request.GET
    return {"groups": asked.getlist("group"), "console_access": asked.get("console", "none")}


def _password(visit: Visit, form: UserForm) -> str:
    match form.cleaned_data["console_access"]:
        case "generated":
            return generated_password(visit)
        case "typed":
            return str(form.cleaned_data["password"])
    return ""


def _form_page(visit: Visit, form: UserForm, tags: list[dict[str, str]], fault: Fault | None = None) -> HttpResponse:
    context = {
        "title": _("Create user"),
        "breadcrumbs": [{"label": _("Users"), "url": reverse("console:users")}, {"label": _("Create user")}],
        "form": form,
        "fieldsets": [
            {"title": _("Name"), "fields": [form["user_name"], form["path"]]},
            {
                "title": _("Credentials"),
                "fields": [
                    form["console_access"],
                    form["password"],
                    form["password_reset_required"],
                    form["access_key"],
                ],
            },
            {"title": _("Permissions"), "fields": [form["groups"], form["policy_arns"], form["permissions_boundary"]]},
        ],
        "tags": tag_rows(tags, fault),
        "submit_label": _("Create user"),
        "cancel_url": reverse("console:users"),
        "cli_equivalent": _commands(form, tags),
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def _commands(form: UserForm, tags: list[dict[str, str]]) -> list[dict[str, str]]:
    if not form.is_bound or form.errors.keys() - {"__all__"}:
        return snippets.of((operation("iam:CreateUser"), {"user_name": "NAME"}))
    wanted = "password" if form.cleaned_data["console_access"] != "none" else ""
    return snippets.of_all((operation(action), members) for action, members in form.items(tags, wanted))

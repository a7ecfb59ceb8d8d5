"""The form of a new role: whom it trusts, what it may do, and its limits."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import name_field, path_field, text_field
from iamconsole.interfaces.console.pages.roles.change import DURATION_HELP
from iamconsole.interfaces.console.pages.roles.trusted import DOCUMENT, TrustForm
from iamconsole.interfaces.console.picking import POLICIES, OneField, SomeField
from iamconsole.interfaces.console.visit import Item, Visit

NAMED: Final = ("role_name", "description", "path", "max_session_duration", "permissions_boundary")


class RoleForm(TrustForm):
    """A new role: who may assume it and what it may do then."""

    blamed = {"EntityAlreadyExists": "role_name", "MalformedPolicyDocument": DOCUMENT}

    role_name = name_field(_("Role name"), max_length=64)
    description = text_field(_("Description"), required=False, max_length=1000)
    path = path_field(initial="/")
    max_session_duration = forms.IntegerField(
        label=_("Longest session"), required=False, initial=3600, help_text=DURATION_HELP
    )
    policy_arns = SomeField(
        POLICIES, label=_("Attach policies"), required=False, help_text=_("What whoever assumes it may do then.")
    )
    permissions_boundary = OneField(
        POLICIES,
        label=_("Permissions boundary"),
        required=False,
        help_text=_("The most that the role can ever be allowed, whatever its other policies say."),
    )
    inline_policies = forms.MultipleChoiceField(
        label=_("Inline policies to copy"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(visit, *args, **kwargs)
        self.source = visit.request.GET.get("copy", "")
        inline = visit.all("iam:ListRolePolicies", role_name=self.source) if self.source else []
        self.fields["inline_policies"].choices = [(name, name) for name in inline]
        if not inline:
            del self.fields["inline_policies"]

    def items(self, tags: list[dict[str, str]]) -> list[Item]:
        made = {**self.members(*NAMED), DOCUMENT: self.trust_policy(), "tags": tags or None}
        who = {"role_name": self.cleaned_data["role_name"]}
        attached = [("iam:AttachRolePolicy", {**who, "policy_arn": arn}) for arn in self.cleaned_data["policy_arns"]]
        return [("iam:CreateRole", made), *attached, *self._copied(who)]

    def _copied(self, who: dict[str, str]) -> list[Item]:
        """The inline policies of the role that this one is a copy of, as they are now."""
        source, items = {"role_name": self.source}, list[Item]()
        for name in self.cleaned_data.get("inline_policies", ()):
            found = self.visit.run("iam:GetRolePolicy", **source, policy_name=name)
            items.append(("iam:PutRolePolicy", {**who, "policy_name": name, "policy_document": found.policy_document}))
        return items

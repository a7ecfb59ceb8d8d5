"""Editing the trust policy of a role."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages.entities import crumbs
from iamconsole.interfaces.console.pages.kinds import ROLE
from iamconsole.interfaces.console.pages.policies import editor
from iamconsole.interfaces.console.pages.policies.owned import Editing
from iamconsole.interfaces.console.pages.roles.detail import tab_url
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.preconditions import tag_of
from policies.engine import PolicyKind


def role_trust(visit: Visit, name: str) -> HttpResponse:
    """Edit the trust policy of a role."""
    role = visit.run("iam:GetRole", role_name=name).role
    visit.demand("iam:UpdateAssumeRolePolicy", role_name=role.role_name)
    name, there = role.role_name, tab_url(role.role_name, "trust")
    sheet = editor.sheet_of(visit, lambda: str(role.assume_role_policy_document))
    present = str(role.assume_role_policy_document)
    return Editing(
        visit=visit,
        sheet=sheet,
        form=OperationForm(visit.request.POST or None),
        item=lambda text: ("iam:UpdateAssumeRolePolicy", {"role_name": name, "policy_document": text}),
        stored=lambda: present,
        seen=visit.request.POST.get("seen", "") if visit.posting else tag_of(present),
        review_title=_("Review the trust policy of %(name)s") % {"name": name},
        said=lambda: _("The trust policy of %(name)s was saved.") % {"name": name},
        kind=PolicyKind.TRUST,
        quota="ACLSizePerRole",
        frame={
            "title": _("Edit the trust policy of %(name)s") % {"name": name},
            "subtitle": _("It says who may assume the role; sessions that are open stay as they are."),
            "breadcrumbs": [*crumbs(ROLE, name), {"label": _("Trust policy")}],
            "cancel_url": there,
        },
    ).answer()

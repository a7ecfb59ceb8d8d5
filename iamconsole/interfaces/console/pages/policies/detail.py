"""A managed policy: its document, the entities it is used on, its versions and tags."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.policies import editor
from iamconsole.interfaces.console.pages.policies.list import used_as
from iamconsole.interfaces.console.pages.policies.views import JSON, PLAIN, VIEWS, Sheet
from iamconsole.interfaces.console.visit import Visit
from policies.engine import PolicyKind

TABS = (
    ("policy", _("Document")),
    ("policy-entities", _("Entities attached")),
    ("policy-versions", _("Versions")),
    ("policy-tags", _("Tags")),
)


def policy_detail(visit: Visit, arn: str) -> HttpResponse:
    """The document of the default version, or of the one asked for."""
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    wanted = visit.request.GET.get("version") or policy.default_version_id
    shown = visit.run("iam:GetPolicyVersion", policy_arn=arn, version_id=wanted).policy_version
    sheet = Sheet.opened(shown.document, PLAIN if visit.request.GET.get("view") == PLAIN else JSON)
    versions = visit.all("iam:ListPolicyVersions", policy_arn=arn)
    context = head(visit, policy, "policy") | {
        "versions": [
            {"value": v.version_id, "label": version_label(v), "current": v.version_id == shown.version_id}
            for v in versions
        ],
        "views": [
            {"value": view, "label": VIEWS[view], "current": view == sheet.view, "url": _view_url(arn, wanted, view)}
            for view in (JSON, PLAIN)
        ],
        **editor.context(visit, sheet, kind=PolicyKind.IDENTITY, quota="PolicySize", read_only=True),
    }
    return visit.page("policy_editor", context)


def _view_url(arn: str, version: str, view: str) -> str:
    return f"{reverse('console:policy', args=[arn])}?{urlencode({'version': version, 'view': view})}"


def version_label(version: Any) -> str:
    return _("%(id)s (default)") % {"id": version.version_id} if version.is_default_version else version.version_id


def is_aws(arn: str) -> bool:
    return panels.AWS_OWNED in arn


def crumbs(policy: Any, *last: Any) -> list[dict[str, Any]]:
    """Where the page of a policy is, or a page below it."""
    here = {"label": policy.policy_name, "url": reverse("console:policy", args=[policy.arn])}
    listed = {"label": _("Policies"), "url": reverse("console:policies")}
    return [{"label": _("Access management")}, listed, here, *({"label": label} for label in last)]


def head(visit: Visit, policy: Any, tab: str) -> dict[str, Any]:
    """Title, tabs and actions of a policy."""
    arn = policy.arn
    edit = cells.action(_("Edit"), reverse("console:policy-edit", args=[arn]), tone="primary", icon="pencil")
    delete = cells.action(_("Delete"), reverse("console:policy-delete", args=[arn]), tone="danger", icon="trash-2")
    own = [
        visit.offer(edit, "iam:CreatePolicyVersion", "iam:ListPolicyVersions", "iam:GetPolicyVersion", policy_arn=arn),
        visit.offer(delete, "iam:DeletePolicy", "iam:ListEntitiesForPolicy", "iam:ListPolicyVersions", policy_arn=arn),
    ]
    kind = (
        {"label": _("AWS managed"), "tone": "info"} if is_aws(arn) else {"label": _("Customer managed"), "tone": "ok"}
    )
    counts = used_as(policy.attachment_count, policy.permissions_boundary_usage_count)
    return {
        "title": policy.policy_name,
        "subtitle": policy.description or "",
        "arn": arn,
        "badges": [kind, *({"label": text, "tone": ""} for text in counts)],
        "breadcrumbs": crumbs(policy),
        "actions": [] if is_aws(arn) else own,
        "tabs": [
            {"label": label, "url": reverse(f"console:{name}", args=[arn]), "current": name == tab}
            for name, label in TABS
        ],
    }


def policy_tags(visit: Visit, arn: str) -> HttpResponse:
    """The tags of a policy, and a form to change them."""
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    refused = visit.refusal("iam:TagPolicy", policy_arn=arn) or visit.refusal("iam:ListPolicyTags", policy_arn=arn)
    if is_aws(arn):
        refused = _("AWS managed policies cannot be tagged.")
    panel = panels.tags(visit, reverse("console:policy-tags-save", args=[arn]), policy.tags or [], refused=refused)
    return visit.page("detail", head(visit, policy, "policy-tags") | {"panels": [panel]})

"""The versions of a managed policy: what changed, and which one counts."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.policies.detail import head, is_aws
from iamconsole.interfaces.console.pages.policies.differences import split, unified
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import InvalidInput


def policy_versions(visit: Visit, arn: str) -> HttpResponse:
    """The versions, and the difference of two of them: `?compare=v2`, by default the newest against the default."""
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    versions = visit.all("iam:ListPolicyVersions", policy_arn=arn)
    compared = visit.request.GET.get("compare") or _newest_other(versions)
    context = head(visit, policy, "policy-versions") | {
        "limit": visit.call.quota("VersionsPerPolicy").limit,
        "versions": [_version(visit, arn, version) for version in versions],
    }
    if compared and compared != policy.default_version_id:
        context["diff"] = _diff(visit, arn, policy.default_version_id, compared)
    return visit.page("policy_versions", context)


def _newest_other(versions: list[Any]) -> str:
    return next((version.version_id for version in versions if not version.is_default_version), "")


def _version(visit: Visit, arn: str, version: Any) -> dict[str, Any]:
    here, shown = reverse("console:policy-versions", args=[arn]), reverse("console:policy", args=[arn])
    change = reverse("console:policy-version", args=[arn])
    entry: dict[str, Any] = {
        "id": version.version_id,
        "is_default": version.is_default_version,
        "created": version.create_date,
        "url": f"{shown}?{urlencode({'version': version.version_id})}",
        "fields": [{"name": "version_id", "value": version.version_id}],
    }
    if version.is_default_version or is_aws(arn):
        return entry
    entry["compare_url"] = f"{here}?{urlencode({'compare': version.version_id})}"
    if visit.refusal("iam:SetDefaultPolicyVersion", policy_arn=arn) is None:
        entry["set_default_url"] = f"{change}?do=default"
    if visit.refusal("iam:DeletePolicyVersion", policy_arn=arn) is None:
        entry["delete_url"] = f"{change}?do=delete"
    return entry


def policy_version(visit: Visit, arn: str) -> HttpResponse:
    """Make a version the one that counts, or delete it."""
    there = reverse("console:policy-versions", args=[arn])
    if not visit.posting:
        return visit.redirect(there)
    version, wanted = visit.request.POST.get("version_id", ""), visit.request.GET.get("do")
    if wanted == "default":
        visit.run("iam:SetDefaultPolicyVersion", policy_arn=arn, version_id=version)
        return visit.redirect(there, _("%(version)s is the default version now.") % {"version": version})
    if wanted == "delete":
        visit.run("iam:DeletePolicyVersion", policy_arn=arn, version_id=version)
        return visit.redirect(there, _("%(version)s was deleted.") % {"version": version})
    raise InvalidInput("Say what to do with the version: default or delete.")


def _diff(visit: Visit, arn: str, old: str, new: str) -> dict[str, Any]:
    texts = [
        visit.run("iam:GetPolicyVersion", policy_arn=arn, version_id=version).policy_version.document
        for version in (old, new)
    ]
    here = reverse("console:policy-versions", args=[arn])
    layout = {"compare": new}
    shared = {
        "old_label": _("%(version)s (default)") % {"version": old},
        "new_label": new,
        "split_url": f"{here}?{urlencode(layout)}",
        "unified_url": f"{here}?{urlencode({**layout, 'layout': 'unified'})}",
    }
    if visit.request.GET.get("layout") == "unified":
        return shared | {"diff_lines": unified(*texts)}
    return shared | {"rows": split(*texts)}

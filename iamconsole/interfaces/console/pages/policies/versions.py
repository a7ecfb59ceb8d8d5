"""The versions of a managed policy: who made them, what changed, and which one counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.policies import previews
from iamconsole.interfaces.console.pages.policies.detail import crumbs, head, is_aws, version_label
from iamconsole.interfaces.console.pages.policies.differences import difference
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity

LOOKUP = "iamconsole:LookupAuditEvents"
RECORDS = 100  # of versions that were made, among which those that are kept are found


def policy_versions(visit: Visit, arn: str) -> HttpResponse:
    """The versions, and the difference of two: `?compare=v2&with=v1`, by default the newest other and the default."""
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    versions = visit.all("iam:ListPolicyVersions", policy_arn=arn)
    default = policy.default_version_id
    compared = visit.request.GET.get("compare") or _newest_other(versions)
    beside = visit.request.GET.get("with") or default
    authors = _authors(visit, arn, versions)
    limit = visit.call.quota("VersionsPerPolicy").limit
    context = head(visit, policy, "policy-versions") | {
        "limit": limit,
        "full": len(versions) >= limit and not is_aws(arn),
        "versions": [_version(visit, arn, version, authors.get(version.version_id, "")) for version in versions],
        "choices": [
            {
                "value": version.version_id,
                "label": version_label(version),
                "old": version.version_id == beside,
                "new": version.version_id == compared,
            }
            for version in versions
        ]
        if len(versions) > 1
        else [],
    }
    if compared and compared != beside:
        context["diff"] = _diff(visit, arn, beside, compared, default)
    return visit.page("policy_versions", context)


def _newest_other(versions: list[Any]) -> str:
    return next((version.version_id for version in versions if not version.is_default_version), "")


def _version(visit: Visit, arn: str, version: Any, author: str) -> dict[str, Any]:
    shown = reverse("console:policy", args=[arn])
    entry: dict[str, Any] = {
        "id": version.version_id,
        "is_default": version.is_default_version,
        "created": version.create_date,
        "author": author.rpartition("/")[2] or author,
        "author_arn": author,
        "url": f"{shown}?{urlencode({'version': version.version_id})}",
    }
    if version.is_default_version or is_aws(arn):
        return entry
    named = {"version_id": version.version_id}
    change, edit = reverse("console:policy-version", args=[arn]), reverse("console:policy-edit", args=[arn])
    if visit.refusal("iam:CreatePolicyVersion", policy_arn=arn) is None:
        entry["restore_url"] = f"{edit}?{urlencode({'version': version.version_id, 'review': ''})}"
    if visit.refusal("iam:SetDefaultPolicyVersion", policy_arn=arn) is None:
        entry["set_default_url"] = f"{change}?{urlencode({'do': 'default', **named})}"
    if visit.refusal("iam:DeletePolicyVersion", policy_arn=arn) is None:
        entry["delete_url"] = f"{change}?{urlencode({'do': 'delete', **named})}"
    return entry


def _authors(visit: Visit, arn: str, versions: list[Any]) -> dict[str, str]:
    """Who made each version, as the audit trail tells whoever may ask it: a query, and one more where v1 is kept."""
    if is_aws(arn) or visit.refusal(LOOKUP):
        return {}
    found: dict[str, str] = {}
    names = ["CreatePolicyVersion"] if any(version.version_id != "v1" for version in versions) else []
    if any(version.version_id == "v1" for version in versions):
        names.append("CreatePolicy")
    for name in names:
        for event in visit.run(LOOKUP, event_name=name, resource=arn, max_items=RECORDS).events:
            if not event.error_code and (made := _made(json.loads(event.cloud_trail_event))):
                found.setdefault(made, event.principal)
    return found


def _made(record: Mapping[str, Any]) -> str:
    """The version that a record tells of."""
    answer = record.get("responseElements") or {}
    return str((answer.get("policyVersion") or {}).get("versionId") or ("v1" if "policy" in answer else ""))


def policy_version(visit: Visit, arn: str) -> HttpResponse:
    """Make a version the one that counts, or delete it: asked with its consequences, done by a POST."""
    there = reverse("console:policy-versions", args=[arn])
    sent = visit.request.POST if visit.posting else visit.request.GET
    version, wanted = sent.get("version_id", ""), visit.request.GET.get("do")
    if not visit.posting and not version:
        return visit.redirect(there)
    if wanted == "default":
        if not visit.posting:
            return _ask_default(visit, arn, version)
        with visit.unless_changed(visit.request.POST.get("seen", "")):
            visit.run("iam:SetDefaultPolicyVersion", policy_arn=arn, version_id=version)
        return visit.redirect(there, _("%(version)s is the default version now.") % {"version": version})
    if wanted == "delete":
        if not visit.posting:
            return _ask_delete(visit, arn, version)
        visit.run("iam:DeletePolicyVersion", policy_arn=arn, version_id=version)
        return visit.redirect(there, _("%(version)s was deleted.") % {"version": version})
    raise InvalidInput("Say what to do with the version: default or delete.")


def _ask_default(visit: Visit, arn: str, version: str) -> HttpResponse:
    """What would change if the version counted."""
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    default, text = policy.default_version_id, _text(visit, arn, version)
    context = head(visit, policy, "policy-versions") | {
        "title": _("Make %(version)s the default version of %(name)s?")
        % {"version": version, "name": policy.policy_name},
        "breadcrumbs": crumbs(policy, _("Default version")),
        "actions": [],
        "preview": previews.of_change(visit, arn, policy_document=text),
        "diff": difference(
            _text(visit, arn, default), text, old_label=_("%(v)s (default)") % {"v": default}, new_label=version
        ),
        "hidden": [{"name": "version_id", "value": version}, {"name": "seen", "value": default}],
        "publish_label": _("Make %(version)s the default") % {"version": version},
        "cancel_url": reverse("console:policy-versions", args=[arn]),
    }
    return visit.page("policy_review", context)


def _ask_delete(visit: Visit, arn: str, version: str) -> HttpResponse:
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    if version == policy.default_version_id:
        raise NoSuchEntity(f"{version} is the default version, which is deleted with the policy alone.")
    _text(visit, arn, version)
    context = {
        "title": _("Delete %(version)s of %(name)s?") % {"version": version, "name": policy.policy_name},
        "warning": _(
            "Its text is gone and can be neither compared nor restored. What the policy grants stays as it is, "
            "since %(default)s is the default version."
        )
        % {"default": policy.default_version_id},
        "breadcrumbs": crumbs(policy, _("Delete %(version)s") % {"version": version}),
        "fields": [{"name": "version_id", "value": version}],
        "submit_label": _("Delete version"),
        "cancel_url": reverse("console:policy-versions", args=[arn]),
    }
    return visit.page("confirm_delete", context)


def _text(visit: Visit, arn: str, version: str) -> str:
    shown = visit.run("iam:GetPolicyVersion", policy_arn=arn, version_id=version)
    return str(shown.policy_version.document)


def _diff(visit: Visit, arn: str, old: str, new: str, default: str) -> dict[str, Any]:
    labels = [_("%(v)s (default)") % {"v": version} if version == default else version for version in (old, new)]
    diff = difference(_text(visit, arn, old), _text(visit, arn, new), old_label=labels[0], new_label=labels[1])
    here = reverse("console:policy-versions", args=[arn])
    layout = {"compare": new, "with": old}
    wanted = visit.request.GET.get("layout", "")
    diff |= {
        "fitting_url": f"{here}?{urlencode(layout)}",
        "split_url": f"{here}?{urlencode({**layout, 'layout': 'split'})}",
        "unified_url": f"{here}?{urlencode({**layout, 'layout': 'unified'})}",
        "layout": wanted if wanted in ("split", "unified") else "",
    }
    return diff

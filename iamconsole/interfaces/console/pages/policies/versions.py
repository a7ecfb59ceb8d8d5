"""The versions of a managed policy: what changed, which one counts, editing and bringing one back."""

from __future__ import annotations

import difflib
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import aws_cli
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages.consequences import GRANTED, VERSIONS, consequence
from iamconsole.interfaces.console.pages.policies import editor
from iamconsole.interfaces.console.pages.policies.detail import head, is_aws, version_label
from iamconsole.interfaces.console.visit import Item, Refused, Visit, operation
from iamconsole.kernel.errors import AccessDenied, Fault, InvalidInput
from policies.engine import PolicyKind

KEPT = 5  # versions that AWS keeps of a policy


def policy_versions(visit: Visit, arn: str) -> HttpResponse:
    """The versions, and the difference of two of them: `?compare=v2`, by default the newest against the default."""
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    versions = visit.all("iam:ListPolicyVersions", policy_arn=arn)
    compared = visit.request.GET.get("compare") or _newest_other(versions)
    context = head(visit, policy, "policy-versions") | {
        "limit": visit.call.quota("VersionsPerPolicy").limit,
        "versions": [_version(visit, arn, version, len(versions)) for version in versions],
    }
    if compared and compared != policy.default_version_id:
        context["diff"] = _diff(visit, arn, policy.default_version_id, compared)
    return visit.page("policy_versions", context)


def _newest_other(versions: list[Any]) -> str:
    return next((version.version_id for version in versions if not version.is_default_version), "")


def _version(visit: Visit, arn: str, version: Any, present: int) -> dict[str, Any]:
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


def split(old: str, new: str) -> list[dict[str, Any]]:
    """Two texts side by side, equal lines facing each other."""
    left, right = old.splitlines(), new.splitlines()
    rows = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for offset in range(max(i2 - i1, j2 - j1)):
            i, j = i1 + offset, j1 + offset
            rows.append(
                {
                    "left": _line(i, left, "" if kind == "equal" else "removed") if i < i2 else None,
                    "right": _line(j, right, "" if kind == "equal" else "added") if j < j2 else None,
                }
            )
    return rows


def _line(index: int, lines: list[str], kind: str) -> dict[str, Any]:
    return {"number": index + 1, "text": lines[index], "kind": kind}


def unified(old: str, new: str) -> list[dict[str, Any]]:
    """Two texts as one, removed lines before added ones."""
    left, right = old.splitlines(), new.splitlines()
    lines: list[dict[str, Any]] = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += [{"kind": "", "old": i + 1, "new": j1 + i - i1 + 1, "text": left[i]} for i in range(i1, i2)]
            continue
        lines += [{"kind": "removed", "old": i + 1, "new": None, "text": left[i]} for i in range(i1, i2)]
        lines += [{"kind": "added", "old": None, "new": j + 1, "text": right[j]} for j in range(j1, j2)]
    return lines


class VersionForm(OperationForm):
    """What saving a new version asks beside the document: which one makes room, where five are kept already."""

    make_room = forms.ChoiceField(label=_("Version to delete to make room"))

    def __init__(self, spare: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if spare:
            self.fields["make_room"].choices = [
                (v.version_id, f"{v.version_id} ({v.create_date:%Y-%m-%d})") for v in spare
            ]
            self.fields["make_room"].initial = spare[-1].version_id
            self.fields["make_room"].help_text = _(
                "A policy keeps five versions, and there are five. The oldest is proposed."
            )
        else:
            del self.fields["make_room"]


def policy_edit(visit: Visit, arn: str) -> HttpResponse:
    """Edit a policy: saving adds a version that becomes the default, or one that waits."""
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    versions = visit.all("iam:ListPolicyVersions", policy_arn=arn)
    full = len(versions) >= visit.call.quota("VersionsPerPolicy").limit
    form = VersionForm([v for v in versions if full and not v.is_default_version], visit.request.POST or None)
    start = visit.request.GET.get("version") or policy.default_version_id
    there = reverse("console:policy", args=[arn])
    fault: Fault | None = None
    if visit.posting:
        text = editor.submitted(visit.request.POST)
        if form.is_valid():
            if not visit.first_time():
                return visit.redirect(there)
            try:
                visit.batch(
                    _items(arn, text, form.cleaned_data.get("make_room"), visit.request.POST.get("then") != "keep")
                )
            except Refused as refused:
                visit.allow_again()
                if isinstance(refused.fault, AccessDenied):
                    raise
                fault = refused.fault
                if not editor.document_errors(fault):
                    form.blame(fault)
            else:
                return visit.redirect(there, _("A new version of %(name)s was saved.") % {"name": policy.policy_name})
    else:
        text = visit.run("iam:GetPolicyVersion", policy_arn=arn, version_id=start).policy_version.document
    create = {"policy_arn": arn, "policy_document": text, "set_as_default": True}
    context = head(visit, policy, "policy") | {
        "title": _("Edit %(name)s") % {"name": policy.policy_name},
        "actions": [],
        "form": form,
        "fields": [form["make_room"]] if "make_room" in form.fields else [],
        "versions": [
            {"value": v.version_id, "label": version_label(v), "current": v.version_id == start} for v in versions
        ],
        "submits": [
            {"label": _("Publish as default"), "tone": "primary", "name": "then", "value": "publish"},
            {"label": _("Save without publishing"), "name": "then", "value": "keep"},
        ],
        "cancel_url": there,
        "cli_equivalent": aws_cli.command(operation("iam:CreatePolicyVersion"), create),
        **editor.context(visit, text, kind=PolicyKind.IDENTITY, quota="PolicySize", fault=fault),
    }
    return visit.page("policy_editor", context, status=400 if fault or form.errors else 200)


def _items(arn: str, text: str, make_room: str | None, publish: bool) -> list[Item]:
    room: list[Item] = [("iam:DeletePolicyVersion", {"policy_arn": arn, "version_id": make_room})] if make_room else []
    return [*room, ("iam:CreatePolicyVersion", {"policy_arn": arn, "policy_document": text, "set_as_default": publish})]


def policy_delete(visit: Visit, arn: str) -> HttpResponse:
    """Delete a policy: detached everywhere and its versions deleted first, in one batch."""
    policy = visit.run("iam:GetPolicy", policy_arn=arn).policy
    answer = visit.run(
        "iam:ListEntitiesForPolicy", policy_arn=arn, policy_usage_filter="PermissionsPolicy", max_items=1000
    )
    spare = [v for v in visit.all("iam:ListPolicyVersions", policy_arn=arn) if not v.is_default_version]
    items, entities = _detachments(arn, answer)
    items += [("iam:DeletePolicyVersion", {"policy_arn": arn, "version_id": v.version_id}) for v in spare]
    items.append(("iam:DeletePolicy", {"policy_arn": arn}))
    wrong = ""
    if visit.posting:
        if visit.request.POST.get("confirm") == policy.policy_name:
            visit.batch(items)
            return visit.redirect(
                reverse("console:policies"), _("Policy %(name)s was deleted.") % {"name": policy.policy_name}
            )
        wrong = _("This is not the name of the policy.")
    bounded = policy.permissions_boundary_usage_count
    there = reverse("console:policy", args=[arn])
    context = {
        "title": _("Delete %(name)s?") % {"name": policy.policy_name},
        "breadcrumbs": head(visit, policy, "policy")["breadcrumbs"],
        "consequences": [
            *consequence(GRANTED, entities, "unlink"),
            *consequence(VERSIONS, [version.version_id for version in spare], "scroll-text"),
        ],
        "blockers": [
            {
                "label": _("It is a permissions boundary; without it those users and roles could do more."),
                "url": reverse("console:policy-entities", args=[arn]),
            }
        ]
        if bounded
        else [],
        "typed_name": policy.policy_name,
        "typed_error": wrong,
        "submit_label": _("Delete policy"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context, status=400 if wrong else 200)


def _detachments(arn: str, answer: Any) -> tuple[list[Item], list[str]]:
    items: list[Item] = []
    items += [("iam:DetachUserPolicy", {"user_name": u.user_name, "policy_arn": arn}) for u in answer.policy_users]
    items += [("iam:DetachGroupPolicy", {"group_name": g.group_name, "policy_arn": arn}) for g in answer.policy_groups]
    items += [("iam:DetachRolePolicy", {"role_name": r.role_name, "policy_arn": arn}) for r in answer.policy_roles]
    names = [u.user_name for u in answer.policy_users] + [g.group_name for g in answer.policy_groups]
    return items, names + [r.role_name for r in answer.policy_roles]

"""Fixes of a denial as things to press: whom each one widens, and an editor that opens with the change."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.kinds import Kind
from iamconsole.interfaces.console.visit import Visit

Item = dict[str, Any]


class WaysOut:
    """The fixes of the denials of one principal; `who` is the ARN of the user or role, empty for policies alone."""

    def __init__(self, visit: Visit, who: str, policies: Iterable[Any]) -> None:
        self._visit, self._who = visit, who
        self._policies = {policy.uri: policy for policy in policies}
        self._used: dict[str, str] = {}

    def of(self, fixes: Iterable[Any], resource: str) -> list[Item]:
        """The fixes, those first that widen nobody's access."""
        return [
            self._policy_change(fix, resource) if fix.needs_policy_change else self._circumstance(fix) for fix in fixes
        ]

    def _circumstance(self, fix: Any) -> Item:
        keys = {entry.key.lower() for entry in fix.context}
        found, action = self._entity(self._who), None
        if self._who == self._visit.call.principal.arn and "aws:multifactorauthpresent" in keys:
            action = cells.action(_("My MFA devices"), reverse("console:mfa"), icon="shield-check")
        elif found and any(key.startswith("aws:principaltag/") for key in keys):
            kind, name = found
            there = cells.action(_("Tags"), reverse(f"console:{kind.word}-tab", args=[name, "tags"]), icon="tag")
            action = self._visit.offer(there, kind.action("Tag{}"), **kind.named(name))
        return {"label": _("No policy change"), "tone": "info", "text": fix.text, "steps": [], "action": action}

    def _policy_change(self, fix: Any, resource: str) -> Item:
        steps = [self._step(step, resource) for step in fix.steps]
        text = _("All of these steps are needed.") if len(steps) > 1 else ""
        return {"label": _("Widens access"), "tone": "warn", "text": text, "steps": steps, "action": None}

    def _step(self, step: Any, resource: str) -> Item:
        return {
            "text": step.text,
            "widens": self._widens(step.policy_uri),
            "document": json.dumps(json.loads(step.policy_document), indent=2) if step.policy_document else "",
            "action": self._editor(step, resource),
        }

    def _widens(self, uri: str | None) -> str:
        """Who else gains by a change of this policy, or by a new one."""
        if uri is None:
            return _("Only %(who)s gains.") % {"who": self._who.rpartition("/")[2]} if self._who else ""
        if addresses.MANAGED.fullmatch(uri):
            if uri not in self._used:
                self._used[uri] = _used_on(self._visit, uri)
            return self._used[uri]
        policy = self._policies.get(uri)
        if policy and policy.holder and ":group/" in policy.holder:
            return _("Every member of %(group)s gains.") % {"group": policy.holder.rpartition("/")[2]}
        return ""

    def _editor(self, step: Any, resource: str) -> Item | None:
        """The editor of the policy that changes, with the new statement in it; None where this console has none."""
        proposal = {"add": step.policy_document} if step.policy_document else {}
        label = _("Open with this change") if proposal else _("Open the policy")
        if step.policy_type == "RESOURCE_BASED_POLICY":
            return self._trust(resource, label, proposal)
        if step.policy_uri is None:
            is_his_own = step.policy_type == "IDENTITY_BASED_POLICY"
            return self._inline(self._who, "", label, proposal) if is_his_own else None
        if addresses.MANAGED.fullmatch(step.policy_uri):
            control = cells.action(label, addresses.editor(step.policy_uri, **proposal), icon="pencil")
            return self._visit.offer(control, "iam:CreatePolicyVersion", policy_arn=step.policy_uri)
        policy = self._policies.get(step.policy_uri)
        return self._inline(policy.holder, policy.name, label, proposal) if policy and policy.holder else None

    def _inline(self, holder: str, policy: str, label: Any, proposal: dict[str, str]) -> Item | None:
        found = self._entity(holder)
        if found is None:
            return None
        kind, name = found
        control = cells.action(label, addresses.inline(kind, name, policy, **proposal), icon="pencil")
        return self._visit.offer(control, kind.action("Put{}Policy"), **kind.named(name))

    def _trust(self, resource: str, label: Any, proposal: dict[str, str]) -> Item | None:
        found = self._entity(resource)
        if found is None or found[0].word != "role":
            return None
        control = cells.action(label, addresses.trust(found[1], **proposal), icon="pencil")
        return self._visit.offer(control, "iam:UpdateAssumeRolePolicy", role_name=found[1])

    def _entity(self, arn: str) -> tuple[Kind, str] | None:
        return addresses.entity(arn, self._visit.call.account_id)


def _used_on(visit: Visit, arn: str) -> str:
    """How many have a managed policy, for whoever may know."""
    if visit.refusal("iam:GetPolicy", policy_arn=arn) is not None:
        return ""
    found = visit.look("iam:GetPolicy", policy_arn=arn)
    count = found.policy.attachment_count + found.policy.permissions_boundary_usage_count if found else 0
    return ngettext(
        "The policy is used on %(n)d user, group or role.",
        "The policy is used on %(n)d users, groups and roles: all of them gain.",
        count,
    ) % {"n": count}

"""The simulator: who may do what, with every check of every layer; nothing is executed, and the address is the test."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.access import addresses, cutting
from iamconsole.interfaces.console.pages.access.asked import BOUNDARY, Asked
from iamconsole.interfaces.console.pages.access.denied import SECTION
from iamconsole.interfaces.console.pages.access.track import because, track
from iamconsole.interfaces.console.pages.access.ways_out import WaysOut
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import AccessDenied, Fault
from policies.simulator import TYPES

ACTION: Final = "iamconsole:ExplainAccess"
PAGE: Final = 50
SUGGESTED: Final = 200  # names of each kind that the browser offers while one types
LISTED: Final = (("user", "iam:ListUsers"), ("role", "iam:ListRoles"), ("group", "iam:ListGroups"))
LONG_ADDRESS: Final = 8_000  # characters that every proxy lets pass


def simulator(visit: Visit) -> HttpResponse:
    """The form beside its answers."""
    asked = Asked.of(visit.request.GET)
    told, fault = _ask(visit, asked)
    ways = WaysOut(visit, _who(visit, asked), told.policies if told else ())
    traces = [_shown(visit, asked, trace, told, ways) for trace in told.traces] if told else []
    here = asked.url()
    context = {
        "title": _("Policy simulator"),
        "subtitle": _("Asks the engine that decides real requests, with the policies of this moment. Nothing is done."),
        "breadcrumbs": [SECTION, {"label": _("Simulator")}],
        "asked": asked,
        "actions_text": "\n".join(asked.actions),
        "resources_text": "\n".join(asked.resources),
        "attached_text": "\n".join(asked.attached),
        "rows": [*asked.context, ("", "string", "")],
        "types": TYPES,
        "names": suggested(visit),
        "changed": bool(asked.attached or asked.left_out or asked.draft or asked.boundary or asked.resource_policy),
        "policies": _policies(asked, told),
        "fault": fault,
        "cuts": cutting.cuts(visit, asked.left_out) if told else [],
        "traces": traces,
        "only": traces[0] if len(traces) == 1 else None,
        "allowed": sum(trace["allowed"] for trace in traces),
        "next_url": asked.url(marker=told.marker) if told and told.is_truncated else "",
        "link": visit.request.build_absolute_uri(here) if asked.is_a_question else "",
        "link_is_long": len(here) > LONG_ADDRESS,
        "clear_url": Asked().url().rstrip("?"),
        "empty": {
            "title": _("Ask a question"),
            "text": _("Say who does what to which resource. You see every check, and the smallest change that helps."),
            "icon": "flask-conical",
        },
    }
    return visit.page("simulator", context, status=400 if fault else 200)


def _ask(visit: Visit, asked: Asked) -> tuple[Any, str]:
    """The answer, and what was wrong with the question."""
    if not asked.is_a_question:
        visit.demand(ACTION)
        return None, ""
    try:
        marker = visit.request.GET.get("marker") or None
        return visit.run(ACTION, **asked.members(visit), marker=marker, max_items=PAGE), ""
    except AccessDenied:
        raise
    except Fault as fault:
        return None, fault.message


def _shown(visit: Visit, asked: Asked, trace: Any, told: Any, ways_out: WaysOut) -> dict[str, Any]:
    account_id, allowed = visit.call.account_id, trace.decision == "allowed"
    policies = [policy for policy in told.policies if policy.uri in _named(trace)]
    items = track(trace.checks, trace.near_misses, policies, account_id)
    effect = "EXPLICIT_DENY" if trace.decision == "explicitDeny" else "IMPLICIT_DENY"
    ways = ways_out.of(trace.fixes, trace.resource)
    for way, fix in zip(ways, trace.fixes, strict=True):
        way["try_url"] = _tried(asked, fix)
    return {
        "allowed": allowed,
        "action": trace.action,
        "resource": trace.resource,
        "verdict": {
            "allowed": allowed,
            "who": asked.who.rsplit("/", 1)[-1] if asked.who else _("Whoever has these policies"),
            "because": "" if allowed else because(effect, items),
        },
        "track": items,
        "ways_out": ways,
        "missing": [
            {"label": key, "url": asked.url(context=asked.with_key(key, [" "]))} for key in trace.missing_context_values
        ],
    }


def _named(trace: Any) -> set[str]:
    """The policies that a trace speaks of."""
    matched = {statement.policy_uri for check in trace.checks for statement in check.statements}
    changed = {step.policy_uri for fix in trace.fixes for step in fix.steps if step.policy_uri}
    return matched | changed | {miss.policy_uri for miss in trace.near_misses}


def _who(visit: Visit, asked: Asked) -> str:
    """The ARN of the user or role who asks; paths do not matter to whoever looks for a page by it."""
    if asked.who.startswith("arn:") or not asked.who:
        return asked.who
    word, slash, name = asked.who.rpartition("/")
    return f"arn:aws:iam::{visit.call.account_id}:{word if slash else 'user'}/{name}"


def _tried(asked: Asked, fix: Any) -> str:
    """The same question with the fix in place; empty where it changes what this simulator cannot change."""
    if not fix.needs_policy_change:
        (entry,) = fix.context
        return asked.url(context=asked.with_key(entry.key, entry.values))
    (step, *more) = fix.steps
    if (
        more
        or asked.draft
        or step.policy_uri
        or step.policy_type != "IDENTITY_BASED_POLICY"
        or not step.policy_document
    ):
        return ""
    return asked.url(draft=step.policy_document)


def _policies(asked: Asked, told: Any) -> list[dict[str, Any]]:
    """The policies that count, each of which can be left out; those that are, at the end."""
    shown = []
    for policy in told.policies if told else ():
        key, label = _key(policy)
        if key:
            shown.append({"key": key, "label": label, "note": policy.version or "", "checked": False})
    for key in asked.left_out:
        shown.append({"key": key, "label": cutting.label(key), "note": "", "checked": True})
    return shown


def _key(policy: Any) -> tuple[str, Any]:
    if policy.type == "PERMISSIONS_BOUNDARY":
        is_stored = bool(addresses.MANAGED.fullmatch(policy.uri))
        return (BOUNDARY, _("Permissions boundary %(name)s") % {"name": policy.name}) if is_stored else ("", "")
    if addresses.MANAGED.fullmatch(policy.uri):
        return policy.uri, policy.name
    if policy.holder:
        return f"{policy.holder} {policy.name}", f"{policy.holder.rpartition('/')[2]} / {policy.name}"
    return "", ""


def suggested(visit: Visit) -> list[str]:
    """Principals to choose from, of the kinds that the viewer may list."""
    names = []
    for word, action in LISTED:
        if visit.refusal(action) is None:
            found = visit.run(action, max_items=SUGGESTED)
            names += [f"{word}/{getattr(each, f'{word}_name')}" for each in getattr(found, f"{word}s")]
    return names


def control(visit: Visit, who: str) -> list[dict[str, Any]]:
    """The button of a principal's page that leads here; none for whoever may not simulate."""
    if visit.refusal(ACTION, policy_source_arn=who) is not None:
        return []
    return [cells.action(_("Simulate"), Asked(who=who).url(), icon="play")]

"""The answers to questions about access: the simulator is asked in the name of whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import Resolver404, resolve
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.palette.naming import arn_of
from iamconsole.interfaces.console.palette.questions import Can, Question, Who, Why
from iamconsole.kernel.call import PrincipalType
from iamconsole.kernel.errors import Fault, NoSuchEntity

if TYPE_CHECKING:
    from iamconsole.interfaces.console.visit import Visit

Verdict = dict[str, Any]
SIMULATOR, MAP, DENIED = "/console/simulator/", "/console/map/", "/console/denied/"
ALLOWED, EXPLICIT_DENY = "allowed", "explicitDeny"
SAID = {
    ALLOWED: _("Allowed"),
    EXPLICIT_DENY: _("Denied by a statement"),
    "implicitDeny": _("Denied: no statement allows it"),
}


def answer(question: Question, visit: Visit) -> Verdict:
    """The verdict as the palette shows it: {label, note, effect?, because?, url?, link_label?}."""
    match question:
        case Can():
            return _can(question, visit)
        case Who(action, resource):
            arn = arn_of(action, resource, visit.call.account_id)
            label = _("Who can %(action)s") % {"action": action}
            return _linked({"label": label, "note": arn}, _("Open the access map"), MAP, action=action, resource=arn)
        case Why(authorization_id):
            label = _("Why a request was denied")
            found = {"label": label, "note": authorization_id}
            return _linked(found, _("Show every check"), f"{DENIED}{authorization_id}/")


def _can(question: Can, visit: Visit) -> Verdict:
    resource = arn_of(question.action, question.resource, visit.call.account_id)
    try:
        source = _principal(visit, question.who)
        asked = {"policy_source_arn": source, "action_names": [question.action], "resource_arns": [resource]}
        # Asked of the authorizer first: what is typed letter by letter must not fill the trail with denials.
        if refused := visit.refusal("iam:SimulatePrincipalPolicy", **asked):
            return {"label": _("You may not simulate this"), "note": refused}
        found = visit.run("iam:SimulatePrincipalPolicy", **asked).evaluation_results[0]
    except Fault as fault:
        return {"label": _("This cannot be told"), "note": fault.message}
    verdict = {
        "effect": "Allow" if found.eval_decision == ALLOWED else "Deny",
        "label": SAID[found.eval_decision],
        "note": f"{source.rpartition(':')[2]} · {question.action} · {resource}",
        "because": _because(found),
    }
    named = {"principal": source, "action": question.action, "resource": resource}
    return _linked(verdict, _("Simulate this"), SIMULATOR, **named)


def _principal(visit: Visit, who: str) -> str:
    """The ARN of a user or else a role of that name; of whoever asks where nobody is named."""
    principal = visit.call.principal
    if not who:
        return principal.issuer_arn if principal.type is PrincipalType.ROLE_SESSION else principal.arn
    if who.startswith("arn:"):
        return who
    for kind in ("user", "role"):
        named = {f"{kind}_name": who.removeprefix(f"{kind}/")}
        action = f"iam:Get{kind.capitalize()}"
        if visit.refusal(action, **named) is None and (found := visit.look(action, **named)):
            return str(getattr(found, kind).arn)
    raise NoSuchEntity(f"The user or role with name {who} cannot be found.")


def _because(found: Any) -> str:
    """The statements that decided, and the keys that were left open."""
    told = [
        _("%(policy)s, line %(line)d") % {"policy": one.source_policy_id, "line": one.start_position.line}
        for one in found.matched_statements
    ]
    if (boundary := found.permissions_boundary_decision_detail) and not boundary.allowed_by_permissions_boundary:
        told.append(_("the permissions boundary does not allow it"))
    if found.missing_context_values:
        told.append(_("depends on %(keys)s") % {"keys": ", ".join(found.missing_context_values)})
    return "; ".join(map(str, told))


def _linked(verdict: Verdict, label: Any, page: str, **query: str) -> Verdict:
    """The verdict with a link to the page that tells more, where there is one."""
    try:
        known = resolve(page).url_name
    except Resolver404:
        known = None
    if not known:
        return verdict
    return verdict | {"url": f"{page}?{urlencode(query)}".rstrip("?"), "link_label": label}

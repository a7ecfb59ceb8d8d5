"""Try it: a question to the decision service, asked as the door asks it, with the request that asks it from a shell."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.access import addresses, simulator
from iamconsole.interfaces.console.pages.access.asked import Asked
from iamconsole.interfaces.console.pages.services import code, head, integration
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel import clock
from iamconsole.kernel.errors import AccessDenied, Fault
from iamconsole.replication.regions import views
from iamconsole.runtime.decisions import asking, callers
from iamconsole.runtime.decisions.answers import Answering
from policies.simulator import TYPES


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a question: the body and how long it took, or the fault that refused it."""

    question: dict[str, Any]
    body: dict[str, Any]
    milliseconds: float = 0.0
    fault: Fault | None = None


def service_try(visit: Visit, prefix: str) -> HttpResponse:
    """The form, and after a POST the answer beside it."""
    service = visit.run(head.GET, service_prefix=prefix).service
    asked = Asked.of(visit.request.POST if visit.posting else visit.request.GET)
    told = _ask(visit, service, asked) if visit.posting else None
    action, template = integration.sample(service)
    context = head.of(visit, service, head.TRY) | {
        "asked": asked,
        "action": asked.actions[0] if asked.actions else "",
        "resource": asked.resources[0] if asked.resources else "",
        "rows": [*asked.context, ("", "string", "")],
        "types": TYPES,
        "names": [name for name in simulator.suggested(visit) if not name.startswith("group/")],
        "full_names": [f"{service.service_prefix}:{each.name}" for each in service.actions],
        "resources": _examples(visit, service),
        "example": {"action": action, "resource": code.filled(template, visit.call.account_id)},
        "told": told,
        "empty": {
            "title": _("Ask as a client would"),
            "text": _("The answer is that of the decision service. It counts: a denial is kept and gets an id."),
            "icon": "send",
        },
    }
    if told:
        context |= _shown(visit, told)
    return visit.page("service_try", context, status=told.fault.status if told and told.fault else 200)


def _examples(visit: Visit, service: Any) -> list[str]:
    filled = (code.filled(kind.arn_template, visit.call.account_id) for kind in service.resource_types)
    return list(dict.fromkeys(filled))


def _ask(visit: Visit, service: Any, asked: Asked) -> Told:
    question: dict[str, Any] = {}
    try:
        question = _question(visit, service, asked)
        begun = perf_counter()
        view, now = views.view(None), clock.now()
        caller = callers.of_principal(visit.call.principal, view=view, now=now)
        body = asking.authorize(question, caller=caller, origin=visit.call.origin, answering=Answering(view, now=now))
        return Told(question, body, (perf_counter() - begun) * 1000)
    except Fault as fault:
        return Told(question, {}, fault=fault)


def _question(visit: Visit, service: Any, asked: Asked) -> dict[str, Any]:
    """The body of the request; an action without its service is one of this service."""
    action = asked.actions[0] if asked.actions else ""
    if action and ":" not in action:
        action = f"{service.service_prefix}:{action}"
    context = {
        key: value.splitlines() if kind.endswith("List") else value.strip() for key, kind, value in asked.context
    }
    return {
        "principal": asked.source(visit) if asked.who else "",
        "action": action,
        "resource": asked.resources[0] if asked.resources else "*",
        **({"context": context} if context else {}),
    }


def _shown(visit: Visit, told: Told) -> dict[str, Any]:
    if told.fault is not None:
        denied = told.fault.authorization_id if isinstance(told.fault, AccessDenied) else ""
        refused = {"fault": told.fault.message, "denial_url": addresses.denied(denied) if denied else ""}
        return refused | ({"curl": _curl(visit, told)} if told.question.get("principal") else {})
    question, body = told.question, told.body
    allowed, who = body["decision"] == "allow", question["principal"]
    context = (
        (key, value if isinstance(value, list) else [value]) for key, value in question.get("context", {}).items()
    )
    return {
        "verdict": {
            "allowed": allowed,
            "who": addresses.short(who),
            "because": "" if allowed else body["reason"].rpartition(" because ")[2],
        },
        "asked_action": question["action"],
        "asked_resource": question["resource"],
        "pairs": _pairs(visit, told),
        "simulate_url": addresses.simulator(who, question["action"], question["resource"], context)
        if addresses.entity(who, visit.call.account_id) and visit.refusal(simulator.ACTION) is None
        else "",
        "body": code.pretty(body),
        "curl": _curl(visit, told),
    }


def _pairs(visit: Visit, told: Told) -> list[dict[str, Any]]:
    body = told.body
    pairs = [
        {"label": _("Took"), "cell": cells.text(_("%(time).1f ms") % {"time": told.milliseconds})},
        {"label": _("Asked by"), "cell": cells.mono(visit.call.principal.arn)},
        {"label": _("As of"), "cell": cells.text(_("change %(n)d") % {"n": body["position"]}, note=body["region"])},
    ]
    if denied := body.get("authorizationId"):
        may_look = visit.refusal("iamconsole:ExplainDenial") is None
        cell = cells.mono(denied, url=addresses.denied(denied) if may_look else "", copyable=True)
        pairs.insert(0, {"label": _("Authorization id"), "cell": cell})
    return pairs


def _curl(visit: Visit, told: Told) -> str:
    return code.curl(f"{code.server(visit)}{code.AUTHORIZE}", told.question)

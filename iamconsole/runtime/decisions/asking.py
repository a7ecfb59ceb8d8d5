"""`/api/v1/authorize` once the caller is known: the door asks for whoever signed, the console for whoever tries."""

from __future__ import annotations

from typing import Any

from iamconsole.kernel.call import Origin
from iamconsole.replication.freshness import View
from iamconsole.replication.regions.store import home
from iamconsole.runtime.decisions import explanations, permission
from iamconsole.runtime.decisions.answers import Answer, Answering
from iamconsole.runtime.decisions.callers import Caller
from iamconsole.runtime.decisions.questions import questions


def authorize(given: Any, *, caller: Caller, origin: Origin, answering: Answering, detailed: bool = True) -> Any:
    """The body that answers a body: one question's, or a list in the order of the questions.

    ValidationError for what is no question, AccessDenied where the caller may not ask it.
    """
    asked = questions(given)
    names, about = (one.principal for one in asked), ((one.action, one.context) for one in asked)
    permission.demand(caller, names, about, origin=origin, answering=answering)
    answers = [told(answering.answer(question), detailed=detailed) for question in asked]
    return answers if isinstance(given, list) else answers[0]


def told(answer: Answer, *, detailed: bool) -> dict[str, Any]:
    """An answer as JSON; a denial gets its id here."""
    said: dict[str, Any] = {"decision": "allow" if answer.allowed else "deny"}
    if not detailed:
        return said
    if not answer.allowed:
        said |= {"authorizationId": answer.named(), "reason": answer.reason}
    decision = answer.decision
    said["checks"] = explanations.checks(decision) if decision else []
    said["nearMisses"] = explanations.near_misses(decision) if decision else []
    account_id = answer.request.principal.account or ""
    return said | standing(answer.view, account_id)


def standing(view: View, account_id: str) -> dict[str, Any]:
    """As of when, and where, was decided."""
    return {"position": view.position(account_id), "region": view.region or home()}

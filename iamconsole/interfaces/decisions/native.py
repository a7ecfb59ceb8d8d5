"""`POST /api/v1/authorize` and `POST /api/v1/authenticate`: the product's own question and answer."""

from __future__ import annotations

from typing import Any

from iamconsole.interfaces.decisions import handed
from iamconsole.interfaces.decisions.exchange import Exchange, Reply
from iamconsole.interfaces.decisions.problems import HandedRequestRefused
from iamconsole.interfaces.decisions.visit import Visit
from iamconsole.kernel.errors import AuthenticationFault, InvalidParameterValue
from iamconsole.replication.freshness import View
from iamconsole.replication.regions.store import home
from iamconsole.runtime.decisions import callers, explanations
from iamconsole.runtime.decisions.answers import Answer
from iamconsole.runtime.decisions.names import principal_name
from iamconsole.runtime.decisions.questions import questions

DETAILS = ("full", "none")


def authorize(exchange: Exchange) -> Reply:
    """Decide one question or up to 1,000 in a list; answers come in the order of the questions."""
    detailed = _detailed(exchange)
    visit = Visit.of(exchange)
    given = exchange.json
    asked = questions(given)
    visit.demand_questions(asked)
    answers = [_told(visit.answering.answer(question), detailed=detailed) for question in asked]
    return Reply(answers if isinstance(given, list) else answers[0])


def authenticate(exchange: Exchange) -> Reply:
    """Say who signed a request that a service received, and with `action` whether he may."""
    detailed = _detailed(exchange)
    visit = Visit.of(exchange)
    received = handed.read(exchange.json)
    try:
        found = callers.identify(
            received.request,
            view=visit.view,
            now=visit.now,
            services=received.services,
            account_id=visit.caller.account_id,
        )
    except AuthenticationFault as refused:
        raise HandedRequestRefused(refused) from refused
    principal = found.subject.principal
    name = principal_name(principal.issuer_arn or principal.arn)
    assert name is not None  # whoever has a key has an ARN, if only that of the user who asked for him
    visit.demand([name], [(received.action, received.context)] if received.action else [])
    body: dict[str, Any] = {
        "principal": {
            "arn": principal.arn,
            "account": principal.account,
            "type": principal.type.value,
            "userId": principal.id,
            "name": found.subject.name,
            "accessKeyId": found.access_key_id,
        }
    }
    if received.action is None:
        return Reply(body | _standing(visit.view, visit.caller.account_id))
    own = {key.lower() for key in (*found.subject.facts, *found.session)}
    stated = {key: value for key, value in received.context.items() if key.lower() not in own}
    answer = visit.answering.about(
        found.subject, received.action, received.resource, {**stated, **found.session}, owner=received.owner
    )
    return Reply(body | _told(answer, detailed=detailed))


def _detailed(exchange: Exchange) -> bool:
    detail = exchange.parameters.get("detail", "full")
    if detail not in DETAILS:
        raise InvalidParameterValue("The parameter `detail` is `full` or `none`.")
    return detail == "full"


def _told(answer: Answer, *, detailed: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"decision": "allow" if answer.allowed else "deny"}
    if not detailed:
        return told
    if not answer.allowed:
        told |= {"authorizationId": answer.named(), "reason": answer.reason}
    decision = answer.decision
    told["checks"] = explanations.checks(decision) if decision else []
    told["nearMisses"] = explanations.near_misses(decision) if decision else []
    account_id = answer.request.principal.account or ""
    return told | _standing(answer.view, account_id)


def _standing(view: View, account_id: str) -> dict[str, Any]:
    """As of when, and where, was decided."""
    return {"position": view.position(account_id), "region": view.region or home()}

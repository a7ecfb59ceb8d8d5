"""`POST /api/v1/authorize` and `POST /api/v1/authenticate`: the product's own question and answer."""

from __future__ import annotations

from typing import Any

from iamconsole.interfaces.decisions import handed
from iamconsole.interfaces.decisions.exchange import Exchange, Reply
from iamconsole.interfaces.decisions.problems import HandedRequestRefused
from iamconsole.interfaces.decisions.visit import Visit
from iamconsole.kernel.errors import AuthenticationFault, InvalidParameterValue
from iamconsole.runtime.decisions import asking, callers
from iamconsole.runtime.decisions.names import principal_name

DETAILS = ("full", "none")


def authorize(exchange: Exchange) -> Reply:
    """Decide one question or up to 1,000 in a list; answers come in the order of the questions."""
    detailed = _detailed(exchange)
    visit = Visit.of(exchange)
    return Reply(
        asking.authorize(
            exchange.json, caller=visit.caller, origin=visit.origin, answering=visit.answering, detailed=detailed
        )
    )


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
        return Reply(body | asking.standing(visit.view, visit.caller.account_id))
    own = {key.lower() for key in (*found.subject.facts, *found.session)}
    stated = {key: value for key, value in received.context.items() if key.lower() not in own}
    answer = visit.answering.about(
        found.subject, received.action, received.resource, {**stated, **found.session}, owner=received.owner
    )
    return Reply(body | asking.told(answer, detailed=detailed))


def _detailed(exchange: Exchange) -> bool:
    detail = exchange.parameters.get("detail", "full")
    if detail not in DETAILS:
        raise InvalidParameterValue("The parameter `detail` is `full` or `none`.")
    return detail == "full"

"""OpenID AuthZEN Authorization API 1.0: one evaluation, several, and where to find them.

What its questions become: `subject.id` and `resource.id` are ARNs, or for subjects of type `user` and `role` names in
the caller's account; `action.name` is an action of IAM's form. Properties and context become condition keys: a name
with a colon as it is, any other as `context:name`, `subject:name`, `resource:name` or `action:name`. A principal's own
keys come from the projection, whatever the request says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.conf import settings

from iamconsole.interfaces.decisions.exchange import Exchange, Header, Reply
from iamconsole.interfaces.decisions.problems import SerializationException
from iamconsole.interfaces.decisions.visit import Visit
from iamconsole.kernel.errors import Fault, ValidationError
from iamconsole.runtime.decisions import subjects
from iamconsole.runtime.decisions.answers import Answer
from iamconsole.runtime.decisions.questions import MAX_QUESTIONS, Question, question

ENTITIES: Final = ("subject", "action", "resource", "context")
STOPS_AT: Final = {"execute_all": None, "deny_on_first_deny": False, "permit_on_first_permit": True}
KINDS: Final = ("user", "role")
NAME: Final = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")
Item = Question | Fault


def evaluation(exchange: Exchange) -> Reply:
    """One question; what is wrong with it is a fault of the request."""
    visit = Visit.of(exchange)
    return _one(visit, _object(exchange), exchange)


def evaluations(exchange: Exchange) -> Reply:
    """Several questions that share what they do not state themselves; what is wrong with one is in its answer."""
    visit = Visit.of(exchange)
    body = _object(exchange)
    items = body.get("evaluations")
    if not items and (items is None or isinstance(items, list)):
        return _one(visit, body, exchange)
    if not isinstance(items, list) or len(items) > MAX_QUESTIONS:
        raise ValidationError(f"`evaluations` must be a list of at most {MAX_QUESTIONS} questions")
    stop = _stops_at(body.get("options"))
    shared: dict[str, Any] = {name: body[name] for name in ENTITIES if name in body}
    asked = [_read(visit, shared, item) for item in items]
    visit.demand_questions([item for item in asked if isinstance(item, Question)])
    return Reply({"evaluations": list(_until(visit, asked, stop))}, headers=_echo(exchange))


def configuration(exchange: Exchange) -> Reply:
    """The PDP's metadata, which anyone may read."""
    here = settings.IAM_PUBLIC_URL.rstrip("/")
    return Reply(
        {
            "policy_decision_point": here,
            "access_evaluation_endpoint": f"{here}/access/v1/evaluation",
            "access_evaluations_endpoint": f"{here}/access/v1/evaluations",
        }
    )


def _one(visit: Visit, body: Mapping[str, Any], exchange: Exchange) -> Reply:
    asked = _question(visit, body)
    visit.demand_questions([asked])
    return Reply(_told(visit.answering.answer(asked)), headers=_echo(exchange))


def _until(visit: Visit, asked: list[Item], stop: bool | None) -> Iterator[dict[str, Any]]:
    for item in asked:
        told = _wrong(item) if isinstance(item, Fault) else _told(visit.answering.answer(item))
        yield told
        if told["decision"] is stop:
            return


def _read(visit: Visit, shared: Mapping[str, Any], item: Any) -> Item:
    if not isinstance(item, dict):
        return ValidationError("an evaluation must be an object")
    try:
        return _question(visit, {**shared, **item})
    except Fault as wrong:
        return wrong


def _question(visit: Visit, body: Mapping[str, Any]) -> Question:
    subject, action, resource = (_entity(body, name) for name in ENTITIES[:3])
    context: dict[str, Any] = {}
    for space, given in (
        ("context", body.get("context")),
        *(
            (name, entity.get("properties"))
            for name, entity in zip(ENTITIES, (subject, action, resource), strict=False)
        ),
    ):
        context |= _keys(space, given)
    asked = {"action": action.get("name"), "resource": resource.get("id"), "context": context}
    return question(asked | {"principal": _principal(visit, subject)})


def _entity(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = body.get(name)
    wanted = "name" if name == "action" else "type"
    if not isinstance(found, dict) or not isinstance(found.get(wanted), str):
        raise ValidationError(f"`{name}` must be an object with `{wanted}`", errors={name: [f"needs `{wanted}`"]})
    return found


def _keys(space: str, given: Any) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise ValidationError(f"`{space}` must have an object of properties")
    return {name if ":" in name else f"{space}:{name}": value for name, value in given.items() if value is not None}


def _principal(visit: Visit, subject: Mapping[str, Any]) -> Any:
    ident = subject.get("id")
    if subject["type"] in KINDS and isinstance(ident, str) and NAME.fullmatch(ident):
        return subjects.arn_of(subject["type"], ident, visit.caller.account_id, visit.view)
    return ident


def _stops_at(options: Any) -> bool | None:
    semantic = options.get("evaluations_semantic", "execute_all") if isinstance(options, dict) else "execute_all"
    if not isinstance(semantic, str) or semantic not in STOPS_AT:
        raise ValidationError(f"`options.evaluations_semantic` must be one of {', '.join(STOPS_AT)}")
    return STOPS_AT[semantic]


def _told(answer: Answer) -> dict[str, Any]:
    if answer.allowed:
        return {"decision": True}
    return {"decision": False, "context": {"reason": answer.reason, "authorizationId": answer.named()}}


def _wrong(fault: Fault) -> dict[str, Any]:
    error = {"status": fault.status, "message": fault.message, "code": fault.code}
    return {"decision": False, "context": {"error": error}}


def _object(exchange: Exchange) -> dict[str, Any]:
    body = exchange.json
    if not isinstance(body, dict):
        raise SerializationException("The body must be a JSON object.")
    return body


def _echo(exchange: Exchange) -> list[Header]:
    """AuthZEN's way to recognise an answer; only what cannot end the header is repeated."""
    given = exchange.environ.get("HTTP_X_REQUEST_ID", "")
    return [("X-Request-ID", given)] if 0 < len(given) <= 256 and given.isascii() and given.isprintable() else []

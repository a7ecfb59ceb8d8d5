"""Questions, and the decisions that answer them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import TracebackType
from typing import Any, Final, Self

from .connection import AccessKey, Connection
from .errors import Unavailable

PASSING: Final = "iam:PassRole"
MOST_AT_ONCE: Final = 1_000
Scalar = str | int | float | bool
Context = Mapping[str, Scalar | Sequence[Scalar]]


@dataclass(frozen=True)
class Question:
    """May the principal (an ARN) do the action on the resource? `at_least` is a consistency token."""

    principal: str
    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)
    resource_policy: str | None = None
    at_least: str | None = None

    def asked(self) -> dict[str, Any]:
        """As the API takes it."""
        optional = {"resourcePolicy": self.resource_policy, "atLeast": self.at_least}
        return {
            "principal": self.principal,
            "action": self.action,
            "resource": self.resource,
            "context": dict(self.context),
            **{name: value for name, value in optional.items() if value is not None},
        }


@dataclass(frozen=True)
class Decision:
    """True where allowed; a denial has a reason and an id under which it can be asked about."""

    allowed: bool
    reason: str = ""
    authorization_id: str = ""
    checks: Sequence[Mapping[str, Any]] = ()
    near_misses: Sequence[Mapping[str, Any]] = ()
    position: int | None = None

    def __bool__(self) -> bool:
        return self.allowed

    @classmethod
    def told(cls, given: Any) -> Decision:
        """From the API's answer; Unavailable for what is no decision."""
        if not isinstance(given, dict) or given.get("decision") not in ("allow", "deny"):
            raise Unavailable("the answer is no decision")
        return cls(
            given["decision"] == "allow",
            given.get("reason", ""),
            given.get("authorizationId", ""),
            given.get("checks", ()),
            given.get("nearMisses", ()),
            given.get("position"),
        )


@dataclass(frozen=True)
class ReceivedRequest:
    """A request that a service received: the URL as it was sent, every header, the whole body."""

    method: str
    url: str
    headers: Sequence[tuple[str, str]]
    body: bytes = b""


@dataclass(frozen=True)
class Identity:
    """Who sent a request; `decision` answers the question that came with it."""

    arn: str
    account: str
    type: str
    user_id: str
    name: str
    access_key_id: str
    decision: Decision | None = None


class Client:
    """Asks the product at `url`, as the owner of `key` or `token` (a text, or what gives one): a registered service, of
    its own actions, or a user who has `iamconsole:Authorize` on the principals asked about. Thread-safe; `timeout` in
    seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        key: AccessKey | None = None,
        token: str | Callable[[], str] | None = None,
        timeout: float = 2.0,
    ) -> None:
        self._connection = Connection(url, key=key, token=token, timeout=timeout)

    def authorize(
        self,
        principal: str,
        action: str,
        resource: str = "*",
        context: Context | None = None,
        *,
        resource_policy: str | None = None,
        at_least: str | None = None,
    ) -> Decision:
        """Decide one question, with its reasons."""
        question = Question(principal, action, resource, context or {}, resource_policy, at_least)
        return Decision.told(self._connection.post("/api/v1/authorize", question.asked()))

    def authorize_many(self, questions: Iterable[Question], *, detail: bool = False) -> list[Decision]:
        """Decide many questions, in their order; reasons only with `detail`."""
        asked = [question.asked() for question in questions]
        target = "/api/v1/authorize" + ("" if detail else "?detail=none")
        decisions: list[Decision] = []
        for start in range(0, len(asked), MOST_AT_ONCE):
            part = asked[start : start + MOST_AT_ONCE]
            answers = self._connection.post(target, part)
            if not isinstance(answers, list) or len(answers) != len(part):
                raise Unavailable("the answers are not those of the questions")
            decisions += [Decision.told(answer) for answer in answers]
        return decisions

    def authenticate(
        self,
        request: ReceivedRequest,
        *,
        action: str | None = None,
        resource: str = "*",
        context: Context | None = None,
        service: str | None = None,
    ) -> Identity:
        """Who sent the request (Unauthenticated if nobody can be made out) and, with `action`, whether he may.

        `service` is the name that signatures must be for; any, unless stated.
        """
        handed: dict[str, Any] = {
            "method": request.method,
            "url": request.url,
            "headers": [list(header) for header in request.headers],
            "bodyHash": sha256(request.body).hexdigest(),
        }
        if service is not None:
            handed["service"] = service
        if action is not None:
            handed |= {"action": action, "resource": resource, "context": dict(context or {})}
        answer = self._connection.post("/api/v1/authenticate", handed)
        try:
            who = answer["principal"]
            arn, account, kind, ident, name, key_id = (
                str(who[member]) for member in ("arn", "account", "type", "userId", "name", "accessKeyId")
            )
        except (KeyError, TypeError):
            raise Unavailable("the answer names no principal") from None
        decision = Decision.told(answer) if action is not None else None
        return Identity(arn, account, kind, ident, name, key_id, decision)

    def may_pass_role(
        self, principal: str | ReceivedRequest, role_arn: str, *, service: str, resource_arn: str | None = None
    ) -> Decision:
        """Whether a caller may hand a role over: ask before a service keeps a role that somebody gave it.

        `service` is the service's own name (`orders.123456789012.iamconsole`), `resource_arn` what the role is for.
        Hand over the request in which the role came: an ARN alone leaves out what limits its sender's session.
        """
        context = {"iam:PassedToService": service}
        if resource_arn is not None:
            context["iam:AssociatedResourceArn"] = resource_arn
        if isinstance(principal, str):
            return self.authorize(principal, PASSING, role_arn, context)
        decision = self.authenticate(principal, action=PASSING, resource=role_arn, context=context).decision
        return Decision(False) if decision is None else decision

    def close(self) -> None:
        """Close this thread's connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

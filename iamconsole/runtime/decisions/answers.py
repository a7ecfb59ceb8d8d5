"""From a question to its answer: the one place of these doors that asks the engine. What it cannot decide is denied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import structlog

from iamconsole.audit.history.recorder import recorder
from iamconsole.kernel.errors import InvalidInput, ServiceUnavailable
from iamconsole.replication import freshness, log
from iamconsole.replication.projection.combined import with_resource
from iamconsole.runtime.decisions import denials, resources, subjects
from iamconsole.runtime.decisions.names import PrincipalName
from iamconsole.runtime.decisions.questions import Question, Value
from iamconsole.runtime.decisions.subjects import Subject
from policies import engine
from policies.engine import Bound, Compiled, Decision, Outcome, Policies, Principal, PrincipalType, Request, Source

logger = structlog.get_logger(__name__)
DOOR = "decisions"  # as the access history names all of these doors
GIVEN = "resource"  # names a resource policy that came with its question
RESOURCE_POLICY = Source(id=GIVEN, type="resource", name="resourcePolicy")
FAILED = "the evaluation failed, and what cannot be decided is denied"


@dataclass(slots=True)
class Answer:
    """Allowed or not. `decision` is None where the evaluation itself failed."""

    allowed: bool
    request: Request
    decision: Decision | None
    why: str = ""

    @property
    def reason(self) -> str:
        """Why a request is denied: AWS's sentence, or what is special about it."""
        return self.why or (engine.reason_text(self.decision, self.request) if self.decision else FAILED)

    def named(self) -> str:
        """An id for a denial, under which it can be asked about; a new one each time."""
        return denials.on_denied(self.decision)


class Answering:
    """The answers to one request: one view of the log, one moment, each principal found once."""

    def __init__(self, view: freshness.View, *, now: datetime) -> None:
        self.view = view
        self._defaults = of_moment(int(now.timestamp()))
        self._subjects: dict[str, Subject | None] = {}

    def answer(self, question: Question) -> Answer:
        """Decide a question about a principal that the asking caller may ask about."""
        name = question.principal
        if question.at_least is not None:
            self._demand_reached(question.at_least, name.account_id)
        subject = self.subject(name)
        if subject is None:
            stranger = Principal(PrincipalType.USER, name.account_id, name.arn, "")
            why = f"the principal {name.arn} does not exist"
            return decided(self._request(question, stranger, {}), Policies(), why=why)
        policies = self._policies(subject, question.resource, question.resource_account, question.resource_policy)
        return decided(self._request(question, subject.principal, subject.facts), policies)

    def subject(self, name: PrincipalName) -> Subject | None:
        """The principal of a name, None where there is none."""
        if name.arn not in self._subjects:
            self._subjects[name.arn] = subjects.named(name, self.view)
        return self._subjects[name.arn]

    def about(
        self, subject: Subject, action: str, resource: str, stated: Mapping[str, Value], *, owner: str | None = None
    ) -> Answer:
        """Decide a principal that is here itself; `stated` are the facts of his request."""
        context = {**self._defaults, **stated, **subject.facts}
        policies = self._policies(subject, resource, owner)
        return decided(Request(subject.principal, action, resource, context, owner), policies)

    def _policies(self, subject: Subject, resource: str, owner: str | None, given: Compiled | None = None) -> Policies:
        """The principal's policies, and the resource's: as given, else as the owner attached them."""
        if given is not None:
            return with_resource(subject.policies, (Bound(RESOURCE_POLICY, given),))
        attached = resources.covering(owner or subject.principal.account or "", resource, self.view)
        return with_resource(subject.policies, attached) if attached else subject.policies

    def _request(self, question: Question, principal: Principal, facts: Mapping[str, Value]) -> Request:
        owner = question.resource_account or question.principal.account_id
        context = {**self._defaults, "aws:ResourceAccount": owner, **question.context, **facts}
        return Request(principal, question.action, question.resource, context, question.resource_account)

    def _demand_reached(self, token: str, account_id: str) -> None:
        shard, position = log.read_token(token)
        if shard != log.shard_of(account_id):
            raise InvalidInput("The consistency token is of another account's log.")
        if (here := self.view.position(account_id)) < position:
            raise ServiceUnavailable(f"This node has not caught up: it is at {here}, the token says {position}.")


def decided(request: Request, policies: Policies, *, why: str = "") -> Answer:
    """The engine's word on a request; `why` replaces AWS's sentence on a denial."""
    try:
        decision = engine.authorize(request, policies)
    except engine.EngineFault as fault:
        logger.error("a decision failed", action=request.action, principal=request.principal.arn, fault=str(fault))
        recorder.decided(Decision(request, policies, Outcome.IMPLICIT_DENY, None), DOOR)
        return Answer(False, request, None)
    recorder.decided(decision, DOOR)
    return Answer(decision.allowed, request, decision, why)


@lru_cache(maxsize=4)
def of_moment(second: int) -> dict[str, Value]:
    """What every request knows of its moment, in seconds since 1970."""
    moment = datetime.fromtimestamp(second, UTC)
    return {
        "aws:CurrentTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(second),
        "aws:ViaAWSService": "false",
    }

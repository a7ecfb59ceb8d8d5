"""From a question to its answer: the one place of these doors that asks the engine. What it cannot decide is denied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import structlog
from django.db import DatabaseError, InterfaceError

from iamconsole.audit.history.recorder import recorder
from iamconsole.kernel.errors import InvalidInput, ServiceUnavailable
from iamconsole.replication import freshness, log
from iamconsole.replication.projection.combined import with_given, with_resource
from iamconsole.runtime.decisions import denials, resources, subjects
from iamconsole.runtime.decisions.names import PrincipalName
from iamconsole.runtime.decisions.questions import Question, Value
from iamconsole.runtime.decisions.subjects import Subject
from iamconsole.runtime.tracing import step
from policies import engine
from policies.engine import Bound, Compiled, Decision, Outcome, Policies, Principal, PrincipalType, Request, Source

logger = structlog.get_logger(__name__)
DOOR = "decisions"  # as the access history names all of these doors
GIVEN = "resource"  # names a resource policy that came with its question
RESOURCE_POLICY = Source(id=GIVEN, type="resource", name="resourcePolicy")
BEHIND = "Region {region} has not caught up with the token, and the home region cannot be asked."
FAILED = "the evaluation failed, and what cannot be decided is denied"


@dataclass(slots=True)
class Answer:
    """Allowed or not, as of a view. `decision` is None where the evaluation itself failed."""

    allowed: bool
    request: Request
    decision: Decision | None
    view: freshness.View
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
        self._now = now
        self._home: Answering | None = None
        self._defaults = of_moment(int(now.timestamp()))
        self._subjects: dict[str, Subject | None] = {}

    def answer(self, question: Question) -> Answer:
        """Decide a question about a principal that the asking caller may ask about."""
        name = question.principal
        if question.at_least is not None and not self._reached(question.at_least, name.account_id):
            return self._at_home(question)
        subject = self.subject(name)
        if subject is None:
            stranger = Principal(PrincipalType.USER, name.account_id, name.arn, "")
            why = f"the principal {name.arn} does not exist"
            return decided(self._request(question, stranger, {}), Policies(), view=self.view, why=why)
        request = self._request(question, subject.principal, subject.facts)
        return self._decided(subject, request, question.resource_policy)

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
        return self._decided(subject, Request(subject.principal, action, resource, context, owner))

    def _decided(self, subject: Subject, request: Request, given: Compiled | None = None) -> Answer:
        """Decide, unless a revocation is known to be on its way that might concern this."""
        owner = request.resource_account or subject.principal.account or ""
        if self._is_withheld(subject, request.resource, owner, given):
            why = f"the region {self.view.region} has not yet applied a revocation that may concern this"
            return _undecided(request, self.view, why)
        policies = self._policies(subject, request.resource, owner, given)
        return decided(request, policies, view=self.view)

    def _is_withheld(self, subject: Subject, resource: str, owner: str, given: Compiled | None) -> bool:
        if self.view.withholds(subject.principal.account or "", subject.depends):
            return True
        return given is None and resources.is_withheld(owner, resource, self.view)

    def _policies(self, subject: Subject, resource: str, owner: str, given: Compiled | None) -> Policies:
        """The principal's policies, and the resource's: as given, else as the owner attached them."""
        if given is not None:
            return with_given(subject.policies, Bound(RESOURCE_POLICY, given))
        attached = resources.covering(owner, resource, self.view)
        return with_resource(subject.policies, attached) if attached else subject.policies

    def _request(self, question: Question, principal: Principal, facts: Mapping[str, Value]) -> Request:
        owner = question.resource_account or question.principal.account_id
        context = {**self._defaults, "aws:ResourceAccount": owner, **question.context, **facts}
        return Request(principal, question.action, question.resource, context, question.resource_account)

    def _reached(self, token: str, account_id: str) -> bool:
        shard, position = log.read_token(token, history=self.view.epoch)
        if shard != log.shard_of(account_id):
            raise InvalidInput("The consistency token is of another account's log.")
        here = self.view.position(account_id)
        if here < position and not self.view.region:
            raise ServiceUnavailable(f"This node has not caught up: it is at {here}, the token says {position}.")
        return here >= position

    def _at_home(self, question: Question) -> Answer:
        """The answer of the home region, which is never behind; ServiceUnavailable where it cannot be asked."""
        if self._home is None:
            try:
                self._home = Answering(freshness.view(), now=self._now)
            except (DatabaseError, InterfaceError) as lost:
                raise ServiceUnavailable(BEHIND.format(region=self.view.region)) from lost
        return self._home.answer(question)


@step("decide")
def decided(request: Request, policies: Policies, *, view: freshness.View, why: str = "") -> Answer:
    """The engine's word on a request; `why` replaces AWS's sentence on a denial."""
    try:
        decision = engine.authorize(request, policies)
    except engine.EngineFault as fault:
        logger.error("a decision failed", action=request.action, principal=request.principal.arn, fault=str(fault))
        return _undecided(request, view)
    recorder.decided(decision, DOOR)
    return Answer(decision.allowed, request, decision, view, why)


def _undecided(request: Request, view: freshness.View, why: str = "") -> Answer:
    """What cannot be decided is denied, root's requests too."""
    recorder.decided(Decision(request, Policies(), Outcome.IMPLICIT_DENY, None), DOOR)
    return Answer(False, request, None, view, why)


@lru_cache(maxsize=4)
def of_moment(second: int) -> dict[str, Value]:
    """What every request knows of its moment, in seconds since 1970."""
    moment = datetime.fromtimestamp(second, UTC)
    return {
        "aws:CurrentTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(second),
        "aws:ViaAWSService": "false",
    }

"""What every door does first: the region as of now, the moment, and who is calling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from iamconsole.interfaces.decisions.exchange import Exchange
from iamconsole.kernel import clock
from iamconsole.kernel.call import Origin
from iamconsole.kernel.errors import InvalidClientTokenId
from iamconsole.replication import freshness
from iamconsole.replication.regions import views
from iamconsole.runtime import restrictions
from iamconsole.runtime.decisions import callers, permission
from iamconsole.runtime.decisions.answers import Answering
from iamconsole.runtime.decisions.callers import Caller
from iamconsole.runtime.decisions.names import PrincipalName
from iamconsole.runtime.decisions.permission import Asked
from iamconsole.runtime.decisions.questions import Question


@dataclass(frozen=True, slots=True)
class Visit:
    """An authenticated caller at a door, and all that one request is answered from."""

    caller: Caller
    view: freshness.View
    now: datetime
    origin: Origin
    answering: Answering

    @classmethod
    def of(cls, exchange: Exchange) -> Visit:
        """Whoever sent the request; an AuthenticationFault where nobody can be made out."""
        view, now = views.view(exchange.parameters.get("region")), clock.now()
        authorization = exchange.environ.get("HTTP_AUTHORIZATION", "")
        if callers.is_bearer(authorization):
            caller = callers.of_bearer(authorization, view=view, now=now, origin=exchange.origin)
        else:
            caller = callers.identify(exchange.signed, view=view, now=now, origin=exchange.origin)
        if not restrictions.is_for_iam(caller.temporary):
            raise InvalidClientTokenId
        return cls(caller, view, now, exchange.origin, Answering(view, now=now))

    def demand(self, names: Iterable[PrincipalName], asked: Iterable[Asked]) -> None:
        """AccessDenied unless the caller may ask this about these principals."""
        permission.demand(self.caller, names, asked, origin=self.origin, answering=self.answering)

    def demand_questions(self, questions: Sequence[Question]) -> None:
        """The same for questions as they were asked."""
        self.demand((one.principal for one in questions), ((one.action, one.context) for one in questions))

"""A visit: one request of a signed-in principal, and all that a page may do with it.

Pages read and write through `run` and `batch` alone, so every question is authorized and every change recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import navigation, permissions, submission
from iamconsole.interfaces.http import origin_of
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import AccessDenied, Fault, NoSuchEntity
from iamconsole.kernel.operation import REGISTRY, Operation
from iamconsole.kernel.shapes import Shape
from iamconsole.replication import freshness
from iamconsole.runtime import batch, calls, dispatch
from iamconsole.runtime.authentication import visitors
from iamconsole.storage import resources

DOOR = "console"
NO_STORE = "no-store, private"
SHOWN = _("This was done already; what it showed once is not shown again.")
SAVED = _("Saved.")
Item = tuple[str, Mapping[str, Any]]
"""An action such as `iam:CreateUser` and its members."""


class Refused(Exception):
    """A batch was refused; nothing of it was kept."""

    def __init__(self, action: str, fault: Fault) -> None:
        super().__init__(fault.message)
        self.action, self.fault = action, fault


@dataclass
class Visit:
    """The request and the call that is made of it."""

    request: HttpRequest
    call: Call
    answers: dict[tuple[Any, ...], str | None] = field(default_factory=dict)
    seen: freshness.View | None = None  # what controls are shown by
    known: resources.Known = field(default_factory=dict)  # and the rows that they are about
    outcome: submission.Outcome | None = None
    unsaved_tags: tuple[list[dict[str, str]], str] | None = None  # rows that were refused, and why

    @classmethod
    def of(cls, request: HttpRequest, request_id: str) -> Visit:
        principal = visitors.principal_of(request)
        return cls(request, calls.call_for(principal, door=DOOR, origin=origin_of(request), request_id=request_id))

    # --- asking and doing -----------------------------------------------------------------------

    def run(self, action: str, **members: Any) -> Any:
        """Run one operation; members that are None are left out."""
        return dispatch.execute(self.call, operation(action), _given(members))

    def look(self, action: str, **members: Any) -> Any:
        """Run a reading operation; None where there is no such thing, such as a user's password."""
        try:
            return self.run(action, **members)
        except NoSuchEntity:
            return None

    def all(self, action: str, **members: Any) -> list[Shape]:
        """Every page of a list that is short by quota, such as the groups of a user."""
        listed = operation(action)
        found: list[Shape] = []
        marker = None
        while True:
            answer = self.run(action, **members, marker=marker, max_items=1000)
            found += getattr(answer, listed.pages)
            marker = answer.marker
            if not answer.is_truncated:
                return found

    def batch(self, items: Sequence[Item], *, dry_run: bool = False) -> list[batch.ItemOutcome]:
        """Run things that belong together, all or nothing (Refused names the first that was not allowed)."""
        outcomes = batch.execute_batch(self.call, [(operation(a), _given(m)) for a, m in items], dry_run=dry_run)
        if not dry_run:
            for outcome in outcomes:
                if outcome.fault is not None:
                    raise Refused(outcome.operation.action, outcome.fault)
        return outcomes

    @contextmanager
    def unless_changed(self, tag: str) -> Iterator[None]:
        """Within, only what has this tag is replaced (ChangedSinceRead otherwise); an empty one demands nothing."""
        self.call.if_match = tag
        try:
            yield
        finally:
            self.call.if_match = ""

    def refusal(self, action: str, **members: Any) -> str | None:
        """Why the principal may not run this, or None; asked once a visit."""
        key = (action, *sorted((name, str(value)) for name, value in members.items()))
        if key not in self.answers:
            with freshness.held(self.seen) as self.seen, resources.looked_up_once(self.known):
                self.answers[key] = permissions.may(self.call, operation(action), members)
        return self.answers[key]

    def ever(self, action: str) -> bool:
        """Whether the principal may run this on anything at all: for controls whose objects are not chosen yet."""
        with freshness.held(self.seen) as self.seen:
            return permissions.ever(self.call, operation(action))

    def foresee(self, action: str, named: Iterable[str]) -> None:
        """Read at once what `refusal` will be asked about one by one: names or, for policies, ARNs."""
        with resources.looked_up_once(self.known):
            for kind in operation(action).on:
                if kind.foresee:
                    kind.foresee(self.call.account_id, named)

    def demand(self, action: str, **members: Any) -> None:
        """Refuse the page of a form that could not be sent anyway, or what only readers may see (AccessDenied).

        A change that is posted passes: its operation itself refuses it, and puts that on record. What is read passes
        never, since some pages read it by queries of their own.
        """
        passes = self.posting and operation(action).mutates
        if not passes and (refused := self.refusal(action, **members)):
            raise AccessDenied(refused)

    def offer(self, control: dict[str, Any], action: str, *needs: str, **members: Any) -> dict[str, Any]:
        """The control, disabled with the reason where the principal may not use it.

        `needs` are the other actions that its page runs before it can ask for anything.
        """
        refusals = (self.refusal(each, **members) for each in (action, *needs))
        refused = next((reason for reason in refusals if reason), None)
        return control | {"disabled": refused} if refused else control

    # --- answering --------------------------------------------------------------------------------

    @property
    def posting(self) -> bool:
        return self.request.method == "POST"

    def page(self, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
        """A rendered page with the frame around it."""
        whole = navigation.frame(self) | dict(context)
        return TemplateResponse(self.request, f"console/{template}.html", whole, status=status)

    def fragment(self, template: str, context: Mapping[str, Any]) -> HttpResponse:
        """A part of a page, for a script to put in its place."""
        return TemplateResponse(self.request, f"console/{template}.html", dict(context))

    def redirect(self, url: str, said: Any = "", *, level: int = messages.SUCCESS) -> HttpResponse:
        """After a POST: go to `url`, where the message is shown."""
        if said:
            messages.add_message(self.request, level, said, extra_tags=self.call.consistency_token)
        if self.posting:
            self.outcome = submission.Outcome(url, ((level, str(said)),) if said else ())
        return HttpResponseRedirect(url)

    def shown_once(self, response: HttpResponse, url: str) -> HttpResponse:
        """The answer to a POST that shows what is shown one single time: sent again, the form leads to `url`."""
        response["Cache-Control"] = NO_STORE
        if self.call.consistency_token:
            messages.add_message(self.request, messages.SUCCESS, SAVED, extra_tags=self.call.consistency_token)
        self.outcome = submission.Outcome(url, ((messages.INFO, str(SHOWN)),))
        return response


def page_of(kind: str, name: str) -> str:
    """The page of an entity, or of its list where no entity could have that name."""
    try:
        return reverse(f"console:{kind}", args=[name])
    except NoReverseMatch:
        return reverse(f"console:{kind}s")


def operation(action: str) -> Operation:
    return REGISTRY[action]


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}

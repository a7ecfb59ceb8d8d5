"""May the caller ask this? `iamconsole:Authorize` on each principal asked about, decided like everything else.

A registered service, to which no policy can be attached, may ask about its own actions and whether a role may be passed
to it, whoever of its account is asked about; it needs to be told no more than who sent a request to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from iamconsole.kernel.call import Origin
from iamconsole.kernel.errors import AccessDenied
from iamconsole.runtime.context import REGION
from iamconsole.runtime.decisions.answers import Answering
from iamconsole.runtime.decisions.callers import Caller
from iamconsole.runtime.decisions.names import PrincipalName
from iamconsole.runtime.decisions.questions import Value
from policies import engine

ACTION: Final = "iamconsole:Authorize"
PASSING: Final = "iam:passrole"
PASSED_TO: Final = "iam:passedtoservice"
Asked = tuple[str, Mapping[str, Value]]
"""An action and the condition keys that are stated with it."""


def demand(
    caller: Caller,
    names: Iterable[PrincipalName],
    asked: Iterable[Asked],
    *,
    origin: Origin,
    answering: Answering,
) -> None:
    """AccessDenied unless the caller may ask this about every one of the principals, which are of his own account."""
    about = set(names)
    for name in about:
        if name.account_id != caller.account_id:
            raise AccessDenied(f"Only principals of account {caller.account_id} can be asked about, not {name.arn}.")
    if caller.subject.principal.type is engine.PrincipalType.SERVICE:
        _demand_own(caller.subject.name, asked)
    else:
        _demand_allowed(caller, about, origin, answering)


def _demand_own(service: str, asked: Iterable[Asked]) -> None:
    """Of a service: its own actions, and PassRole for itself."""
    prefix = service.partition(".")[0]
    for action, stated in asked:
        vendor = action.partition(":")[0]
        if vendor.lower() != prefix and not (action.lower() == PASSING and _passed_to(stated) == service):
            raise AccessDenied(
                f"Service: {service} may ask about actions of its own ({prefix}:*), and about iam:PassRole with "
                f"iam:PassedToService {service}; not about {action}."
            )


def _passed_to(stated: Mapping[str, Value]) -> Value | None:
    return next((value for key, value in stated.items() if key.lower() == PASSED_TO), None)


def _demand_allowed(caller: Caller, names: Iterable[PrincipalName], origin: Origin, answering: Answering) -> None:
    stated = facts_of(caller, origin)
    for name in names:
        asked = answering.subject(name)
        described = asked.described if asked else {"aws:ResourceAccount": name.account_id}
        answer = answering.about(caller.subject, ACTION, name.arn, {**stated, **described})
        if not answer.allowed:
            explicit = answer.decision is not None and answer.decision.outcome is engine.Outcome.EXPLICIT_DENY
            denied = AccessDenied(answer.reason, explicit=explicit)
            denied.authorization_id = answer.named()
            raise denied


def facts_of(caller: Caller, origin: Origin) -> dict[str, str]:
    """The condition keys of a caller's request that are not his own."""
    facts = {
        "aws:SecureTransport": "true" if origin.secure else "false",
        "aws:RequestedRegion": REGION,
        "aws:UserAgent": origin.user_agent,
        **caller.session,
    }
    if origin.source_ip:
        facts["aws:SourceIp"] = origin.source_ip
    if origin.referer:
        facts["aws:referer"] = origin.referer
    return facts

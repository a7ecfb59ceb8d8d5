"""May the caller ask about these principals? `iamconsole:Authorize` on each, decided like everything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from iamconsole.kernel.call import Origin
from iamconsole.kernel.errors import AccessDenied
from iamconsole.runtime.context import REGION
from iamconsole.runtime.decisions.answers import Answering
from iamconsole.runtime.decisions.callers import Caller
from iamconsole.runtime.decisions.names import PrincipalName
from policies import engine

ACTION: Final = "iamconsole:Authorize"


def demand(caller: Caller, names: Iterable[PrincipalName], *, origin: Origin, answering: Answering) -> None:
    """AccessDenied unless the caller may ask about every one of the principals, which are of his own account."""
    stated = facts_of(caller, origin)
    for name in set(names):
        if name.account_id != caller.account_id:
            raise AccessDenied(f"Only principals of account {caller.account_id} can be asked about, not {name.arn}.")
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

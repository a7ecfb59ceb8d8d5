"""The user, group or role whose policies are simulated, for the authorizer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from accounts.simulation.queries import KINDS, named_by, stored
from iamconsole.kernel.call import Call
from iamconsole.kernel.resources import ANYTHING, Resource, ResourceType
from iamconsole.storage.resources import resource_of


def _source(kind: str) -> ResourceType:
    """The policy source where it is of this kind, else nothing: exactly one of the kinds is authorized."""

    def locate(call: Call, request: Any) -> Resource | list[Resource]:
        source = named_by(request.policy_source_arn)
        if source.kind != kind:
            return []
        row = stored(call.account_id, source)
        return resource_of(row) if row else Resource(arn=source.arn, account_id=source.account_id)

    return ResourceType("iam", kind, locate)


SOURCES = tuple(_source(kind) for kind in KINDS)


def _if_given(kind: ResourceType) -> ResourceType:
    return replace(kind, locate=lambda call, request: kind.locate(call, request) if request.policy_source_arn else [])


def _no_source(call: Call, request: Any) -> Resource | list[Resource]:
    return [] if request.policy_source_arn else Resource(arn="*", account_id=call.account_id)


SOURCES_IF_GIVEN = (*map(_if_given, SOURCES), replace(ANYTHING, locate=_no_source))
"""The same where the input may name nobody: then only a policy on `*` allows it."""

"""One set of policies, one caller, one context; as many questions as one likes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from policies.engine import Bound, Context, Decision, Policies, PolicyKind, Principal, PrincipalType, Request, authorize
from policies.engine.arns import is_arn
from policies.simulator.caller import Caller
from policies.simulator.documents import bound
from policies.simulator.entries import Facts
from policies.simulator.errors import UnusableInput
from policies.simulator.keys import missing
from policies.simulator.results import Result, result_of

_OWNER: Final = re.compile(r"(?:arn:[a-z-]+:iam::)?(\d{12})(?::root)?", re.ASCII)
_ACCOUNT: Final = re.compile(r"\d{12}", re.ASCII)
NOBODY: Final = Caller(Principal(PrincipalType.USER, None, "", ""), {})
Attached = Callable[[str], tuple[Bound, ...]]
"""The policies that are attached to a resource: its own, and those of what it lies in."""


def unattached(_resource: str) -> tuple[Bound, ...]:
    """No resource has a policy."""
    return ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is simulated.

    `organization` holds the service control policies of each level, root first. Without `resource_policy` and
    `resource_owner` (an account id) resources belong to the caller's account: only its own policies are in question.
    `attached` tells the policies of resources where `resource_policy` is not given.
    """

    identity: tuple[Bound, ...]
    boundary: Bound | None = None
    organization: tuple[tuple[Bound, ...], ...] = ()
    caller: Caller = NOBODY
    resource_policy: str | None = None
    resource_owner: str | None = None
    attached: Attached = unattached
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises UnusableInput for a resource policy without anybody whom it could name."""
        if self.resource_policy is not None and not self.caller.principal.arn:
            raise UnusableInput(
                "CallerArn: a ResourcePolicy says who may come in; give the ARN of the user or role who asks."
            )


class Simulation:
    """Asks the engine about a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._policies: dict[tuple[PolicyKind, bool, tuple[Bound, ...]], Policies] = {}
        self._given: dict[PolicyKind, tuple[Bound, ...]] = {}

    def result(self, action: str, resource: str) -> Result:
        """The answer to one question.

        Raises UnusableInput where the resource policy is none for such a question, and EngineFault.
        """
        decision = self.decision(action, resource)
        return result_of(decision, missing=self.missing(decision))

    def decision(self, action: str, resource: str) -> Decision:
        """What the engine says to one question; raises as `result` does."""
        request = Request(
            principal=self.scenario.caller.principal,
            action=action,
            resource=resource,
            context=Context(self._facts(resource)),
            resource_account=self._owner(resource),
        )
        return authorize(request, self._policies_for(action, resource))

    def missing(self, decision: Decision) -> list[str]:
        """The condition keys that would have to be told for a sure answer."""
        given = {key.lower() for key in self._facts(decision.request.resource)}
        return missing(decision.request, decision.policies, given)

    def _policies_for(self, action: str, resource: str) -> Policies:
        kind = PolicyKind.TRUST if _is_about_trust(action, resource) else PolicyKind.RESOURCE
        must_allow = kind is PolicyKind.TRUST or _is_key(resource)
        of_resource = self._of_resource(kind, resource)
        key = (kind, must_allow, of_resource)
        found = self._policies.get(key)
        if found is None:
            found = self._policies[key] = self._bound(of_resource, must_allow=must_allow)
        return found

    def _of_resource(self, kind: PolicyKind, resource: str) -> tuple[Bound, ...]:
        """What is given as the policy of every resource, or else what this one has of that kind."""
        text = self.scenario.resource_policy
        if text is None:
            return tuple(each for each in self.scenario.attached(resource) if each.compiled.kind is kind)
        if kind not in self._given:
            self._given[kind] = (bound(text, kind, name="ResourcePolicy", source_type="resource"),)
        return self._given[kind]

    def _bound(self, of_resource: tuple[Bound, ...], *, must_allow: bool) -> Policies:
        scenario = self.scenario
        return Policies(
            identity=scenario.identity,
            boundary=scenario.boundary,
            scps=scenario.organization,
            resource=of_resource,
            resource_must_allow=must_allow and bool(of_resource),
        )

    def _owner(self, resource: str) -> str | None:
        scenario = self.scenario
        if scenario.resource_policy is None and scenario.resource_owner is None:
            return None
        return _account(resource) or scenario.resource_owner

    def _facts(self, resource: str) -> Facts:
        """What is known without being told, and over it what is told."""
        known = dict(self.scenario.caller.facts)
        if owner := _account(resource) or self.scenario.resource_owner:
            known["aws:ResourceAccount"] = owner
        told = {key.lower() for key in self.scenario.context}
        return {key: value for key, value in known.items() if key.lower() not in told} | dict(self.scenario.context)


def owner(given: str) -> str:
    """The account of a ResourceOwner, given as its id or as the ARN of its root. Raises UnusableInput."""
    found = _OWNER.fullmatch(given)
    if found is None:
        raise UnusableInput(f"ResourceOwner: {given} is no account id, such as 123456789012.")
    return found[1]


def _is_about_trust(action: str, resource: str) -> bool:
    """The policy of a role is its trust policy, which only AWS STS asks."""
    service, _, name = _fields(resource)
    return action.lower().startswith("sts:") and service == "iam" and name.startswith("role/")


def _is_key(resource: str) -> bool:
    """A key policy must allow, whatever identity policies say."""
    service, _, name = _fields(resource)
    return service == "kms" and name.startswith("key/")


def _account(resource: str) -> str | None:
    """The owner that an ARN names; those of buckets name none."""
    _, account, _ = _fields(resource)
    return account if _ACCOUNT.fullmatch(account) else None


def _fields(resource: str) -> tuple[str, str, str]:
    """Service, account and resource of an ARN; empty for `*`."""
    if not is_arn(resource):
        return "", "", ""
    _, _, service, _, account, name = resource.split(":", 5)
    return service, account, name

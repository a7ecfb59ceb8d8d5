"""One set of policies, one caller, one context; as many questions as one likes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from policies.engine import Bound, Context, Policies, PolicyKind, Principal, PrincipalType, Request, authorize
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


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is simulated.

    `organization` holds the service control policies of each level, root first. Without `resource_policy` and
    `resource_owner` (an account id) resources belong to the caller's account: only its own policies are in question.
    """

    identity: tuple[Bound, ...]
    boundary: Bound | None = None
    organization: tuple[tuple[Bound, ...], ...] = ()
    caller: Caller = NOBODY
    resource_policy: str | None = None
    resource_owner: str | None = None
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
        self._policies: dict[tuple[PolicyKind, bool], Policies] = {}

    def result(self, action: str, resource: str) -> Result:
        """The answer to one question.

        Raises UnusableInput where the resource policy is none for such a question, and EngineFault.
        """
        facts = self._facts(resource)
        request = Request(
            principal=self.scenario.caller.principal,
            action=action,
            resource=resource,
            context=Context(facts),
            resource_account=self._owner(resource),
        )
        policies = self._policies_for(action, resource)
        given = {key.lower() for key in facts}
        return result_of(authorize(request, policies), missing=missing(request, policies, given))

    def _policies_for(self, action: str, resource: str) -> Policies:
        kind = PolicyKind.TRUST if _is_about_trust(action, resource) else PolicyKind.RESOURCE
        must_allow = kind is PolicyKind.TRUST or _is_key(resource)
        found = self._policies.get((kind, must_allow))
        if found is None:
            found = self._policies[kind, must_allow] = self._bound(kind, must_allow=must_allow)
        return found

    def _bound(self, kind: PolicyKind, *, must_allow: bool) -> Policies:
        scenario, text = self.scenario, self.scenario.resource_policy
        return Policies(
            identity=scenario.identity,
            boundary=scenario.boundary,
            scps=scenario.organization,
            resource=(bound(text, kind, name="ResourcePolicy", source_type="resource"),) if text else (),
            resource_must_allow=must_allow and bool(text),
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

"""Decisions in process by the number of statements, beside engines of comparable languages in the same run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version

import casbin
import cedarpy
from moto.iam.access_control import IAMPolicy, PermissionResult

from iamconsole.runtime.decisions.explanations import checks, near_misses
from policies.engine import Bound, Policies, PolicyKind, Principal, PrincipalType, Request, Source, authorize, compiled
from tests.bench import workload
from tests.bench.measuring import microseconds, number, table
from tests.bench.workload import SIZES, TEAM, Asked

ACCOUNT = "123456789012"
ADA = Principal(PrincipalType.USER, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/ada", "AIDA", "AIDA")
Decide = Callable[[Asked], bool]


def requests(size: int) -> list[tuple[Request, Asked]]:
    context = {"aws:PrincipalTag/team": TEAM}
    return [(Request(ADA, asked.action, asked.resource, context, ACCOUNT), asked) for asked in workload.questions(size)]


def bound(text: str) -> Policies:
    """A user with this one policy."""
    return Policies(identity=(Bound(Source(id="p", type="user"), compiled(text, PolicyKind.IDENTITY)),))


def ours(size: int) -> float:
    policies, asked = bound(workload.iam(size)), requests(size)
    assert all(authorize(request, policies).allowed is one.allowed for request, one in asked)

    def run() -> None:
        for request, _ in asked:
            authorize(request, policies)

    return microseconds(run, per_run=len(asked))


def with_record(size: int, *, allowed: bool) -> float:
    """The same with checks, Sids and near misses spelled out."""
    policies = bound(workload.iam(size))
    asked = [request for request, one in requests(size) if one.allowed is allowed]
    if not allowed:
        asked += [replace(request, context={}) for request, one in requests(size) if one.action == "svc0:Put0"]
        assert any(authorize(request, policies).near_misses() for request in asked)

    def run() -> None:
        for request in asked:
            decision = authorize(request, policies)
            checks(decision)
            near_misses(decision)

    return microseconds(run, per_run=len(asked))


def cedars(size: int) -> Decide:
    policies, entities = cedarpy.PolicySet.from_str(workload.cedar(size)), cedarpy.Entities.from_json_str("[]")

    def decide(asked: Asked) -> bool:
        request = {
            "principal": 'User::"ada"',
            "action": 'Action::"do"',
            "resource": 'Thing::"it"',
            "context": {"action": asked.action, "resource": asked.resource, "team": TEAM},
        }
        return bool(cedarpy.is_authorized(request, policies, entities).allowed)

    return decide


def casbins(size: int) -> Decide:
    model = casbin.Enforcer.new_model(text=workload.CASBIN)
    enforcer = casbin.Enforcer(model)
    enforcer.add_policies(workload.casbin(size))
    return lambda asked: bool(enforcer.enforce(TEAM, asked.resource, asked.action))


def motos(size: int) -> Decide:
    """Action and resource alone: moto takes a statement whose condition it cannot meet for a denial."""
    policy = IAMPolicy({"policy_document": workload.iam(size)})
    return lambda asked: policy.is_action_permitted(asked.action, asked.resource) is PermissionResult.PERMITTED


PEERS = {"cedarpy": cedars, "casbin": casbins, "moto": motos}


def peer(name: str, size: int) -> float:
    decide, asked = PEERS[name](size), workload.questions(size)
    if name != "moto":
        assert all(decide(one) is one.allowed for one in asked), name

    def run() -> None:
        for one in asked:
            decide(one)

    return microseconds(run, per_run=len(asked))


def report() -> str:
    """The section of the report."""
    rows = []
    for size in SIZES:
        mine, peers = ours(size), {name: peer(name, size) for name in PEERS}
        allow, deny = with_record(size, allowed=True), with_record(size, allowed=False)
        comparable = min(peers["cedarpy"], peers["casbin"])
        rows.append(
            [
                f"{size:,}",
                *(number(value) for value in (mine, allow, deny, *peers.values())),
                *(f"{peer / mine:,.0f}" for peer in (comparable, peers["moto"])),
            ]
        )
    head = ["statements", "IAM Console", "with record, allow", "with record, denial"]
    head += [f"{name} {version(name)}" for name in PEERS] + ["times faster than the faster of cedarpy, casbin", "moto"]
    return f"""## Decisions in process, microseconds each, warm

One policy of so many statements (exact actions, `svc:Get*`, resources that end in `*`, a condition on one in five),
half of the questions allowed; the same permissions in the language of each engine, policies parsed and kept. cedarpy
and casbin answer as we do, which is checked; moto decides by action and resource alone and takes an unmet condition
for a denial. Targets: ≤ 5 µs; with the record ≤ 15 µs (allow) and ≤ 60 µs (denial); 20 times faster than
peers from 10 on.

{table(head, rows)}
"""

"""Policies as they would be after a change: an Allow more, or a Deny less. Nothing is attached anywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from policies.engine import (
    Bound,
    Compiled,
    Context,
    Decision,
    Layer,
    MalformedPolicy,
    Policies,
    PolicyKind,
    Principal,
    PrincipalType,
    Request,
    Source,
    Statement,
    parse,
)
from policies.engine.document import VERSION_WITH_VARIABLES
from policies.engine.layers import allows

NEW = Source(id="new", type="new")
# A boundary must exist to limit, even one whose last statement is taken out: this says nothing about anything.
NOTHING = {"Effect": "Deny", "NotAction": "*", "Resource": "*"}
LAST_FIELD = 5
MEANINGFUL = re.compile(r"\$(?=\{)|[*?]")
FEDERATED = (PrincipalType.WEB_IDENTITY, PrincipalType.SAML)


@dataclass(frozen=True, slots=True)
class Step:
    """One change: add `statement` to the policy of `source` (None: to a new one), or make `deny` give way."""

    layer: Layer
    source: Source | None
    statement: Mapping[str, Any] | None = None
    deny: Statement | None = None


Amended = tuple[list[Step], Policies]


def with_allow(decision: Decision, *, of_resource: Layer) -> Amended:
    """Give the layer that lacks an Allow the smallest one for this request. MalformedPolicy where none can be said.

    `of_resource` is what the resource's policy is called, trust policy or not, should there be none left to tell.
    """
    request, policies, layer = decision.request, decision.policies, decision.denied_by
    match layer:
        case Layer.IDENTITY:
            step, bound = _allow(request, layer, None, PolicyKind.IDENTITY)
            return [step], replace(policies, identity=(*policies.identity, bound))
        case Layer.BOUNDARY if policies.boundary:
            step, bound = _allow(request, layer, policies.boundary, PolicyKind.BOUNDARY)
            assert step.statement
            return [step], replace(policies, boundary=_edited(policies.boundary, add=step.statement))
        case Layer.SESSION:
            passed = policies.session or ()
            step, bound = _allow(request, layer, passed[0] if passed else None, PolicyKind.SESSION)
            return [step], replace(policies, session=(*passed, bound))
        case Layer.SCP:
            steps, levels = _at_each_level(request, layer, policies.scps, PolicyKind.SCP)
            return steps, replace(policies, scps=levels)
        case Layer.RCP:
            steps, levels = _at_each_level(request, layer, policies.rcps, PolicyKind.RCP)
            return steps, replace(policies, rcps=levels)
        case Layer.TRUST | Layer.RESOURCE:
            kind = PolicyKind.TRUST if of_resource is Layer.TRUST else PolicyKind.RESOURCE
            present = next((bound for bound in policies.resource if bound.compiled.kind is kind), None)
            step, bound = _allow(request, of_resource, present, kind)
            return [step], replace(policies, resource=(*policies.resource, bound))
    raise AssertionError(f"{decision.outcome} without a layer that lacks an Allow")


def without_denies(decision: Decision) -> Amended:
    """Take out every statement that denies the request."""
    found = decision.statements
    doomed = {id(each.statement) for each in found}
    policies = decision.policies
    boundary = policies.boundary
    if boundary is not None:
        boundary = _spared(boundary, doomed) or _edited(boundary, drop=doomed, add=NOTHING)
    amended = replace(
        policies,
        identity=_all_spared(policies.identity, doomed),
        boundary=boundary,
        session=None if policies.session is None else _all_spared(policies.session, doomed),
        scps=tuple(_all_spared(level, doomed) for level in policies.scps),
        rcps=tuple(_all_spared(level, doomed) for level in policies.rcps),
        resource=_all_spared(policies.resource, doomed),
    )
    return [Step(each.layer, each.source, deny=each.statement) for each in found], amended


def document(statement: Mapping[str, Any], version: str | None = VERSION_WITH_VARIABLES) -> dict[str, Any]:
    """A whole policy of one statement."""
    return {**({"Version": version} if version else {}), "Statement": [dict(statement)]}


def _allow(request: Request, layer: Layer, target: Bound | None, kind: PolicyKind) -> tuple[Step, Bound]:
    """The step that adds an Allow to `target`, or to a new policy, and the Allow as a policy of its own."""
    kind = target.compiled.kind if target else kind
    version = target.compiled.document.version if target else VERSION_WITH_VARIABLES
    statement = _statement(request, kind, exactly=version == VERSION_WITH_VARIABLES)
    try:
        compiled = _compiled(document(statement, version), kind)
    except MalformedPolicy:
        if "Resource" not in statement:
            raise
        statement["Resource"] = "*"  # what the request names is nothing that a policy may name
        compiled = _compiled(document(statement, version), kind)
    return Step(layer, target.source if target else None, statement), Bound(target.source if target else NEW, compiled)


def _statement(request: Request, kind: PolicyKind, *, exactly: bool) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow"}
    if kind.names_principals:
        statement["Principal"] = "*" if kind is PolicyKind.RCP else _named(request.principal)
    statement["Action"] = request.action
    if kind is not PolicyKind.TRUST:
        statement["Resource"] = _literal(request.resource) if exactly else request.resource
    return statement


def _named(principal: Principal) -> Any:
    """The Principal element that means this caller."""
    if principal.type is PrincipalType.ANONYMOUS:
        return "*"
    if principal.type is PrincipalType.SERVICE:
        return {"Service": principal.id}
    return {"Federated" if principal.type in FEDERATED else "AWS": principal.role_arn or principal.arn}


def _literal(resource: str) -> str:
    """A pattern that matches this resource alone; policies fill in `${*}` in the last field of an ARN only."""
    head, last = resource.split(":", LAST_FIELD)[:LAST_FIELD], resource.split(":", LAST_FIELD)[LAST_FIELD:]
    if not last or head[0] != "arn":
        return resource
    return ":".join([*head, MEANINGFUL.sub(lambda found: f"${{{found[0]}}}", last[0])])


def _at_each_level(
    request: Request, layer: Layer, levels: tuple[tuple[Bound, ...], ...], kind: PolicyKind
) -> tuple[list[Step], tuple[tuple[Bound, ...], ...]]:
    steps, amended, context = [], [], Context.of(request.context)
    for level in levels:
        indexes = [index for bound in level if (index := bound.compiled.slice(request.action).allows)]
        if allows(indexes, request, context):
            amended.append(level)
            continue
        step, bound = _allow(request, layer, level[0] if level else None, kind)
        steps.append(step)
        amended.append((*level, bound))
    return steps, tuple(amended)


def _all_spared(bounds: tuple[Bound, ...], doomed: Collection[int]) -> tuple[Bound, ...]:
    return tuple(kept for bound in bounds if (kept := _spared(bound, doomed)))


def _spared(bound: Bound, doomed: Collection[int]) -> Bound | None:
    """The policy without the doomed statements; None where nothing of it is left."""
    hit = [id(statement) in doomed for statement in bound.compiled.document.statements]
    if all(hit):
        return None
    return _edited(bound, drop=doomed) if any(hit) else bound


def _edited(bound: Bound, *, drop: Collection[int] = (), add: Mapping[str, Any] | None = None) -> Bound:
    """The policy without some of its statements, by their `id()`, and with one more."""
    compiled = bound.compiled
    # Numbers are texts to the engine, and must not change their spelling on the way.
    written = json.loads(compiled.document.text, parse_int=str, parse_float=str)
    statements = written["Statement"] if isinstance(written["Statement"], list) else [written["Statement"]]
    kept = [statements[each.index] for each in compiled.document.statements if id(each) not in drop]
    return Bound(bound.source, _compiled({**written, "Statement": [*kept, *([add] if add else [])]}, compiled.kind))


def _compiled(written: Mapping[str, Any], kind: PolicyKind) -> Compiled:
    """Past the engine's cache, which is for policies that bind somebody."""
    return Compiled(parse(json.dumps(written), kind))

"""The policy engine: text to document to compiled rules to decision. Pure; standard library only."""

from policies.engine.authorize import authorize
from policies.engine.compiled import Compiled, compiled
from policies.engine.context import Context
from policies.engine.decision import Check, CheckEffect, CheckType, Decision, Matched, NearMiss, Outcome
from policies.engine.document import Condition, Document, Effect, PolicyKind, Statement
from policies.engine.errors import EngineFault, MalformedPolicy
from policies.engine.forthcoming import authorize_all
from policies.engine.grammar import parse
from policies.engine.layout import Layout, Position, Span
from policies.engine.principals import Principal, PrincipalType
from policies.engine.reasons import reason_text
from policies.engine.request import Bound, Layer, Policies, Request, Source
from policies.engine.wildcard import matches

__all__ = [
    "Bound",
    "Check",
    "CheckEffect",
    "CheckType",
    "Compiled",
    "Condition",
    "Context",
    "Decision",
    "Document",
    "Effect",
    "EngineFault",
    "Layer",
    "Layout",
    "MalformedPolicy",
    "Matched",
    "NearMiss",
    "Outcome",
    "Policies",
    "PolicyKind",
    "Position",
    "Principal",
    "PrincipalType",
    "Request",
    "Source",
    "Span",
    "Statement",
    "authorize",
    "authorize_all",
    "compiled",
    "matches",
    "parse",
    "reason_text",
]

"""What is said of a web identity token."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Arn, OneOf, Sensitive, Shape, Tag, Text, Timestamp

WebIdentityToken = Annotated[str, Text(4, 20000), Sensitive]
CheckResult = Annotated[str, OneOf(("Passed", "Failed", "NotReached"))]
StatementResult = Annotated[str, OneOf(("Matched", "ConditionNotMet", "OtherPrincipal", "OtherAction"))]
TrustDecision = Annotated[str, OneOf(("allowed", "explicitDeny", "implicitDeny"))]


class TokenCheck(Shape):
    """One step of verifying a token; `reason` says why it failed."""

    name: str
    result: CheckResult
    reason: str | None = None


class ContextKey(Shape):
    """A condition key that a trust policy can use of this token, and its values."""

    key: str
    values: list[str]


class UnmetCondition(Shape):
    """A condition that is not met: what the policy wants, and what the token has."""

    operator: str
    key: str
    wanted: list[str]
    found: list[str]


class TrustStatement(Shape):
    """What one statement of a trust policy says of the token; `index` counts from 0."""

    index: int
    sid: str | None = None
    effect: str
    result: StatementResult
    unmet_conditions: list[UnmetCondition]


class TrustVerdict(Shape):
    """Whether a role's trust policy lets the token in, statement by statement."""

    role_arn: Arn
    decision: TrustDecision
    statements: list[TrustStatement]


class ExplainWebIdentityTokenResult(Shape):
    """How far a token comes; everything after `checks` is there for accepted tokens only."""

    accepted: bool
    checks: list[TokenCheck]
    provider_arn: str | None = None
    subject: str | None = None
    audience: str | None = None
    expiration: Timestamp | None = None
    condition_keys: list[ContextKey]
    session_tags: list[Tag]
    transitive_tag_keys: list[str]
    trust: TrustVerdict | None = None

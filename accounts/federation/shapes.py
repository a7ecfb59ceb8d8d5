"""What is said of tokens, SAML responses, issuers, and the roles that trust a provider."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Arn, OneOf, Sensitive, Shape, Tag, Text, Timestamp

WebIdentityToken = Annotated[str, Text(4, 20000), Sensitive]
SAMLAssertion = Annotated[str, Text(4, 100000), Sensitive]
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


class OfferedRole(Shape):
    """A role that a SAML response offers, and the provider it is offered with."""

    role_arn: Arn
    provider_arn: Arn


class ExplainSAMLAssertionResult(Shape):
    """How far a SAML response comes; everything after `checks` is there for accepted responses only."""

    accepted: bool
    checks: list[TokenCheck]
    issuer: str | None = None
    subject: str | None = None
    role_session_name: str | None = None
    expiration: Timestamp | None = None
    condition_keys: list[ContextKey]
    session_tags: list[Tag]
    offered_roles: list[OfferedRole]
    trust: TrustVerdict | None = None


class InspectOpenIDConnectIssuerResult(Shape):
    """What an issuer publishes; everything after `checks` is there as far as it could be had."""

    reachable: bool
    checks: list[TokenCheck]
    issuer: str | None = None
    jwks_uri: str | None = None
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    signing_algorithms: list[str]
    signing_keys: int


class TrustCondition(Shape):
    """A condition of a statement, as it is written."""

    operator: str
    key: str
    values: list[str]


class TrustingStatement(Shape):
    """A statement of a trust policy that names the provider; `index` counts from 0."""

    index: int
    sid: str | None = None
    effect: str
    actions: list[str]
    conditions: list[TrustCondition]


class TrustingRole(Shape):
    """A role whose trust policy names the provider, and the statements that do."""

    role_name: str
    arn: Arn
    statements: list[TrustingStatement]


class ListTrustingRolesResult(Shape):
    roles: list[TrustingRole]

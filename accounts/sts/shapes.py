"""What STS takes and gives; names and bounds are those of AWS's service model."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from iamconsole.kernel.shapes import AccessKeyId, Items, Number, Sensitive, Shape, Tag, TagKey, Text, Timestamp

ANY_ARN = r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"
SESSION_POLICY = r"[\u0009\u000A\u000D\u0020-\u00FF]+"
NAME = r"[\w+=,.@-]*"

StsArn = Annotated[str, Text(20, 2048, ANY_ARN)]
RoleSessionName = Annotated[str, Text(2, 64, NAME)]
SourceIdentity = Annotated[str, Text(2, 64, NAME)]
ExternalId = Annotated[str, Text(2, 1224, r"[\w+=,.@:\/-]*")]
FederatedName = Annotated[str, Text(2, 32, NAME)]
SerialNumber = Annotated[str, Text(9, 256, r"[\w+=/:,.@-]*")]
TokenCode = Annotated[str, Text(6, 6, r"[\d]*")]
RoleDuration = Annotated[int, Number(900, 43200)]
Duration = Annotated[int, Number(900, 129600)]
RootDuration = Annotated[int, Number(0, 900)]
MinimumSessionTokenSize = Annotated[int, Number(0, 4096)]
SessionPolicy = Annotated[str, Text(1, 2048, SESSION_POLICY)]
UnrestrictedSessionPolicy = Annotated[str, Text(1, None, SESSION_POLICY)]
SessionTags = Annotated[list[Tag], Items(None, 50)]
TransitiveTagKeys = Annotated[list[TagKey], Items(None, 50)]
WebIdentityToken = Annotated[str, Text(4, 20000), Sensitive]
SamlResponse = Annotated[str, Text(4, 100000), Sensitive]
ProviderId = Annotated[str, Text(4, 2048)]
TradeInToken = Annotated[str, Text(), Sensitive]
TargetPrincipal = Annotated[str, Text(12, 2048)]
AnyAccessKeyId = Annotated[str, Text(16, 128, r"[\w]*")]


class PolicyDescriptor(Shape):
    """A managed policy by its ARN; AWS writes this member in lower case."""

    arn: StsArn | None = Field(default=None, alias="arn")


PolicyArns = list[PolicyDescriptor]


class ProvidedContext(Shape):
    """What a trusted context provider asserts."""

    provider_arn: StsArn | None = None
    context_assertion: Annotated[str, Text(4, 2048)] | None = None


ProvidedContexts = Annotated[list[ProvidedContext], Items(1, 5)]


class Credentials(Shape):
    """Temporary credentials, shown this once."""

    access_key_id: AccessKeyId
    secret_access_key: Annotated[str, Text(), Sensitive]
    session_token: Annotated[str, Text(), Sensitive]
    expiration: Timestamp


class Issued(Shape):
    """What every answer that gives credentials has."""

    credentials: Credentials
    session_token_utilization: int
    session_token_size: int


class AssumedRoleUser(Shape):
    """Who a role's session is."""

    assumed_role_id: str
    arn: str


class AssumeRoleResult(Issued):
    assumed_role_user: AssumedRoleUser
    packed_policy_size: int | None = None
    source_identity: str | None = None


class AssumeRoleWithWebIdentityResult(AssumeRoleResult):
    """Of whom the token spoke, and who vouched."""

    subject_from_web_identity_token: str
    provider: str
    audience: str


class AssumeRoleWithSAMLResult(AssumeRoleResult):
    """Of whom the assertion spoke, and to whom."""

    subject: str
    subject_type: str
    issuer: str
    audience: str
    name_qualifier: str


class GetSessionTokenResult(Issued):
    """Credentials of the caller's own."""


class FederatedUser(Shape):
    """Who a federated user's session is."""

    federated_user_id: str
    arn: str


class GetFederationTokenResult(Issued):
    federated_user: FederatedUser
    packed_policy_size: int | None = None


class GetAccessKeyInfoResult(Shape):
    account: str


class AssumeRootResult(Issued):
    source_identity: str | None = None


class GetDelegatedAccessTokenResult(Shape):
    credentials: Credentials
    packed_policy_size: int | None = None
    assumed_principal: str | None = None


class OrganizationsFeaturesResult(Shape):
    """An organization and the centralized root features it enabled."""

    organization_id: str | None = None
    enabled_features: list[str] | None = None

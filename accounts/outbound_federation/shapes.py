"""The account as an issuer, as AWS shows it."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Items, Number, Sensitive, Shape, Text, Timestamp

Audience = Annotated[list[Annotated[str, Text(1, 1000)]], Items(1, 10)]
TokenDuration = Annotated[int, Number(60, 3600)]
SigningAlgorithm = Annotated[str, Text(5, 5)]


class EnableOutboundWebIdentityFederationResult(Shape):
    issuer_identifier: str


class GetOutboundWebIdentityFederationInfoResult(Shape):
    issuer_identifier: str
    jwt_vending_enabled: bool


class OutboundSigningKey(Shape):
    """A key that the issuer publishes, by the `kid` of its tokens."""

    key_id: str
    algorithm: str
    signs_from: Timestamp


class RotateOutboundSigningKeysResult(Shape):
    """The newest key of each algorithm."""

    signing_keys: list[OutboundSigningKey]


class GetWebIdentityTokenResult(Shape):
    """A new token, which is shown this once."""

    web_identity_token: Annotated[str, Sensitive]
    expiration: Timestamp

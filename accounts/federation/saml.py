"""Who a SAML 2.0 response speaks of, once everything about it has been verified.

Whoever opens a session with an assertion calls `accounts.saml_providers.replay.spend` in the same transaction.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1

from django.conf import settings

from accounts.federation import saml_signatures as signatures
from accounts.federation import saml_statements as stated
from accounts.federation.saml_decryption import BadEncryption, decrypted
from accounts.federation.steps import SamlStep, Trace
from accounts.federation.xml import PROTOCOL, SAML, BadXml, Element, children, descendants, parsed, text_of
from accounts.saml_providers import metadata, private_keys
from accounts.saml_providers import queries as providers
from accounts.saml_providers.models import SAMLProvider
from iamconsole.kernel.errors import IDPRejectedClaim, InvalidIdentityToken

MAX_LENGTH = 100_000
OWN_ADDRESS = "Encrypted responses are sent to the provider's own address: /saml/acs/ and its SAMLProviderUUID"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


@dataclass(frozen=True, slots=True)
class SamlAssertion:
    """What a verified assertion says; `recipient` is what AWS calls its audience (`saml:aud`).

    `roles` are pairs of role and provider ARN. `not_on_or_after` ends the assertion, `session_not_on_or_after` the
    identity provider's session. `name_qualifier` tells subjects of different providers apart.
    """

    assertion_id: str
    provider_arn: str
    issuer: str
    subject: str
    subject_type: str
    recipient: str
    name_qualifier: str
    roles: tuple[tuple[str, str], ...]
    role_session_name: str
    session_duration: int | None
    source_identity: str
    principal_tags: Mapping[str, str]
    transitive_tag_keys: tuple[str, ...]
    not_on_or_after: datetime
    session_not_on_or_after: datetime | None
    condition_keys: Mapping[str, str | tuple[str, ...]]


def sign_in_url() -> str:
    """Our address for assertions: audience and recipient unless the caller says otherwise."""
    return f"{settings.IAM_PUBLIC_URL}/saml"


def sign_in_urls(provider: SAMLProvider) -> tuple[str, str]:
    """Our addresses for assertions of this provider: the common one, and its own, which encrypted ones need."""
    return sign_in_url(), f"{sign_in_url()}/acs/{provider.unique_id}"


def peeked_roles(text_b64: str) -> tuple[tuple[str, str], ...]:
    """The pairs of role and provider that a response claims, unverified: good for finding who can verify it."""
    with _readable():
        plain, encrypted = _one_assertion(parsed(_decoded(text_b64)))
        if plain is None or encrypted is not None:
            raise InvalidIdentityToken(OWN_ADDRESS)
        return stated.roles(stated.attributes(plain))


def verify_assertion(
    text_b64: str,
    *,
    provider: SAMLProvider,
    now: datetime,
    audiences: Collection[str] = (),
    recipients: Collection[str] = (),
    in_response_to: str | None = None,
    trace: Trace | None = None,
) -> SamlAssertion:
    """The one assertion of a base64-encoded response, signed by the provider, meant for us and valid now.

    InvalidIdentityToken, ExpiredTokenException or IDPRejectedClaim; `trace` learns which check. Without
    `in_response_to` it must answer no request.
    """
    steps = trace or Trace()
    with steps.step(SamlStep.METADATA):
        described = metadata.read(provider.metadata)
        if provider.valid_until and provider.valid_until <= now:
            raise InvalidIdentityToken("The provider's metadata has expired: update it with UpdateSAMLProvider")
    with steps.step(SamlStep.PARSE), _readable():
        root = parsed(_decoded(text_b64))
    with steps.step(SamlStep.STATUS), _readable():
        _demand_success(root)
    with steps.step(SamlStep.SIGNATURE), _readable():
        assertion = _verified(root, provider, described.certificates, now)
    with steps.step(SamlStep.ISSUER), _readable():
        _demand_issuer(root, assertion, described.entity_id)
    with steps.step(SamlStep.SUBJECT), _readable():
        subject = stated.subject(
            assertion, recipients=recipients or sign_in_urls(provider), in_response_to=in_response_to, now=now
        )
    with steps.step(SamlStep.CONDITIONS), _readable():
        ends = stated.conditions(assertion, audiences=audiences or (sign_in_url(),), now=now)
    with steps.step(SamlStep.ATTRIBUTES), _readable():
        return _assertion(assertion, provider, described.entity_id, subject, min(ends, subject.not_on_or_after), now)


def _assertion(
    assertion: Element,
    provider: SAMLProvider,
    issuer: str,
    subject: stated.Subject,
    not_on_or_after: datetime,
    now: datetime,
) -> SamlAssertion:
    attributes = stated.attributes(assertion)
    tags, transitive = stated.session_tags(attributes)
    qualifier = _name_qualifier(issuer, provider)
    return SamlAssertion(
        assertion_id=assertion.get("ID", ""),
        provider_arn=provider.arn,
        issuer=issuer,
        subject=subject.name,
        subject_type=subject.format,
        recipient=subject.recipient,
        name_qualifier=qualifier,
        roles=stated.roles(attributes),
        role_session_name=stated.session_name(attributes),
        session_duration=stated.duration(attributes),
        source_identity=stated.source_identity(attributes),
        principal_tags=tags,
        transitive_tag_keys=transitive,
        not_on_or_after=not_on_or_after,
        session_not_on_or_after=stated.session_end(assertion, now),
        condition_keys={
            "saml:aud": subject.recipient,
            "saml:doc": f"{provider.account_id}/{provider.name}",
            "saml:iss": issuer,
            "saml:namequalifier": qualifier,
            "saml:sub": subject.name,
            "saml:sub_type": subject.format,
            "aws:FederatedProvider": provider.arn,
        },
    )


def _verified(root: Element, provider: SAMLProvider, certificates: tuple[bytes, ...], now: datetime) -> Element:
    """The assertion as its signature, or that of the response around it, vouches for it."""
    signatures.demand_plain(root)
    trusted = signatures.verified(root, root, certificates, now) if signatures.is_signed(root) else None
    around = root if trusted is None else trusted
    plain, encrypted = _one_assertion(around)
    if encrypted is not None:
        keys = [private_keys.opened(key) for key in providers.private_keys(provider)]
        opened = decrypted(encrypted, keys)
        signatures.demand_plain(opened)
        if signatures.is_signed(opened):
            return signatures.verified(opened, opened, certificates, now)
        plain = opened
    elif provider.encryption_mode == "Required":
        raise InvalidIdentityToken("The provider's assertions must be encrypted")
    elif plain is not None and signatures.is_signed(plain):
        return signatures.verified(around, plain, certificates, now)
    if trusted is None or plain is None:
        raise InvalidIdentityToken("Response signature invalid: neither the response nor the assertion is signed")
    return plain


def _one_assertion(root: Element) -> tuple[Element | None, Element | None]:
    """The assertion right below the response, plain or encrypted; there must be one in the whole document."""
    plain, encrypted = children(root, "saml:Assertion"), children(root, "saml:EncryptedAssertion")
    everywhere = [*descendants(root, SAML, "Assertion"), *descendants(root, SAML, "EncryptedAssertion")]
    if len(everywhere) != 1 or len(plain) + len(encrypted) != 1:
        raise InvalidIdentityToken("The response must have exactly one assertion")
    return (plain[0], None) if plain else (None, encrypted[0])


def _demand_success(root: Element) -> None:
    if root.tag != f"{{{PROTOCOL}}}Response" or root.get("Version") != "2.0":
        raise InvalidIdentityToken("The document is not a SAML 2.0 response")
    codes = [code.get("Value") for code in children(root, "samlp:Status/samlp:StatusCode")]
    if codes != [SUCCESS] or len(children(root, "samlp:Status")) != 1:
        raise IDPRejectedClaim("The identity provider reported that authentication failed")


def _demand_issuer(root: Element, assertion: Element, entity_id: str) -> None:
    if assertion.get("Version") != "2.0" or not assertion.get("ID"):
        raise InvalidIdentityToken("The assertion has no id or is not of version 2.0")
    issuers = [text_of(stated.only(children(assertion, "saml:Issuer"), "Issuer"))]
    issuers += [text_of(each) for each in children(root, "saml:Issuer")]
    if any(each != entity_id for each in issuers):
        raise InvalidIdentityToken("Issuer not present in specified provider")


def _decoded(text: str) -> bytes:
    if len(text) > MAX_LENGTH:
        raise InvalidIdentityToken(f"The response is longer than {MAX_LENGTH} characters")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidIdentityToken("The response is not base64") from None


@contextmanager
def _readable() -> Iterator[None]:
    """What cannot be read, opened or verified is an invalid token."""
    try:
        yield
    except BadXml as fault:
        raise InvalidIdentityToken(f"The response is not accepted: {fault}") from None
    except (signatures.BadSignature, BadEncryption) as fault:
        raise InvalidIdentityToken(f"Response signature invalid: {fault}") from None


def _name_qualifier(issuer: str, provider: SAMLProvider) -> str:
    """AWS's formula, in which SHA-1 only shortens a name."""
    text = f"{issuer}{provider.account_id}/{provider.name}"
    return base64.b64encode(sha1(text.encode(), usedforsecurity=False).digest()).decode()

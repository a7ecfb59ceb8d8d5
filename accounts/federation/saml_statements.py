"""What a verified assertion states: about whom, for whom, until when, with which attributes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from accounts.federation.claims import checked_tags
from accounts.federation.xml import Element, children, text_of
from iamconsole.kernel.errors import ExpiredIdentityToken, IDPRejectedClaim, InvalidIdentityToken

SKEW = timedelta(seconds=60)
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
FORMATS = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
ROLE_ARN = re.compile(r"arn:aws:iam::\d{12}:role/[!-~]+", re.ASCII)
PROVIDER_ARN = re.compile(r"arn:aws:iam::\d{12}:saml-provider/[\w.-]+", re.ASCII)
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
DURATIONS = range(900, 43201)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who: NameID, its format without the standard's prefix, and where and until when the confirmation counts."""

    name: str
    format: str
    recipient: str
    not_on_or_after: datetime


def subject(assertion: Element, *, recipients: Collection[str], in_response_to: str | None, now: datetime) -> Subject:
    """The subject, confirmed by bearer for one of our addresses."""
    name = only(children(assertion, "saml:Subject/saml:NameID"), "NameID")
    for confirmation in children(assertion, "saml:Subject/saml:SubjectConfirmation"):
        data = children(confirmation, "saml:SubjectConfirmationData")
        if confirmation.get("Method") == BEARER and len(data) == 1:
            break
    else:
        raise InvalidIdentityToken("The assertion has no bearer confirmation of its subject")
    if data[0].get("Recipient") not in recipients:
        raise InvalidIdentityToken("The assertion is meant for another recipient")
    if data[0].get("InResponseTo") != in_response_to:
        raise InvalidIdentityToken("The assertion answers another request")
    ends = moment(data[0].get("NotOnOrAfter"), "NotOnOrAfter of the subject's confirmation")
    _demand_current(data[0].get("NotBefore"), ends, now)
    value = text_of(name)
    if not 1 <= len(value) <= 1024:
        raise InvalidIdentityToken("The assertion's NameID must have 1 to 1024 characters")
    return Subject(value, name.get("Format", "").removeprefix(FORMATS), data[0].get("Recipient", ""), ends)


def conditions(assertion: Element, *, audiences: Collection[str], now: datetime) -> datetime:
    """Until when the assertion's conditions hold; every audience restriction must name one of ours."""
    found = only(children(assertion, "saml:Conditions"), "Conditions")
    ends = moment(found.get("NotOnOrAfter"), "NotOnOrAfter of the conditions")
    _demand_current(found.get("NotBefore"), ends, now)
    restrictions = children(found, "saml:AudienceRestriction")
    for restriction in restrictions:
        if not {text_of(each) for each in children(restriction, "saml:Audience")} & set(audiences):
            raise InvalidIdentityToken("Response does not contain the required audience")
    if not restrictions:
        raise InvalidIdentityToken("Response does not contain the required audience")
    return ends


def session_end(assertion: Element, now: datetime) -> datetime | None:
    """When the identity provider's own session ends, if it says so."""
    ends = [
        moment(text, "SessionNotOnOrAfter")
        for each in children(assertion, "saml:AuthnStatement")
        if (text := each.get("SessionNotOnOrAfter")) is not None
    ]
    if ends and min(ends) <= now:
        raise ExpiredIdentityToken("The session of the assertion is over: sign in at the identity provider again")
    return min(ends) if ends else None


def attributes(assertion: Element) -> dict[str, tuple[str, ...]]:
    """The attributes by name; one that stands there twice is refused, since two readers would take different ones."""
    found: dict[str, tuple[str, ...]] = {}
    for each in children(assertion, "saml:AttributeStatement/saml:Attribute"):
        name = each.get("Name", "")
        if name in found:
            raise InvalidIdentityToken(f"The assertion has attribute {name[:256]} twice")
        found[name] = tuple(text_of(value) for value in children(each, "saml:AttributeValue"))
    return found


def roles(given: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, str], ...]:
    """Role ARN and provider ARN of every role that may be assumed, in whichever order they were written."""
    found = []
    for value in given.get(f"{ATTRIBUTES}Role", ()):
        parts = [part.strip() for part in value.split(",")]
        roles, providers = ([p for p in parts if form.fullmatch(p)] for form in (ROLE_ARN, PROVIDER_ARN))
        if len(parts) != 2 or len(roles) != 1 or len(providers) != 1:
            raise InvalidIdentityToken("A value of attribute Role is not the ARN of a role and that of a SAML provider")
        found.append((roles[0], providers[0]))
    if not found:
        raise InvalidIdentityToken("The assertion has no attribute Role")
    return tuple(found)


def session_name(given: Mapping[str, tuple[str, ...]]) -> str:
    """The name of the session, which the assertion must give."""
    found = given.get(f"{ATTRIBUTES}RoleSessionName", ())
    if len(found) != 1:
        raise InvalidIdentityToken("RoleSessionName is required in AuthnResponse")
    if not SESSION_NAME.fullmatch(found[0]):
        raise InvalidIdentityToken("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
    return found[0]


def duration(given: Mapping[str, tuple[str, ...]]) -> int | None:
    """The seconds for which a console session is asked."""
    found = given.get(f"{ATTRIBUTES}SessionDuration", ())
    if not found:
        return None
    if len(found) != 1 or not re.fullmatch(r"\d{1,6}", found[0], re.ASCII) or int(found[0]) not in DURATIONS:
        raise InvalidIdentityToken("SessionDuration must be one number from 900 to 43200")
    return int(found[0])


def source_identity(given: Mapping[str, tuple[str, ...]]) -> str:
    found = given.get(f"{ATTRIBUTES}SourceIdentity", ())
    if found and (len(found) != 1 or not SESSION_NAME.fullmatch(found[0])):
        raise InvalidIdentityToken("Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64}")
    return found[0] if found else ""


def session_tags(given: Mapping[str, tuple[str, ...]]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The session tags (`PrincipalTag:key`), and which of them are transitive."""
    prefix = f"{ATTRIBUTES}PrincipalTag:"
    tags = {name.removeprefix(prefix): values for name, values in given.items() if name.startswith(prefix)}
    for key, values in tags.items():
        if len(values) != 1:
            raise IDPRejectedClaim(f"Session tag {key[:128]} must have exactly one value")
    found = checked_tags({key: values[0] for key, values in tags.items()})
    transitive = given.get(f"{ATTRIBUTES}TransitiveTagKeys", ())
    if missing := set(transitive) - found.keys():
        raise IDPRejectedClaim(f"Transitive tag keys name no session tag: {', '.join(sorted(missing))[:256]}")
    return found, transitive


def only(elements: list[Element], name: str) -> Element:
    """The one element there must be."""
    if len(elements) != 1:
        raise InvalidIdentityToken(f"The assertion must have exactly one {name}")
    return elements[0]


def moment(text: str | None, name: str) -> datetime:
    """A time as SAML writes it: UTC, with `Z`."""
    if text is None or not _TIME.fullmatch(text):
        raise InvalidIdentityToken(f"The assertion's {name} is missing or no time in UTC")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise InvalidIdentityToken(f"The assertion's {name} is no time") from None


def _demand_current(begins: str | None, ends: datetime, now: datetime) -> None:
    if begins is not None and moment(begins, "NotBefore") - SKEW > now:
        raise InvalidIdentityToken("The assertion is not valid yet")
    if ends + SKEW <= now:
        raise ExpiredIdentityToken(f"Token must be redeemed before {ends:%Y-%m-%dT%H:%M:%SZ}: it has expired")

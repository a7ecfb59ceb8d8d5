"""Security keys and passkeys: what the browser hands over, verified by py_webauthn (W3C WebAuthn Level 2).

The relying party is the host name of IAM_PUBLIC_URL, its origin the only one that counts.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

import orjson
import webauthn
from django.conf import settings
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from accounts.mfa.models import SecurityKey
from accounts.users.models import User

CHALLENGE_BYTES = 32
UNUSABLE = (WebAuthnException, ValueError, LookupError, TypeError)  # py_webauthn lets some of its parsers' faults out
BASE64URL = re.compile(r"[A-Za-z0-9_-]{1,1400}")
NAME = "IAM Console"


def new_challenge() -> str:
    """A random challenge in base64url; whoever hands it out keeps it for one answer."""
    return bytes_to_base64url(secrets.token_bytes(CHALLENGE_BYTES))


def rp_id() -> str:
    return urlsplit(settings.IAM_PUBLIC_URL).hostname or "localhost"


def creation_options(user: User, label: str, challenge: str) -> str:
    """What `navigator.credentials.create()` is given, as JSON; the keys that the user has are not asked again."""
    options = webauthn.generate_registration_options(
        rp_id=rp_id(),
        rp_name=NAME,
        user_name=label,
        user_id=user.unique_id.encode(),
        challenge=base64url_to_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_descriptors(of_user(user)),
    )
    return options_to_json(options)


def request_options(challenge: str, *, user: User | None = None) -> str:
    """What `navigator.credentials.get()` is given: any key of a user or, of nobody in particular, a passkey."""
    wanted = UserVerificationRequirement.PREFERRED if user else UserVerificationRequirement.REQUIRED
    options = webauthn.generate_authentication_options(
        rp_id=rp_id(),
        challenge=base64url_to_bytes(challenge),
        allow_credentials=_descriptors(of_user(user)) if user else [],
        user_verification=wanted,
    )
    return options_to_json(options)


def of_user(user: User) -> list[SecurityKey]:
    return list(SecurityKey.objects.filter(account_id=user.account_id, device__user=user))


def verify_creation(credential: str, challenge: str) -> VerifiedRegistration | None:
    """The new credential, or None where it does not answer the challenge for this site."""
    try:
        return webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=rp_id(),
            expected_origin=settings.IAM_PUBLIC_URL,
        )
    except UNUSABLE:
        return None


def verify_assertion(user: User, assertion: str, challenge: str, *, user_verified: bool) -> bool:
    """Whether a key of the user signed the challenge for this site; its counter must have moved on.

    `user_verified` demands that the key knew its holder, by PIN or finger: alone it stands for a password, too.
    """
    key = _key_of(assertion)
    if key is None or key.device.user_id != user.pk:
        return False
    try:
        verified = webauthn.verify_authentication_response(
            credential=assertion,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=rp_id(),
            expected_origin=settings.IAM_PUBLIC_URL,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=user_verified,
        )
    except UNUSABLE:
        return False
    seen = SecurityKey.objects.filter(account_id=key.account_id, pk=key.pk, sign_count=key.sign_count)
    return bool(seen.update(sign_count=verified.new_sign_count))


def holder(assertion: str) -> User | None:
    """Whose key an assertion names; nothing is verified yet."""
    key = _key_of(assertion)
    return key.device.user if key else None


def _key_of(assertion: str) -> SecurityKey | None:
    rows = SecurityKey.objects.across_accounts("the credential id says who is signing in")
    found: SecurityKey | None = (
        rows.select_related("device__user__account").filter(credential_id=_credential_id(assertion)).first()
    )
    return found


def _credential_id(assertion: str) -> str:
    try:
        told = orjson.loads(assertion)
    except orjson.JSONDecodeError:
        return ""
    given = told.get("id") if isinstance(told, dict) else None
    return given if isinstance(given, str) and BASE64URL.fullmatch(given) else ""


def _descriptors(keys: Iterable[SecurityKey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in keys]

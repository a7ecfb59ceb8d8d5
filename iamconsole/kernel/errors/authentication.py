"""Who are you? The caller could not be authenticated."""

from __future__ import annotations

from iamconsole.kernel.errors.base import Fault


class AuthenticationFault(Fault):
    """The caller could not be authenticated."""

    status = 403


class MissingAuthenticationToken(AuthenticationFault):
    """Request is missing Authentication Token"""


class IncompleteSignature(AuthenticationFault):
    """The request signature does not conform to AWS standards."""

    status = 400


class InvalidClientTokenId(AuthenticationFault):
    """The security token included in the request is invalid."""


class SignatureDoesNotMatch(AuthenticationFault):
    """The signature is not the one this request would have under the secret key."""

    @classmethod
    def default_message(cls) -> str:
        return (
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details."
        )


class ExpiredToken(AuthenticationFault):
    """The security token included in the request is expired"""


class RequestExpired(AuthenticationFault):
    """The request is older than its expiry allows."""

    status = 400


class SignInFailed(AuthenticationFault):
    """Your authentication information is incorrect. Please try again."""


class PasswordExpired(SignInFailed):
    """Your password has expired. Ask an administrator to set a new one."""


class TooManyAttempts(AuthenticationFault):
    """Too many attempts. Wait a moment and try again."""

    status = 429

"""Faults of passwords, codes, keys and certificates."""

from __future__ import annotations

from iamconsole.kernel.errors.entities import EntityFault


class InvalidAuthenticationCode(EntityFault):
    """The authentication code is not valid."""

    status = 403


class PasswordPolicyViolation(EntityFault):
    """The password does not meet the account's password policy."""


class InvalidPublicKey(EntityFault):
    """The public key is malformed or otherwise invalid."""


class UnrecognizedPublicKeyEncoding(EntityFault):
    """The public key encoding format is unsupported or unrecognized."""


class DuplicateSSHPublicKey(EntityFault):
    """The SSH public key is already associated with the user."""


class MalformedCertificate(EntityFault):
    """The certificate is malformed or expired."""


class InvalidCertificate(EntityFault):
    """The certificate is invalid."""


class DuplicateCertificate(EntityFault):
    """The same certificate is associated with a user of the account."""

    status = 409


class KeyPairMismatch(EntityFault):
    """The public key certificate and the private key do not match."""


class ServiceNotSupported(EntityFault):
    """The service does not support service-specific credentials."""

    code = "NotSupportedService"
    status = 404

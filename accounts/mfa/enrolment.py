"""What AWS leaves to its console or to its staff: root's devices, security keys, hardware seeds, recovery codes."""

from __future__ import annotations

import secrets

from webauthn.helpers import bytes_to_base64url

from accounts.mfa import assignment, queries, recovery, security_keys, seeds
from accounts.mfa.models import Kind, MFADevice, SecurityKey
from accounts.mfa.resources import MFA_DEVICE, REGISTERING_USER
from accounts.mfa.shapes import (
    AuthenticationCode,
    Base32Seed,
    Challenge,
    CreateRecoveryCodesResult,
    Credential,
    RecoveryCodeText,
    SecurityKeyName,
    SerialNumber,
    SerialNumberResult,
)
from accounts.tenancy import queries as tenancy
from accounts.tokens.resources import CALLER
from accounts.users import queries as users
from accounts.users.models import User
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    EntityAlreadyExists,
    InvalidAuthenticationCode,
    InvalidInput,
    LimitExceeded,
    NoSuchEntity,
)
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.storage.identifiers import BASE32

OWN = "iamconsole"
ENABLE = "iam:EnableMFADevice"
"""Who may enable a device for himself may do so with any kind, and have the recovery codes that go with it."""


@operation(
    Access.WRITE,
    on=CALLER,
    service=OWN,
    permission=ENABLE,
    rest=None,
    errors=(EntityAlreadyExists, InvalidAuthenticationCode, LimitExceeded, NoSuchEntity, ConcurrentModification),
)
def enable_own_mfa_device(
    call: Call,
    *,
    serial_number: SerialNumber,
    authentication_code1: AuthenticationCode,
    authentication_code2: AuthenticationCode,
) -> None:
    """Assign an MFA device to the caller, who may be the root user: EnableMFADevice cannot name that one."""
    user = users.named_or_caller(call, None, lock=True)
    assignment.enable(call, user, serial_number, (authentication_code1, authentication_code2))


@operation(
    Access.WRITE,
    on=REGISTERING_USER,
    service=OWN,
    permission=ENABLE,
    rest=None,
    errors=(EntityAlreadyExists, InvalidInput, LimitExceeded, ConcurrentModification),
)
def register_security_key(
    call: Call, *, security_key_name: SecurityKeyName, credential: Credential, challenge: Challenge
) -> SerialNumberResult:
    """Enable a security key or passkey for the caller: the answer of a browser to the console's challenge."""
    user = users.named_or_caller(call, None, lock=True)
    assignment.check_quota(call, user)
    made = security_keys.verify_creation(credential, challenge)
    if made is None:
        raise InvalidInput("The security key's answer is not valid for this site. Try again.")
    credential_id = bytes_to_base64url(made.credential_id)
    rows = SecurityKey.objects.across_accounts("a credential belongs to one user of the installation")
    if rows.filter(credential_id=credential_id).exists():
        raise EntityAlreadyExists("The security key is registered already.")
    device = MFADevice.objects.create(
        account_id=call.account_id,
        kind=Kind.SECURITY_KEY,
        serial_number=_security_key_arn(user, security_key_name),
        name=security_key_name,
        user=user,
        created=call.time,
        enabled=call.time,
    )
    SecurityKey.objects.create(
        account_id=call.account_id,
        device=device,
        credential_id=credential_id,
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        aaguid=made.aaguid,
    )
    call.emit(assignment.ENTITY, device.serial_number, "enabled")
    return SerialNumberResult(serial_number=device.serial_number)


def _security_key_arn(user: User, name: str) -> str:
    """`arn:aws:iam::123456789012:u2f/user/ada/blue-K4…`: a name may be taken again, an ARN is not."""
    owner = "root-account" if user.is_root else f"user/{user.name}"
    tail = "".join(secrets.choice(BASE32) for _ in range(26))
    return f"arn:aws:iam::{user.account_id}:u2f/{owner}/{name}-{tail}"


@operation(
    Access.WRITE,
    on=MFA_DEVICE,
    service=OWN,
    rest=Rest("POST", "/hardware-mfa-devices", status=201),
    errors=(EntityAlreadyExists, InvalidInput, ConcurrentModification),
)
def import_hardware_mfa_device(
    call: Call, *, serial_number: SerialNumber, base32_string_seed: Base32Seed
) -> SerialNumberResult:
    """Make a hardware token known by its serial number and seed, so that EnableMFADevice can assign it."""
    tenancy.lock(call.account_id)
    if serial_number.startswith("arn:"):
        raise InvalidInput("Give the serial number that is printed on the device: an ARN names virtual ones.")
    if MFADevice.objects.filter(account_id=call.account_id, serial_key=serial_number.lower()).exists():
        raise EntityAlreadyExists(f"MFA device with serial number {serial_number} already exists.")
    seed = seeds.from_base32(base32_string_seed)
    MFADevice.objects.create(
        account_id=call.account_id,
        kind=Kind.HARDWARE,
        serial_number=serial_number,
        name=serial_number[:128],
        created=call.time,
        sealed_seed=seeds.seal(seed, account_id=call.account_id, serial_number=serial_number),
    )
    call.emit(assignment.ENTITY, serial_number, "created")
    return SerialNumberResult(serial_number=serial_number)


@operation(
    Access.WRITE,
    on=CALLER,
    service=OWN,
    permission=ENABLE,
    rest=None,
    errors=(InvalidInput, ConcurrentModification),
)
def create_recovery_codes(call: Call) -> CreateRecoveryCodesResult:
    """Make ten recovery codes for the caller, shown this once; those that he had before stop working."""
    user = users.named_or_caller(call, None, lock=True)
    if not queries.protects(user):
        raise InvalidInput("Recovery codes stand in for an MFA device: enable one first.")
    codes = recovery.issue(user, call.time)
    call.emit("recovery_codes", user.unique_id, "created", revokes=True)
    return CreateRecoveryCodesResult(recovery_codes=codes)


@operation(
    Access.WRITE,
    on=CALLER,
    service=OWN,
    permission=ENABLE,
    rest=None,
    errors=(InvalidAuthenticationCode, ConcurrentModification),
)
def replace_recovery_code(call: Call, *, recovery_code: RecoveryCodeText) -> CreateRecoveryCodesResult:
    """Use up a recovery code of the caller and make a new one in its place, shown this once: a drill.

    Whoever tries a code that he wrote down knows that he can read it, and has no code less. A code that is wrong, was
    used before or comes too soon after a failure is InvalidAuthenticationCode.
    """
    user = users.named_or_caller(call, None, lock=True)
    if not recovery.spend(user, recovery_code, call.time):
        raise InvalidAuthenticationCode("This is not one of your recovery codes that are left.")
    code = recovery.issue_one(user, call.time)
    call.emit("recovery_codes", user.unique_id, "updated", revokes=True)
    return CreateRecoveryCodesResult(recovery_codes=[code])

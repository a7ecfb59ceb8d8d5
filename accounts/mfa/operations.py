"""What AWS can do with MFA devices."""

from __future__ import annotations

from accounts.mfa import assignment, queries, seeds, totp
from accounts.mfa.models import Kind, MFADevice
from accounts.mfa.resources import MFA_DEVICE, MFA_DEVICES, NEW_MFA_DEVICE, virtual_arn
from accounts.mfa.shapes import (
    AssignmentStatus,
    AuthenticationCode,
    CreateVirtualMFADeviceResult,
    GetMFADeviceResult,
    ListMFADevicesResult,
    ListVirtualMFADevicesResult,
    SerialNumber,
    VirtualMFADeviceName,
)
from accounts.tenancy import queries as tenancy
from accounts.users import queries as users
from accounts.users.resources import USER, USER_OR_CALLER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    ConcurrentModification,
    DeleteConflict,
    EntityAlreadyExists,
    EntityTemporarilyUnmodifiable,
    InvalidAuthenticationCode,
    InvalidInput,
    LimitExceeded,
    NoSuchEntity,
)
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import ExistingUserName, Marker, MaxItems, Path, Tags, UserName
from iamconsole.storage import tags as tagging

LONGEST = 256  # characters of a serial number, by AWS's model


@operation(
    Access.WRITE,
    on=NEW_MFA_DEVICE,
    implies=(Implied("iam:TagMFADevice", NEW_MFA_DEVICE, when="tags"),),
    rest=Rest("POST", "/virtual-mfa-devices", status=201),
    errors=(LimitExceeded, InvalidInput, EntityAlreadyExists, ConcurrentModification),
)
def create_virtual_mfa_device(
    call: Call,
    *,
    path: Path = "/",
    virtual_mfa_device_name: VirtualMFADeviceName,
    tags: Tags = [],  # noqa: B006  (a shape's default; pydantic copies it)
) -> CreateVirtualMFADeviceResult:
    """Make a virtual MFA device: a seed for an authenticator app, which is shown this once.

    It protects nobody until EnableMFADevice assigns it.
    """
    account = tenancy.lock(call.account_id)
    serial_number = virtual_arn(call.account_id, path, virtual_mfa_device_name)
    if len(serial_number) > LONGEST:
        raise InvalidInput(f"Path and name are too long: the serial number may have {LONGEST} characters.")
    mine = MFADevice.objects.filter(account_id=call.account_id)
    if mine.filter(serial_key=serial_number.lower()).exists():
        raise EntityAlreadyExists("MFADevice entity at the same path and name already exists.")
    call.quota("VirtualMFADevicesPerAccount").check(mine.filter(kind=Kind.VIRTUAL).count())
    seed = seeds.new_seed()
    device = MFADevice.objects.create(
        account_id=call.account_id,
        kind=Kind.VIRTUAL,
        serial_number=serial_number,
        path=path,
        name=virtual_mfa_device_name,
        created=call.time,
        tags=tagging.merged(call, {}, tags, ignore_case=False),
        sealed_seed=seeds.seal(seed, account_id=call.account_id, serial_number=serial_number),
    )
    call.emit(assignment.ENTITY, serial_number, "created")
    typed = seeds.base32(seed)
    uri = seeds.provisioning_uri(virtual_mfa_device_name, account.alias or call.account_id, typed)
    shown = queries.shown_virtual(device).model_copy(
        update={"base32_string_seed": typed.encode(), "qr_code_png": seeds.qr_code_png(uri)}
    )
    return CreateVirtualMFADeviceResult(virtual_mfa_device=shown)


@operation(
    Access.WRITE,
    on=USER,
    rest=Rest("POST", "/users/{user_name}/mfa-devices", status=204),
    errors=(
        EntityAlreadyExists,
        EntityTemporarilyUnmodifiable,
        InvalidAuthenticationCode,
        LimitExceeded,
        NoSuchEntity,
        ConcurrentModification,
    ),
)
def enable_mfa_device(
    call: Call,
    *,
    user_name: ExistingUserName,
    serial_number: SerialNumber,
    authentication_code1: AuthenticationCode,
    authentication_code2: AuthenticationCode,
) -> None:
    """Assign an MFA device to a user, who must give a second factor to sign in from then on.

    Two codes in a row prove that the device is at hand and its clock is right.
    """
    user = users.lock(call.account_id, user_name)
    assignment.enable(call, user, serial_number, (authentication_code1, authentication_code2))


@operation(
    Access.WRITE,
    on=USER,
    rest=Rest("POST", "/users/{user_name}/mfa-device-resync", status=204),
    errors=(InvalidAuthenticationCode, NoSuchEntity, LimitExceeded, ConcurrentModification),
)
def resync_mfa_device(
    call: Call,
    *,
    user_name: ExistingUserName,
    serial_number: SerialNumber,
    authentication_code1: AuthenticationCode,
    authentication_code2: AuthenticationCode,
) -> None:
    """Tell how far a device's clock is off, by two codes in a row from within an hour of now."""
    device = queries.find_of_user(users.find(call.account_id, user_name), serial_number, lock=True)
    codes = (authentication_code1, authentication_code2)
    if not device.shows_codes or not totp.synchronize(device, codes, call.time, window=totp.RESYNC):
        raise InvalidAuthenticationCode(assignment.WRONG)
    call.emit(assignment.ENTITY, device.serial_number, "resynchronized")


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    rest=Rest("DELETE", "/users/{user_name}/mfa-devices", status=204),
    errors=(EntityTemporarilyUnmodifiable, NoSuchEntity, LimitExceeded, ConcurrentModification),
)
def deactivate_mfa_device(
    call: Call, *, user_name: ExistingUserName | None = None, serial_number: SerialNumber
) -> None:
    """Take an MFA device away from a user, or from the caller; open console sessions of the user end."""
    user = users.named_or_caller(call, user_name, lock=True)
    assignment.deactivate(call, user, queries.find_of_user(user, serial_number, lock=True))


@operation(
    Access.WRITE,
    on=MFA_DEVICE,
    rest=Rest("DELETE", "/virtual-mfa-devices/{serial_number}", status=204),
    errors=(NoSuchEntity, DeleteConflict, LimitExceeded, ConcurrentModification),
)
def delete_virtual_mfa_device(call: Call, *, serial_number: SerialNumber) -> None:
    """Delete a virtual device, or the seed of a piece of hardware, that is assigned to nobody."""
    device = queries.find(call.account_id, serial_number, lock=True)
    if device.user_id is not None:
        raise DeleteConflict("MFA device is assigned to a user: deactivate it first.")
    device.delete()
    call.emit(assignment.ENTITY, device.serial_number, "deleted", revokes=True)


@operation(
    Access.LIST,
    on=USER_OR_CALLER,
    pages="mfa_devices",
    rest=Rest("GET", "/users/{user_name}/mfa-devices"),
    errors=(NoSuchEntity,),
)
def list_mfa_devices(
    call: Call,
    *,
    user_name: ExistingUserName | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> ListMFADevicesResult:
    """List the MFA devices of a user, or of the caller."""
    user = users.named_or_caller(call, user_name)
    found, rest = page(queries.of_user(user), by="serial_key", marker=marker, max_items=max_items)
    return ListMFADevicesResult(mfa_devices=[queries.shown(device, user) for device in found], **rest)


ASSIGNED = {"Assigned": {"user__isnull": False}, "Unassigned": {"user__isnull": True}, "Any": {}}


@operation(Access.LIST, on=MFA_DEVICES, pages="virtual_mfa_devices", rest=Rest("GET", "/virtual-mfa-devices"))
def list_virtual_mfa_devices(
    call: Call,
    *,
    assignment_status: AssignmentStatus = "Any",
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> ListVirtualMFADevicesResult:
    """List the account's virtual MFA devices by whether they are assigned, and to whom; never their seeds."""
    rows = MFADevice.objects.filter(account_id=call.account_id, kind=Kind.VIRTUAL, **ASSIGNED[assignment_status])
    rows = rows.select_related("user__login_profile")
    found, rest = page(rows, by="serial_key", marker=marker, max_items=max_items)
    return ListVirtualMFADevicesResult(virtual_mfa_devices=[queries.shown_virtual(d) for d in found], **rest)


@operation(
    Access.READ,
    on=USER_OR_CALLER,
    rest=Rest("GET", "/users/{user_name}/mfa-devices/{serial_number}"),
    errors=(NoSuchEntity,),
)
def get_mfa_device(call: Call, *, serial_number: SerialNumber, user_name: UserName | None = None) -> GetMFADeviceResult:
    """Show an MFA device of a user, or of the caller: since when it is enabled."""
    user = users.named_or_caller(call, user_name)
    return queries.shown_whole(queries.find_of_user(user, serial_number), user)

"""What can be done with access keys."""

from __future__ import annotations

from accounts.access_keys import secrets
from accounts.access_keys.models import AccessKey
from accounts.access_keys.resources import OWNER_OF_KEY
from accounts.access_keys.shapes import (
    AccessKey as AccessKeyShape,
)
from accounts.access_keys.shapes import (
    AccessKeyLastUsed,
    AccessKeyMetadata,
    CreateAccessKeyResult,
    GetAccessKeyLastUsedResult,
    ListAccessKeysResult,
)
from accounts.tokens import queries as tokens
from accounts.tokens.models import BearerToken
from accounts.users import queries as users
from accounts.users.resources import USER_OR_CALLER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, LimitExceeded, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import AccessKeyId, ExistingUserName, Marker, MaxItems, Status
from iamconsole.storage.identifiers import access_key_id as new_access_key_id
from iamconsole.storage.identifiers import secret_access_key


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    rest=Rest("POST", "/users/{user_name}/access-keys", status=201),
    errors=(NoSuchEntity, LimitExceeded),
)
def create_access_key(call: Call, *, user_name: ExistingUserName | None = None) -> CreateAccessKeyResult:
    """Create an access key for a user, or for the caller; the secret is shown this once.

    A user has two slots, so that one key can take over from the other.
    """
    user = users.named_or_caller(call, user_name, lock=True)
    taken = set(AccessKey.objects.filter(user=user).values_list("slot", flat=True))
    quota = call.quota("AccessKeysPerUser")
    quota.check(len(taken))
    key_id, secret = new_access_key_id(call.account_id), secret_access_key()
    key = AccessKey.objects.create(
        id=key_id,
        account_id=call.account_id,
        user=user,
        slot=min(set(range(1, quota.limit + 1)) - taken),
        sealed_secret=secrets.seal(secret, account_id=call.account_id, access_key_id=key_id),
        created=call.time,
    )
    call.emit("access_key", key_id, "created")
    return CreateAccessKeyResult(
        access_key=AccessKeyShape(
            user_name=user.shown_name,
            access_key_id=key_id,
            status=key.status,
            secret_access_key=secret,
            create_date=key.created,
        )
    )


@operation(
    Access.LIST,
    on=USER_OR_CALLER,
    pages="access_key_metadata",
    rest=Rest("GET", "/users/{user_name}/access-keys"),
    errors=(NoSuchEntity,),
)
def list_access_keys(
    call: Call,
    *,
    user_name: ExistingUserName | None = None,
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> ListAccessKeysResult:
    """List the access keys of a user, or of the caller, without their secrets."""
    user = users.named_or_caller(call, user_name)
    found, rest = page(AccessKey.objects.filter(user=user), by="id", marker=marker, max_items=max_items)
    return ListAccessKeysResult(
        access_key_metadata=[
            AccessKeyMetadata(
                user_name=user.shown_name, access_key_id=key.id, status=key.status, create_date=key.created
            )
            for key in found
        ],
        **rest,
    )


def _lock(call: Call, user_name: str | None, key_id: str) -> AccessKey:
    user = users.named_or_caller(call, user_name, lock=True)
    key: AccessKey | None = AccessKey.objects.select_for_update().filter(user=user, pk=key_id).first()
    if key is None:
        raise NoSuchEntity(f"The Access Key with id {key_id} cannot be found.")
    return key


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    rest=Rest("PATCH", "/users/{user_name}/access-keys/{access_key_id}", status=204),
    errors=(NoSuchEntity, LimitExceeded, InvalidInput),
)
def update_access_key(
    call: Call, *, user_name: ExistingUserName | None = None, access_key_id: AccessKeyId, status: Status
) -> None:
    """Make an access key inactive, so that the next request with it is refused, or active again."""
    if status == "Expired":
        raise InvalidInput("A key expires by its rotation schedule; set Active or Inactive.")
    key = _lock(call, user_name, access_key_id)
    key.active = status == "Active"
    key.save(update_fields=["active"])
    if not key.active:
        tokens.forget(call, BearerToken.objects.filter(access_key=key))  # they do not come back with the key
    call.emit("access_key", key.id, "updated", revokes=not key.active)


@operation(
    Access.WRITE,
    on=USER_OR_CALLER,
    rest=Rest("DELETE", "/users/{user_name}/access-keys/{access_key_id}", status=204),
    errors=(NoSuchEntity, LimitExceeded),
)
def delete_access_key(call: Call, *, user_name: ExistingUserName | None = None, access_key_id: AccessKeyId) -> None:
    """Delete an access key for good."""
    key = _lock(call, user_name, access_key_id)
    tokens.forget(call, BearerToken.objects.filter(access_key=key))
    key.delete()
    call.emit("access_key", access_key_id, "deleted", revokes=True)


@operation(
    Access.READ,
    on=OWNER_OF_KEY,
    rest=Rest("GET", "/access-keys/{access_key_id}/last-used"),
    errors=(NoSuchEntity,),
)
def get_access_key_last_used(call: Call, *, access_key_id: AccessKeyId) -> GetAccessKeyLastUsedResult:
    """Tell when an access key was last used, for which service and from which region."""
    key = AccessKey.objects.filter(account_id=call.account_id, pk=access_key_id).select_related("user").first()
    if key is None:
        raise NoSuchEntity(f"The Access Key with id {access_key_id} cannot be found")
    used = AccessKeyLastUsed(
        last_used_date=key.last_used,
        service_name=key.last_used_service or "N/A",
        region=key.last_used_region or "N/A",
    )
    return GetAccessKeyLastUsedResult(user_name=key.user.shown_name, access_key_last_used=used)

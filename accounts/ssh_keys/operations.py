"""What can be done with SSH public keys."""

from __future__ import annotations

from accounts.ssh_keys import encoding, shapes
from accounts.ssh_keys.models import SSHPublicKey
from accounts.users import queries as users
from accounts.users.models import User
from accounts.users.resources import USER, USER_OR_CALLER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    DuplicateSSHPublicKey,
    InvalidInput,
    InvalidPublicKey,
    LimitExceeded,
    NoSuchEntity,
    UnrecognizedPublicKeyEncoding,
)
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import page
from iamconsole.kernel.shapes import Marker, MaxItems, Status, UserName
from iamconsole.storage.identifiers import Prefix, unique_id


@operation(
    Access.WRITE,
    on=USER,
    rest=Rest("POST", "/users/{user_name}/ssh-public-keys", status=201),
    errors=(LimitExceeded, NoSuchEntity, InvalidPublicKey, DuplicateSSHPublicKey, UnrecognizedPublicKeyEncoding),
)
def upload_ssh_public_key(
    call: Call, *, user_name: UserName, ssh_public_key_body: shapes.PublicKeyMaterial
) -> shapes.SSHPublicKeyResult:
    """Give a user an SSH public key: RSA of at least 2048 bits, as ssh-rsa or PEM."""
    user = users.lock(call.account_id, user_name)
    body = encoding.canonical(ssh_public_key_body)
    theirs = SSHPublicKey.objects.filter(user=user)
    mark = encoding.fingerprint(body)
    if theirs.filter(fingerprint=mark).exists():
        raise DuplicateSSHPublicKey(f"The SSH public key is already associated with user {user.name}.")
    call.quota("SSHPublicKeysPerUser").check(theirs.count())
    key = SSHPublicKey.objects.create(
        id=unique_id(Prefix.PUBLIC_KEY),
        account_id=call.account_id,
        user=user,
        body=body,
        fingerprint=mark,
        uploaded=call.time,
    )
    call.emit("ssh_public_key", key.id, "created")
    return _shown(key, user)


def _shown(key: SSHPublicKey, user: User, encoded_as: str = "SSH") -> shapes.SSHPublicKeyResult:
    return shapes.SSHPublicKeyResult(
        ssh_public_key=shapes.SSHPublicKey(
            user_name=user.name,
            ssh_public_key_id=key.id,
            fingerprint=key.fingerprint,
            ssh_public_key_body=encoding.pem(key.body) if encoded_as == "PEM" else key.body,
            status=key.status,
            upload_date=key.uploaded,
        )
    )


def _key(user: User, key_id: str, *, lock: bool = False) -> SSHPublicKey:
    rows = SSHPublicKey.objects.filter(user=user, pk=key_id)
    key: SSHPublicKey | None = (rows.select_for_update() if lock else rows).first()
    if key is None:
        raise NoSuchEntity(f"The Public Key with id {key_id} cannot be found.")
    return key


@operation(
    Access.READ,
    on=USER,
    rest=Rest("GET", "/users/{user_name}/ssh-public-keys/{ssh_public_key_id}"),
    errors=(NoSuchEntity, UnrecognizedPublicKeyEncoding),
)
def get_ssh_public_key(
    call: Call, *, user_name: UserName, ssh_public_key_id: shapes.SSHPublicKeyId, encoding: shapes.PublicKeyEncoding
) -> shapes.SSHPublicKeyResult:
    """Show an SSH public key as ssh-rsa (SSH) or PEM, with its MD5 fingerprint."""
    user = users.find(call.account_id, user_name)
    return _shown(_key(user, ssh_public_key_id), user, encoding)


@operation(
    Access.LIST,
    on=USER_OR_CALLER,
    pages="ssh_public_keys",
    rest=Rest("GET", "/users/{user_name}/ssh-public-keys"),
    errors=(NoSuchEntity,),
)
def list_ssh_public_keys(
    call: Call, *, user_name: UserName | None = None, marker: Marker | None = None, max_items: MaxItems | None = None
) -> shapes.ListSSHPublicKeysResult:
    """List the SSH public keys of a user, or of the calling user, without their bodies."""
    user = users.named_or_calling_user(call, user_name)
    found, rest = page(SSHPublicKey.objects.filter(user=user), by="id", marker=marker, max_items=max_items)
    return shapes.ListSSHPublicKeysResult(
        ssh_public_keys=[
            shapes.SSHPublicKeyMetadata(
                user_name=user.name, ssh_public_key_id=key.id, status=key.status, upload_date=key.uploaded
            )
            for key in found
        ],
        **rest,
    )


@operation(
    Access.WRITE,
    on=USER,
    rest=Rest("PATCH", "/users/{user_name}/ssh-public-keys/{ssh_public_key_id}", status=204),
    errors=(NoSuchEntity, InvalidInput),
)
def update_ssh_public_key(
    call: Call, *, user_name: UserName, ssh_public_key_id: shapes.SSHPublicKeyId, status: Status
) -> None:
    """Make an SSH public key inactive, or active again."""
    if status == "Expired":
        raise InvalidInput("An SSH public key does not expire; set Active or Inactive.")
    key = _key(users.lock(call.account_id, user_name), ssh_public_key_id, lock=True)
    key.active = status == "Active"
    key.save(update_fields=["active"])
    call.emit("ssh_public_key", key.id, "updated", revokes=not key.active)


@operation(
    Access.WRITE,
    on=USER,
    rest=Rest("DELETE", "/users/{user_name}/ssh-public-keys/{ssh_public_key_id}", status=204),
    errors=(NoSuchEntity,),
)
def delete_ssh_public_key(call: Call, *, user_name: UserName, ssh_public_key_id: shapes.SSHPublicKeyId) -> None:
    """Delete an SSH public key for good."""
    _key(users.lock(call.account_id, user_name), ssh_public_key_id, lock=True).delete()
    call.emit("ssh_public_key", ssh_public_key_id, "deleted", revokes=True)

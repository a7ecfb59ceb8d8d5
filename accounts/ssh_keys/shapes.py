"""SSH public keys as AWS shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import LATIN, OneOf, Paged, Sensitive, Shape, Status, Text, Timestamp

SSHPublicKeyId = Annotated[str, Text(20, 128, r"[\w]+")]
PublicKeyMaterial = Annotated[str, Text(1, 16384, LATIN), Sensitive]
"""What was uploaded: hidden, since people paste the private half by mistake. The key itself is no secret."""
PublicKeyEncoding = Annotated[str, OneOf(("SSH", "PEM"))]


class SSHPublicKeyMetadata(Shape):
    """A key without its body."""

    user_name: str
    ssh_public_key_id: SSHPublicKeyId
    status: Status
    upload_date: Timestamp


class SSHPublicKey(SSHPublicKeyMetadata):
    """A key with its body in the encoding that was asked for."""

    fingerprint: str
    ssh_public_key_body: str


class SSHPublicKeyResult(Shape):
    ssh_public_key: SSHPublicKey


class ListSSHPublicKeysResult(Paged):
    ssh_public_keys: list[SSHPublicKeyMetadata]

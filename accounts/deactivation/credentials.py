"""The credentials of a user that can be active or inactive, whatever their kind; the user's row is locked by then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from accounts.access_keys import pairs
from accounts.access_keys.models import AccessKey
from accounts.service_credentials.models import ServiceSpecificCredential
from accounts.signing_certificates.models import SigningCertificate
from accounts.ssh_keys.models import SSHPublicKey
from accounts.users.models import User
from iamconsole.kernel.call import Call

Reference = dict[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of credential, and what its changes are called."""

    model: Any
    entity: str


KINDS: Final = {
    "AccessKey": Kind(AccessKey, "access_key"),
    "SSHPublicKey": Kind(SSHPublicKey, "ssh_public_key"),
    "SigningCertificate": Kind(SigningCertificate, "signing_certificate"),
    "ServiceSpecificCredential": Kind(ServiceSpecificCredential, "service_specific_credential"),
}


def stop(call: Call, user: User) -> list[Reference]:
    """Make every active credential of the user inactive; gives which."""
    return [
        _switched(call, word, row, active=False)
        for word, kind in KINDS.items()
        for row in kind.model.objects.select_for_update().filter(user=user, active=True).order_by("pk")
    ]


def restore(call: Call, user: User, kept: Iterable[Reference]) -> list[Reference]:
    """Make those active that are still there and inactive; gives which."""
    wanted = list(kept)
    return [
        _switched(call, word, row, active=True)
        for word, kind in KINDS.items()
        for row in _inactive(user, kind, [each["id"] for each in wanted if each["kind"] == word]).select_for_update()
    ]


def restorable(user: User, kept: Iterable[Reference]) -> list[Reference]:
    """Those that would become active."""
    wanted = list(kept)
    return [
        {"kind": word, "id": row.pk}
        for word, kind in KINDS.items()
        if (ids := [each["id"] for each in wanted if each["kind"] == word])
        for row in _inactive(user, kind, ids)
    ]


def _inactive(user: User, kind: Kind, ids: list[str]) -> Any:
    return kind.model.objects.filter(user=user, pk__in=ids, active=False).order_by("pk")


def _switched(call: Call, word: str, row: Any, *, active: bool) -> Reference:
    if isinstance(row, AccessKey):
        pairs.set_active(call, row, active=active)
    else:
        row.active = active
        row.save(update_fields=["active"])
        call.emit(KINDS[word].entity, row.pk, "updated", revokes=not active)
    return {"kind": word, "id": row.pk}

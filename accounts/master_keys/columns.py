"""Where sealed secrets lie: every column, and what its texts are bound to. `tests/masterkey` holds this complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db.models.functions import Substr

from accounts.access_keys import secrets
from accounts.access_keys.models import AccessKey
from accounts.federation import sealed
from accounts.mfa import seeds
from accounts.mfa.models import MFADevice
from accounts.oidc_providers import sign_ins
from accounts.oidc_providers.models import OpenIDConnectSignIn
from accounts.outbound_federation import keys as issuer_keys
from accounts.outbound_federation.models import IssuerKey
from accounts.rotation import schedules
from accounts.rotation.models import RotationSchedule
from accounts.saml_providers import private_keys as saml_keys
from accounts.saml_providers.models import SAMLPrivateKey
from accounts.server_certificates import private_keys as certificate_keys
from accounts.server_certificates.models import ServerCertificate
from accounts.service_keys.models import ServiceAccessKey

EVERYWHERE: Final = "master keys are those of the whole installation"
HEAD: Final = len("s1.") + 32 + len(".")
"""Characters within which a sealed text names its master key."""

Row = Any


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed secrets of accounts: the owner that a row's secret is bound to, and what changes with it.

    `changed` gives entity and id, as handlers emit them; `parents` are the rows it needs besides.
    """

    name: str
    model: type[Any]
    column: str
    bound_to: Callable[[Row], tuple[str, ...]]
    changed: Callable[[Row], tuple[str, str]]
    parents: tuple[str, ...] = ()

    def not_under(self, key_id: str) -> Any:
        """The rows, of whatever account, whose secret is sealed under another key."""
        rows = self.model.objects.across_accounts(EVERYWHERE).exclude(**{self.column: ""})
        head = f"s1.{key_id}."
        return rows.annotate(head=Substr(self.column, 1, len(head))).exclude(head=head)

    def counted(self) -> Counter[str]:
        """How many secrets need which master key, by its id."""
        rows = self.model.objects.across_accounts(EVERYWHERE).exclude(**{self.column: ""})
        return _by_key(rows, self.column)


def _key_pair(key: Row) -> tuple[str, ...]:
    return secrets.owner(key.account_id, key.pk)


def _provider(key: Row) -> tuple[str, str]:
    return key.provider.arn_kind, key.provider.unique_id


COLUMNS: Final = {
    column.name: column
    for column in (
        SealedColumn("access-keys", AccessKey, "sealed_secret", _key_pair, lambda key: ("access_key", key.pk)),
        SealedColumn("service-keys", ServiceAccessKey, "sealed_secret", _key_pair, lambda key: ("service_key", key.pk)),
        SealedColumn(
            "mfa-seeds",
            MFADevice,
            "sealed_seed",
            lambda device: seeds.owner(device.account_id, device.serial_number),
            lambda device: (MFADevice.arn_kind, device.serial_number),
        ),
        SealedColumn(
            "server-certificates",
            ServerCertificate,
            "sealed_private_key",
            lambda row: certificate_keys.owner(row.account_id, row.unique_id),
            lambda row: (ServerCertificate.arn_kind, row.unique_id),
        ),
        SealedColumn(
            "saml-private-keys",
            SAMLPrivateKey,
            "sealed_key",
            lambda key: sealed.owner(saml_keys.KIND, key.account_id, key.pk),
            _provider,
            ("provider",),
        ),
        SealedColumn(
            "oidc-client-secrets",
            OpenIDConnectSignIn,
            "sealed_secret",
            lambda row: sealed.owner(sign_ins.KIND, row.account_id, row.provider.unique_id),
            _provider,
            ("provider",),
        ),
        SealedColumn(
            "issuer-keys",
            IssuerKey,
            "sealed_key",
            lambda key: sealed.owner(issuer_keys.KIND, key.account_id, key.pk),
            lambda key: ("outbound_issuer", key.issuer_id),
        ),
        SealedColumn(
            "rotation-settings",
            RotationSchedule,
            "sealed_settings",
            lambda row: sealed.owner(schedules.KIND, row.account_id, row.pk),
            lambda row: ("rotation_schedule", row.pk),
        ),
    )
}

# Copies that are written anew with what they are copies of: model, path of the text.
COPIES: Final = {"projected keys": ("replication.ProjectedRow", "body__secret")}

# Sealed texts that end by themselves within `queries.KEPT`, so that nobody wraps them anew.
PASSING: Final = frozenset(
    {("accounts.ConsoleSession", "session_token"), ("accounts.ConsoleSession", "switched_token")}
)


def copies_counted(name: str) -> Counter[str]:
    """How many copies need which master key."""
    label, path = COPIES[name]
    return _by_key(apps.get_model(label)._default_manager.exclude(**{f"{path}__isnull": True}), path)


def _by_key(rows: Any, path: str) -> Counter[str]:
    texts = rows.values_list(path, flat=True).iterator()
    return Counter(text[:HEAD].removeprefix("s1.").partition(".")[0] for text in texts)

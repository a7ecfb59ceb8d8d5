"""The kinds of delivery, as a table: what forms and documents show, and how each is made from its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from accounts.rotation.deliveries.file import File, FileSettings
from accounts.rotation.deliveries.interface import Delivery
from accounts.rotation.deliveries.pull import PULL, Pull, PullSettings
from accounts.rotation.deliveries.secrets_manager import SecretsManager
from accounts.rotation.deliveries.secrets_manager_api import SecretsManagerSettings
from accounts.rotation.deliveries.settings import Settings, SettingsRefused
from accounts.rotation.deliveries.vault import Vault
from accounts.rotation.deliveries.vault_api import VaultSettings
from accounts.rotation.deliveries.webhook import Webhook, WebhookSettings


@dataclass(frozen=True)
class Kind:
    """A kind: its title, the shape of its settings (`settings.model_json_schema()` documents them), what is made."""

    title: str
    settings: type[Settings]
    make: Callable[[Any], Delivery]


TABLE: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        PULL: Kind("The workload collects it", PullSettings, Pull),
        "webhook": Kind("Signed webhook", WebhookSettings, Webhook),
        "vault_kv2": Kind("Vault or OpenBao, KV version 2", VaultSettings, Vault),
        "secrets_manager": Kind("AWS Secrets Manager", SecretsManagerSettings, SecretsManager),
        "file": Kind("File on this host", FileSettings, File),
    }
)
KINDS: Final = tuple(TABLE)
SECRET_MEMBERS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {name: kind.settings.secret_members() for name, kind in TABLE.items()}
)
"""The members of each kind's settings that must be sealed at rest and are never shown."""


def read(kind: str, settings: Mapping[str, Any]) -> Delivery:
    """The delivery of a kind with these settings; SettingsRefused says, for each member, what is wrong with it."""
    if kind not in KINDS:
        raise SettingsRefused({"Kind": f"must be one of {', '.join(KINDS)}"})
    return TABLE[kind].make(TABLE[kind].settings.read(settings))

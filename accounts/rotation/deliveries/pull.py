"""Nothing is pushed: the workload collects its new key, with the old one, by `iamconsole.client.credential_process`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accounts.rotation.deliveries.interface import NewKey, Receipt
from accounts.rotation.deliveries.settings import Settings

PULL: Final = "pull"


class PullSettings(Settings):
    """There is nothing to say."""


@dataclass(frozen=True)
class Pull:
    settings: PullSettings
    kind = PULL

    def deliver(self, key: NewKey) -> Receipt:
        return Receipt(self.kind, target=key.user_name)

    def withdraw(self, key: NewKey, previous: NewKey | None) -> None:
        """The workload goes back to its former key when the new one is refused."""

    def check(self) -> None:
        """There is no target."""

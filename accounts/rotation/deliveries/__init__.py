"""Where new keys go. `pull`: nowhere; whoever holds the old key collects the new one (iamconsole:CollectAccessKey)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from iamconsole.kernel.errors import InvalidInput

PULL: Final = "pull"
KINDS: Final = (PULL,)
SECRET_MEMBERS: Final[Mapping[str, frozenset[str]]] = {PULL: frozenset()}
"""By kind, the settings that are sealed at rest and never shown."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key on its way; `replaces` is the id of the key that it takes over from."""

    rotation_id: str
    account_id: str
    user_name: str
    user_arn: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    replaces: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the destination said of a delivery; never a secret."""

    reference: str = ""


class DeliveryFailed(Exception):
    """A key did not arrive; `retryable` tells whether the same may succeed later. The text holds no secret."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


class Delivery(Protocol):
    """A destination. Delivering the same key twice is the same as once."""

    def deliver(self, key: NewKey) -> Receipt: ...

    def withdraw(self, key: NewKey, previous: NewKey) -> None:
        """Put the previous key back in the place of a new one."""

    def check(self) -> None:
        """Whether the destination can be reached and would take a key; DeliveryFailed where not."""


class Pull:
    """Nothing is pushed."""

    def deliver(self, key: NewKey) -> Receipt:
        raise DeliveryFailed("A key that is collected is not delivered.", retryable=False)

    def withdraw(self, key: NewKey, previous: NewKey) -> None:
        """The previous key is collected as the new one was."""

    def check(self) -> None:
        """There is nothing to reach."""


def read(kind: str, settings: Mapping[str, str]) -> Delivery:
    """The delivery of that kind with these settings; InvalidInput says what is wrong with them."""
    if kind != PULL:
        raise InvalidInput(f"There is no delivery of kind {kind}: use one of {', '.join(KINDS)}.")
    if settings:
        raise InvalidInput("A delivery of kind pull takes no settings.")
    return Pull()

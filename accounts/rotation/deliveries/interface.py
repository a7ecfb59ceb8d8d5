"""What a delivery is: the key that is handed over, the receipt, and how it can fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol

MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
"""How a moment in UTC is written."""


@dataclass(frozen=True)
class NewKey:
    """An access key on its way to its workload; `replaces` is the id of the old one, empty for a first key."""

    rotation_id: str
    account_id: str
    user_name: str
    user_arn: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    replaces: str
    created: datetime

    def material(self) -> dict[str, str]:
        """The members of the key pair, as CreateAccessKey names them, for whatever keeps JSON."""
        return {
            "AccountId": self.account_id,
            "UserName": self.user_name,
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret_access_key,
            "CreateDate": self.created.astimezone(UTC).strftime(MOMENT),
        }


MATERIAL: Final = ("AccountId", "UserName", "AccessKeyId", "SecretAccessKey", "CreateDate")
"""The members of `NewKey.material`; what else a target keeps beside them stays."""


def without_material(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What a target keeps of its own."""
    return {name: value for name, value in kept.items() if name not in MATERIAL}


@dataclass(frozen=True)
class Receipt:
    """Where a key was put: `target` is fit to be shown, `version` is the target's own name of what it holds now."""

    kind: str
    target: str = ""
    version: str = ""


class Delivery(Protocol):
    """One way to a workload, with its settings. Every method raises DeliveryFailed, and nothing else, on failure."""

    @property
    def kind(self) -> str: ...

    def deliver(self, key: NewKey) -> Receipt:
        """Hand a key over; doing so twice leaves the same."""

    def withdraw(self, key: NewKey, previous: NewKey | None) -> None:
        """Put the previous key back in the place of `key`, whose rotation is rolled back; without one, remove it.

        The secret of `previous` is empty where it is not known. A target that holds another key is left alone.
        """

    def check(self) -> None:
        """Find out, without writing, whether the target can be reached and written."""


class DeliveryFailed(Exception):
    """The target was not brought to the state that was asked for; the message holds no secret and no foreign text."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


PLACEHOLDER: Final = "{user_name}"
"""In the name of a place: a place for each user."""


def placed(name: str, key: NewKey | None) -> str:
    """The name of a key's place; without a key, one that no place needs to have."""
    if key is not None and PLACEHOLDER in name and key.user_name.startswith("."):
        raise DeliveryFailed(f"{name} names no place for a user whose name begins with a dot", retryable=False)
    return name.replace(PLACEHOLDER, key.user_name if key else PLACEHOLDER.strip("{}"))


def demand_place_of(key: NewKey, present: str, *, target: str) -> None:
    """Refuse a place that holds another key: that of another user, or one that nobody said was to be replaced."""
    if present not in ("", key.replaces, key.access_key_id):
        raise DeliveryFailed(
            f"{target} holds another key than the one that {key.access_key_id} replaces: take it out, "
            f"or give each user a place of its own, with {PLACEHOLDER} in its name",
            retryable=False,
        )


def not_restorable(target: str, previous: NewKey) -> DeliveryFailed:
    """Where the previous key's secret is nowhere to be had."""
    return DeliveryFailed(
        f"{target} holds the key that is withdrawn, and the secret of {previous.access_key_id} is not known: "
        "put the previous key back by hand",
        retryable=False,
    )

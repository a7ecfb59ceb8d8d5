"""Input and output of what the local operator does with master keys."""

from __future__ import annotations

from typing import Annotated

from accounts.master_keys.columns import COLUMNS
from iamconsole.kernel.shapes import OneOf, Shape, Text

MasterKeyId = Annotated[str, Text(1, 32, r"[A-Za-z0-9_-]+")]
SealedKind = Annotated[str, OneOf(tuple(COLUMNS))]


class NoteMasterKeysResult(Shape):
    """The current master key, and how many derived keys were sealed under it."""

    master_key_id: str
    handed_down: int


class RewrapSecretsResult(Shape):
    """How many secrets were wrapped anew, which ones cannot be opened, and whether there are more after `marker`."""

    rewrapped: int
    unusable: list[str]
    is_truncated: bool
    marker: str | None = None

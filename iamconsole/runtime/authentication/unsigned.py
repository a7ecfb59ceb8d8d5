"""Unsigned calls: the input itself proves who is calling, as a signature would, before anything is executed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from iamconsole.kernel.call import Principal
from iamconsole.kernel.errors import MissingAuthenticationToken
from iamconsole.kernel.operation import Operation


def authenticate(operation: Operation, raw: Mapping[str, Any], *, now: datetime) -> Principal:
    """Whoever an identity provider vouches for; ValidationError for the input, the operation's own for the token."""
    if operation.unsigned is None:
        raise MissingAuthenticationToken
    return operation.unsigned(operation.decode(raw), now)

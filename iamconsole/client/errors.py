"""What can go wrong when a service asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .decisions import Decision


class ClientError(Exception):
    """There is no permission: whoever catches this must refuse."""


class Unavailable(ClientError):
    """No answer came in time, or one that is no decision."""


class Refused(ClientError):
    """The question is refused; `code` is AWS's."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.status, self.code, self.detail = status, code, detail


class Unauthenticated(Refused):
    """The request that was handed over has no good credentials."""


class Denied(ClientError):
    """The principal may not."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.reason or "denied")
        self.decision = decision

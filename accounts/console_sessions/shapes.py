"""Console sessions as they are shown."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Shape, Text, Timestamp

SessionId = Annotated[str, Text(1, 32, r"[a-z0-9-]+")]


class ConsoleSession(Shape):
    """Where a user is signed in: since when, last seen when, from where, with what; `current` is the caller's own.

    `acting_as` is the session of the role that was switched to, if one was.
    """

    session_id: SessionId
    user_name: str | None = None
    started: Timestamp
    last_seen: Timestamp
    source_ip: str = ""
    user_agent: str = ""
    current: bool = False
    acting_as: str = ""


class ListConsoleSessionsResult(Shape):
    console_sessions: list[ConsoleSession]

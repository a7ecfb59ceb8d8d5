"""The id of a denial at these doors.

The answer itself carries the checks and near misses; a record to look up later needs the access history, which writes
off the hot path.
"""

from __future__ import annotations

from iamconsole.audit.decisions.denial import authorization_id
from policies.engine import Decision, Request


def on_denied(decision: Decision | None, request: Request) -> str:
    """The authorization id of a denial; `decision` is None where the evaluation itself failed."""
    return authorization_id()

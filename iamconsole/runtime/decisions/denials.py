"""The id of a denial at these doors: given at once, while what explains it is stored off the hot path."""

from __future__ import annotations

from iamconsole.audit.decisions.denial import authorization_id
from iamconsole.audit.history.recorder import recorder
from policies.engine import Decision


def on_denied(decision: Decision | None) -> str:
    """The authorization id of a denial; `decision` is None where the evaluation itself failed, which nothing explains.

    Within a second it can be asked about, unless so many are denied at once that some are only counted.
    """
    given = authorization_id()
    if decision is not None:
        recorder.denied(decision, given)
    return given

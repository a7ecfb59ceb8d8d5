"""What the authorizer hands over with a refusal."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from policies import engine

ID_BYTES = 13

Context = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Denial:
    """What was decided about one call, in order, the denial last; `shared` are the context keys common to all."""

    decisions: tuple[engine.Decision, ...]
    shared: Context

    @property
    def decisive(self) -> engine.Decision:
        """The decision that denied."""
        return self.decisions[-1]


OF_THE_OWNER = (engine.Layer.RCP, engine.Layer.RESOURCE, engine.Layer.TRUST)


def is_foreign(request: engine.Request, layer: engine.Layer) -> bool:
    """Whether policies of a layer belong to another account than the caller's, which is told their verdict alone."""
    return request.crosses_accounts and layer in OF_THE_OWNER


def authorization_id() -> str:
    """A name for one denial, by which its record can be asked for; not to be guessed (botocore: `[0-9a-z]+`)."""
    return secrets.token_hex(ID_BYTES)

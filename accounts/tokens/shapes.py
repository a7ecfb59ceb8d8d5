"""Bearer tokens as the REST API shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Number, Sensitive, Shape, Text, Timestamp

DurationSeconds = Annotated[int, Number(900, 43200)]


class CreateTokenResult(Shape):
    """A new token, which is shown this once."""

    token: Annotated[str, Text(), Sensitive]
    token_type: str = "Bearer"  # noqa: S105  (the scheme's name)
    expiration: Timestamp

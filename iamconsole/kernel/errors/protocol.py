"""What are you saying? The request could not be understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iamconsole.kernel.errors.base import Fault


class ProtocolFault(Fault):
    """The request could not be understood."""

    status = 400


class InvalidAction(ProtocolFault):
    """The action or operation requested is not valid."""


class MissingAction(ProtocolFault):
    """The request is missing an action or a required parameter."""


class InvalidQueryParameter(ProtocolFault):
    """The query string is malformed or does not adhere to AWS standards."""


class MalformedQueryString(ProtocolFault):
    """The query string contains a syntax error."""

    status = 404


class InvalidParameterValue(ProtocolFault):
    """A value that is not valid or out of range was supplied for a parameter."""


class InvalidParameterCombination(ProtocolFault):
    """Parameters that must not be used together were used together."""


class ValidationError(ProtocolFault):
    """The input fails to satisfy the constraints of the operation.

    `errors` maps a member's path (`userName`, `tags.1.member.key`) to what is wrong with it.
    """

    def __init__(self, message: str = "", *, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        self.errors = {path: list(texts) for path, texts in (errors or {}).items()}
        super().__init__(message)


class Throttling(ProtocolFault):
    """Rate exceeded"""


class RequestTooLarge(ProtocolFault):
    """The request is larger than this door accepts."""

    code = "RequestEntityTooLarge"
    status = 413

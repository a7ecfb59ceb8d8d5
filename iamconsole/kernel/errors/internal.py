"""Our fault, never the caller's."""

from __future__ import annotations

from iamconsole.kernel.errors.base import Fault


class ServiceFailure(Fault):
    """The request failed because of an internal error."""

    status = 500
    sender = False


class InternalFailure(Fault):
    """The request processing has failed because of an unknown error."""

    status = 500
    sender = False


class ServiceUnavailable(Fault):
    """The request failed because a dependency is temporarily unavailable."""

    status = 503
    sender = False

"""The engine said no."""

from __future__ import annotations

from iamconsole.kernel.errors.base import Fault


class AccessDenied(Fault):
    """Access denied."""

    status = 403

    def __init__(self, message: str = "", *, explicit: bool = False, evidence: object = None) -> None:
        super().__init__(message)
        self.explicit = explicit
        self.evidence = evidence  # what was decided and why, for whoever puts the denial on record
        self.authorization_id: str | None = None

    def recorded_as(self, authorization_id: str) -> None:
        """Tell the caller by which id the kept record of this denial can be asked for."""
        self.authorization_id = authorization_id
        self.message += (
            ". To see the details, call the GetRequestAuthorizationDetails API with the following authorization id: "
            f"{authorization_id}"
        )
        self.args = (self.message,)

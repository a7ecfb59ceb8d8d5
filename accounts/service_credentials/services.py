"""The services that take service-specific credentials: some of AWS's, and every one that the account registered."""

from __future__ import annotations

from dataclasses import dataclass

from iamconsole.kernel.errors import ServiceNotSupported, ValidationError
from policies.services import queries as registered
from policies.services.models import RegisteredService


@dataclass(frozen=True, slots=True)
class Taker:
    """A service and what its credentials are: API keys, or a user name and password; `ages` where they may expire."""

    name: str
    api_keys: bool = False
    ages: bool = False
    row: RegisteredService | None = None


BUILT_IN = {
    taker.name: taker
    for taker in (
        Taker("bedrock.amazonaws.com", api_keys=True, ages=True),
        Taker("cassandra.amazonaws.com"),
        Taker("codecommit.amazonaws.com"),
        Taker("logs.amazonaws.com", api_keys=True, ages=True),
    )
}


def taker(account_id: str, name: str) -> Taker:
    """The service of that name, a registered one by its prefix; ServiceNotSupported for any other."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    row = registered.seek(account_id, name) if name.isascii() and name.isprintable() else None
    if row is None:
        raise ServiceNotSupported(
            "The service does not support service-specific credentials: name "
            f"{', '.join(BUILT_IN)} or the prefix of a service that this account registered."
        )
    return Taker(name, ages=True, row=row)


def demand_ages(service: Taker, days: int | None) -> None:
    """ValidationError where credentials of this service are asked to expire and cannot."""
    if days is not None and not service.ages:
        raise ValidationError(f"CredentialAgeDays is not valid for {service.name}: its credentials do not expire.")


def has_api_keys(name: str) -> bool:
    return name in BUILT_IN and BUILT_IN[name].api_keys

"""What a service that an account registered is called as a principal (docs/adr/0010)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

SUFFIX: Final = "iamconsole"
PREFIX: Final = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_NAME: Final = re.compile(rf"(?P<prefix>{PREFIX})\.(?P<account>[0-9]{{12}})\.{SUFFIX}")
_ARN: Final = re.compile(rf"arn:aws:{SUFFIX}::(?P<account>[0-9]{{12}}):service/(?P<prefix>{PREFIX})")


@dataclass(frozen=True, slots=True)
class ServicePrincipal:
    """A registered service as a principal; nothing else in the installation can have its name or its ARN."""

    account_id: str
    prefix: str

    @property
    def name(self) -> str:
        """`orders.123456789012.iamconsole`: what `"Principal": {"Service": …}` says."""
        return f"{self.prefix}.{self.account_id}.{SUFFIX}"

    @property
    def arn(self) -> str:
        """`arn:aws:iamconsole::123456789012:service/orders`."""
        return f"arn:aws:{SUFFIX}::{self.account_id}:service/{self.prefix}"


def service_principal(text: str) -> ServicePrincipal | None:
    """The service that a name or an ARN means; None for any other text, AWS's services among them."""
    found = _NAME.fullmatch(text) or _ARN.fullmatch(text)
    return ServicePrincipal(found["account"], found["prefix"]) if found else None

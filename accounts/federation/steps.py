"""The steps of verifying a token, told one by one to whoever explains a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from iamconsole.kernel.errors import Fault


class Step(StrEnum):
    """What is checked of a web identity token, in this order."""

    PARSE = "Parse"
    ALGORITHM = "Algorithm"
    PROVIDER = "Provider"
    KEY = "Key"
    SIGNATURE = "Signature"
    AUDIENCE = "Audience"
    TIMES = "Times"
    CLAIMS = "Claims"


class SamlStep(StrEnum):
    """What is checked of a SAML response, in this order."""

    METADATA = "Metadata"
    PARSE = "Parse"
    STATUS = "Status"
    SIGNATURE = "Signature"
    ISSUER = "Issuer"
    SUBJECT = "Subject"
    CONDITIONS = "Conditions"
    ATTRIBUTES = "Attributes"
    ROLE = "Role"


@dataclass(slots=True)
class Trace:
    """How far a verification came: step → why it failed, empty where it passed; what is missing was not reached."""

    results: dict[StrEnum, str] = field(default_factory=dict)

    @contextmanager
    def step(self, step: StrEnum) -> Iterator[None]:
        """Note how the body ends."""
        try:
            yield
        except Fault as fault:
            self.results[step] = fault.message
            raise
        self.results[step] = ""

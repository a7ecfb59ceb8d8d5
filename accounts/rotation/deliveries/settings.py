"""What the owner of a delivery says about its target: members named as AWS names members, faults told by member."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from typing import Annotated, Any, Self, get_args

from cryptography import x509
from django.conf import settings as product
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from accounts.egress.addresses import LOOPBACK
from accounts.egress.exchange import Guard, Refused, checked_url
from accounts.rotation.deliveries.interface import PLACEHOLDER
from iamconsole.kernel.errors import InvalidInput
from iamconsole.kernel.names import aws_name


class SettingsRefused(InvalidInput):
    """The settings cannot be used; `faults` says why for each member, and repeats no value."""

    code, shape = InvalidInput.code, InvalidInput.shape

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{member}: {fault}" if member else fault for member, fault in faults.items()))
        self.faults = faults


class Settings(BaseModel):
    """The settings of one kind; values may come as text, as forms and maps have them."""

    model_config = ConfigDict(
        alias_generator=aws_name, extra="forbid", frozen=True, hide_input_in_errors=True, str_max_length=65_536
    )

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """The settings; SettingsRefused names every fault."""
        try:
            return cls.model_validate(dict(given))
        except ValidationError as refused:
            faults = refused.errors(include_input=False, include_url=False, include_context=False)
            raise SettingsRefused({_member(each["loc"]): cls._sentence(each) for each in faults}) from None

    @classmethod
    def secret_members(cls) -> frozenset[str]:
        """The members whose values must be sealed at rest and are never shown."""
        return frozenset(aws_name(name) for name, each in cls.model_fields.items() if _holds_secret(each.annotation))

    @classmethod
    def _sentence(cls, fault: Any) -> str:
        if fault["type"] == "extra_forbidden":
            return "is no setting of this kind" + ("" if cls.model_fields else ", which takes no settings")
        return "must be given" if fault["type"] == "missing" else str(fault["msg"]).removeprefix("Value error, ")


def guard(ca_certificate: str = "") -> Guard:
    """Where deliveries may go: public addresses, and the networks that the operator of this host opens."""
    networks = tuple(product.IAM_DELIVERY_NETWORKS)
    own = any(each.version == loop.version and each.overlaps(loop) for each in networks for loop in LOOPBACK)
    return Guard(networks, ca_certificate, loopback=product.IAM_TEST_MODE or own)


def _holds_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(map(_holds_secret, get_args(annotation)))


def _member(location: tuple[int | str, ...]) -> str:
    return str(location[0]) if location else ""


def _url(text: str) -> str:
    try:
        checked_url(text, guard())
    except Refused as refused:
        raise ValueError(str(refused)) from None
    return text


def _origin(text: str) -> str:
    parts = _url(text).split("/", 3)
    if "?" in text or (len(parts) > 3 and parts[3]):
        raise ValueError("write https://host:port without path and query")
    return "/".join(parts[:3])


def _certificates(text: str) -> str:
    if text:
        try:
            x509.load_pem_x509_certificates(text.encode())
            ssl.create_default_context(cadata=text)
        except (ValueError, ssl.SSLError):
            raise ValueError("write one or more certificates in PEM") from None
    return text


def _path(text: str) -> str:
    if any(part in ("", ".", "..") for part in text.split("/")):
        raise ValueError("write the path without slashes at its ends, empty parts, and parts of dots")
    return text


def _place(text: str) -> str:
    if set("{}") & set(text.replace(PLACEHOLDER, "")):
        raise ValueError(f"the only placeholder is {PLACEHOLDER}")
    return text


def _header_value(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not re.fullmatch(r"[!-~]{1,4096}", text):
        raise ValueError("must be 1 to 4096 printable ASCII characters without spaces")
    return secret


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


Url = Annotated[str, AfterValidator(_url)]
Origin = Annotated[str, AfterValidator(_origin)]
OptionalOrigin = Annotated[str, AfterValidator(lambda given: given and _origin(given))]
Certificates = Annotated[str, AfterValidator(_certificates)]
Place = Annotated[str, AfterValidator(_place)]
Path = Annotated[Place, Field(max_length=1024, pattern=r"^[!-~]+(?: [!-~]+)*$"), AfterValidator(_path)]
Secret = Annotated[SecretStr, AfterValidator(_header_value)]
OptionalSecret = Annotated[Secret | None, BeforeValidator(_none_if_empty)]

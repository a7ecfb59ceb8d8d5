"""The actions of Secrets Manager that one secret needs, signed with Signature Version 4."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, SecretStr, ValidationError

from accounts.egress.exchange import Answer, Request
from accounts.rotation.deliveries.interface import DeliveryFailed
from accounts.rotation.deliveries.settings import (
    Certificates,
    OptionalOrigin,
    OptionalSecret,
    Place,
    Secret,
    Settings,
    guard,
)
from accounts.rotation.deliveries.targets import ask, host, read, refusal
from iamconsole.client.signing import authorization

SERVICE: Final = "secretsmanager"
CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"
ABSENT: Final = "ResourceNotFoundException"
AGAIN: Final = frozenset({"InternalServiceError", "InternalServiceErrorException", "ThrottlingException"})
KNOWN: Final = AGAIN | {
    ABSENT,
    "AccessDeniedException",
    "DecryptionFailure",
    "EncryptionFailure",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidParameterException",
    "InvalidRequestException",
    "InvalidSignatureException",
    "LimitExceededException",
    "MalformedPolicyDocumentException",
    "PreconditionNotMetException",
    "ResourceExistsException",
    "UnrecognizedClientException",
    "ValidationException",
}
"""The codes that messages repeat; whatever else an answer holds is not ours."""


class SecretsManagerSettings(Settings):
    """`SecretId` is an ARN, or a name that may hold `{user_name}`; `Endpoint` is Amazon's unless given."""

    region: Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9-]+$")]
    secret_id: Annotated[Place, Field(min_length=1, max_length=2048, pattern=r"^[A-Za-z0-9/_+=.@:!{}-]+$")]
    access_key_id: Annotated[str, Field(min_length=16, max_length=128, pattern=r"^\w+$")]
    secret_access_key: Secret
    session_token: OptionalSecret = None
    endpoint: OptionalOrigin = ""
    create: bool = False
    ca_certificate: Certificates = ""

    @property
    def url(self) -> str:
        china = ".cn" if self.region.startswith("cn-") else ""
        return self.endpoint or f"https://{SERVICE}.{self.region}.amazonaws.com{china}"


class _Described(BaseModel):
    deleted: Any = Field(None, alias="DeletedDate")
    versions: dict[str, list[str]] = Field({}, alias="VersionIdsToStages")


class _Valued(BaseModel):
    text: SecretStr = Field(SecretStr(""), alias="SecretString")


class _Failed(BaseModel):
    type: str = Field("", alias="__type")


@dataclass(frozen=True)
class StoredSecret:
    """One secret, by its name or ARN."""

    settings: SecretsManagerSettings
    name: str

    @property
    def target(self) -> str:
        return f"{self.name} at {host(self.settings.url)}"

    def versions(self) -> dict[str, list[str]] | None:
        """The stages of each version; None where there is no such secret."""
        answer = self._call("DescribeSecret", {"SecretId": self.name}, or_none=ABSENT)
        if answer is None:
            return None
        found = read(answer, self.settings.url, _Described)
        if found.deleted:
            raise DeliveryFailed(f"{self.target} is going to be deleted: restore it", retryable=False)
        return found.versions

    def value(self, *, stage: str = "", version: str = "") -> dict[str, Any]:
        """The members of a version; none where it does not exist."""
        which = {"VersionStage": stage} if stage else {"VersionId": version}
        answer = self._call("GetSecretValue", {"SecretId": self.name, **which}, or_none=ABSENT)
        if answer is None:
            return {}
        try:
            kept = json.loads(read(answer, self.settings.url, _Valued).text.get_secret_value())
        except (ValueError, RecursionError):
            kept = None
        if not isinstance(kept, dict):
            raise DeliveryFailed(f"{self.target} holds something else than a JSON object", retryable=False)
        return kept

    def create(self, version: str, value: Mapping[str, Any]) -> None:
        if not self.settings.create:
            raise DeliveryFailed(f"there is no secret {self.target}: make it, or set Create", retryable=False)
        secret = {"ClientRequestToken": version, "SecretString": json.dumps(value)}
        self._call("CreateSecret", {"Name": self.name, **secret})

    def stage(self, version: str, value: Mapping[str, Any]) -> None:
        secret = {"ClientRequestToken": version, "SecretString": json.dumps(value), "VersionStages": [PENDING]}
        self._call("PutSecretValue", {"SecretId": self.name, **secret})

    def move(self, stage: str, *, to: str, off: str) -> None:
        ends = {"MoveToVersionId": to, "RemoveFromVersionId": off}
        given = {name: version for name, version in ends.items() if version}
        self._call("UpdateSecretVersionStage", {"SecretId": self.name, "VersionStage": stage, **given})

    def _call(self, action: str, members: Mapping[str, Any], *, or_none: str = "") -> Answer | None:
        """The answer of an action; None for the error of that code."""
        url, body = f"{self.settings.url}/", json.dumps(members).encode()
        answer = ask(Request(url, "POST", self._headers(action, body), body), guard(self.settings.ca_certificate))
        if answer.status == 200:
            return answer
        code = _code(answer)
        if code and code == or_none:
            return None
        failed = refusal(url, answer.status, f"{code or 'an error'} to {action}")
        raise DeliveryFailed(str(failed), retryable=failed.retryable or code in AGAIN)

    def _headers(self, action: str, body: bytes) -> dict[str, str]:
        name, token = host(self.settings.url), self.settings.session_token
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{SERVICE}.{action}"}
        if token is not None:
            headers["X-Amz-Security-Token"] = token.get_secret_value()
        signed = authorization(
            self.settings.access_key_id,
            self.settings.secret_access_key.get_secret_value(),
            method="POST",
            target="/",
            host=name,
            body=body,
            headers=headers,
            service=SERVICE,
            region=self.settings.region,
        )
        return headers | signed | {"Host": name}


def _code(answer: Answer) -> str:
    """The error's code, where it is one that we know."""
    try:
        code = _Failed.model_validate_json(answer.body).type.rpartition("#")[2]
    except ValidationError:
        return ""
    return code if code in KNOWN else ""

"""A signed POST to an address of the workload's (Standard Webhooks 1.0.0: standardwebhooks.com)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, SecretStr

from accounts.egress.exchange import Request
from accounts.rotation.deliveries.interface import MOMENT, NewKey, Receipt
from accounts.rotation.deliveries.settings import Certificates, Settings, Url, guard
from accounts.rotation.deliveries.targets import ask, host, refusal
from iamconsole.kernel import clock
from iamconsole.kernel.webhooks import PREFIX, standard_webhook_headers

CREATED, WITHDRAWN, CHECK = "access_key.created", "access_key.withdrawn", "access_key.check"


def _signing_secret(secret: SecretStr) -> SecretStr:
    if not 24 <= len(_secret_bytes(secret)) <= 64:
        raise ValueError("must be whsec_ and the base64 of 24 to 64 random bytes")
    return secret


def _secret_bytes(secret: SecretStr) -> bytes:
    text = secret.get_secret_value()
    try:
        return base64.b64decode(text.removeprefix(PREFIX), validate=True) if text.startswith(PREFIX) else b""
    except binascii.Error:
        return b""


SigningSecret = Annotated[SecretStr, AfterValidator(_signing_secret)]


class WebhookSettings(Settings):
    """`PreviousSecret` signs beside `Secret` until the receiver knows the new one."""

    url: Url
    secret: SigningSecret
    previous_secret: Annotated[SigningSecret | None, BeforeValidator(lambda given: given or None)] = None
    ca_certificate: Certificates = ""


@dataclass(frozen=True)
class Webhook:
    """An event has one `webhook-id`, however often it is sent: receivers know repetitions by it."""

    settings: WebhookSettings
    kind = "webhook"

    def deliver(self, key: NewKey) -> Receipt:
        return self._sent(CREATED, key, _told(key) | key.material())

    def withdraw(self, key: NewKey, previous: NewKey | None) -> None:
        data: dict[str, Any] = _told(key)
        if previous is not None:
            known = previous.material()
            data["Previous"] = known if previous.secret_access_key else {"AccessKeyId": previous.access_key_id}
        self._sent(WITHDRAWN, key, data)

    def check(self) -> None:
        """Post a signed event without a key, which shows that the receiver has the secret."""
        self._sent(CHECK, None, {})

    def _sent(self, event: str, key: NewKey | None, data: Mapping[str, Any]) -> Receipt:
        now = clock.now()
        happened = key.created.astimezone(UTC) if key and event == CREATED else now
        body = json.dumps({"type": event, "timestamp": happened.strftime(MOMENT), "data": data}).encode()
        about = (key.rotation_id, key.access_key_id) if key else (now.isoformat(),)
        message_id = f"msg_{sha256(json.dumps([event, *about]).encode()).hexdigest()[:32]}"
        secrets = map(_secret_bytes, filter(None, (self.settings.secret, self.settings.previous_secret)))
        signed = standard_webhook_headers(*secrets, id=message_id, timestamp=now, body=body)
        headers = signed | {"Content-Type": "application/json"}
        url = self.settings.url
        answer = ask(Request(url, "POST", headers, body), guard(self.settings.ca_certificate))
        if not 200 <= answer.status < 300:
            raise refusal(url, answer.status)
        return Receipt(self.kind, host(url), message_id)


def _told(key: NewKey) -> dict[str, Any]:
    """What every event says of its key."""
    return {
        "RotationId": key.rotation_id,
        "AccountId": key.account_id,
        "UserName": key.user_name,
        "UserArn": key.user_arn,
        "AccessKeyId": key.access_key_id,
        "Replaces": key.replaces,
    }

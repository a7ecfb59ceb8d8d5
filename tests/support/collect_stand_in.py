"""A stand-in for the one operation that a workload asks for its waiting key; signatures are verified with botocore."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.receiving import Received, Reply, receiving

OLD, NEW, NEXT = "AKIAOLD0000000000000", "AKIANEW0000000000000", "AKIANEXT000000000000"
SECRETS = {OLD: "old/secret+0000", NEW: "new/secret+0000", NEXT: "next/secret+000"}
CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8})/([a-z0-9-]+)/(\w+)/aws4_request, .*Signature=(\w+)")


@dataclass
class CollectStandIn:
    """One user: the keys that are good, the one that waits until it was used, and what was asked by which key."""

    url: str = ""
    good: set[str] = field(default_factory=lambda: {OLD})
    waiting: str = ""
    seen: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    fault: Reply | None = None
    delay: float = 0.0
    over: Event = field(default_factory=Event)
    stranger: int = 401

    def rotate(self, new: str) -> None:
        self.good.add(new)
        self.waiting = new

    def withdraw(self) -> None:
        """Roll back: the new key is gone."""
        self.good.discard(self.waiting)
        self.waiting = ""

    def answer(self, asked: Received) -> Reply:
        self.over.wait(self.delay)
        key = _signer(asked)
        self.asked.append(key)
        if self.fault:
            return self.fault
        if (asked.method, asked.target, asked.body) != ("POST", "/api/v1/rotation/collect", b""):
            return _problem(404, "UnknownOperationException")
        if key not in self.good:
            return _problem(self.stranger, "InvalidClientTokenId")
        self.seen.add(key)
        if not self.waiting or self.waiting in self.seen:
            return _problem(404, "NoSuchEntity")
        secret = SECRETS[self.waiting]
        told = {"AccessKeyId": self.waiting, "SecretAccessKey": secret, "UserName": "web", "CreateDate": "2026-01-01"}
        return Reply(200, json.dumps(told).encode())


def _signer(asked: Received) -> str:
    """The id of the key that signed, empty for a signature that is wrong."""
    found = CREDENTIAL.fullmatch(asked.headers.get("authorization", ""))
    if not found or found[1] not in SECRETS:
        return ""
    signer = SigV4Auth(Credentials(found[1], SECRETS[found[1]]), found[4], found[3])
    request = AWSRequest(asked.method, f"http://{asked.headers['host']}{asked.target}", data=asked.body)
    request.headers["X-Amz-Date"] = request.context["timestamp"] = asked.headers["x-amz-date"]
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return found[1] if hmac.compare_digest(signature, found[5]) else ""


def _problem(status: int, code: str) -> Reply:
    return Reply(status, json.dumps({"status": status, "code": code, "detail": code}).encode())


@contextmanager
def collecting() -> Iterator[CollectStandIn]:
    """A running stand-in."""
    made = CollectStandIn()
    with receiving(made.answer) as made.url:
        yield made
        made.over.set()

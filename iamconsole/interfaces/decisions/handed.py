"""A request that a service received and hands over, and what the service wants to know about it."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from iamconsole.kernel.errors import ValidationError
from iamconsole.runtime.authentication.sigv4 import SignedRequest
from iamconsole.runtime.decisions.questions import MAX_RESOURCE, Value, context_of, is_action, resource_owner

MEMBERS = frozenset({"method", "url", "headers", "bodyHash", "body", "action", "resource", "context", "service"})
HASH = re.compile(r"[0-9a-f]{64}")
NOT_SENT = re.compile(r"[\x00-\x20\x7f]")  # what no request line can hold


@dataclass(frozen=True, slots=True)
class Received:
    """The request; with `action` a question too. `services` None takes the one that the signature names."""

    request: SignedRequest
    services: frozenset[str] | None
    action: str | None
    resource: str
    context: Mapping[str, Value]
    owner: str | None


def read(given: Any) -> Received:
    """Every fault of every member in one ValidationError."""
    if not isinstance(given, dict):
        raise ValidationError("the body must be an object with `method`, `url` and `headers`")
    errors: dict[str, list[str]] = {name: ["is not a member"] for name in given.keys() - MEMBERS}
    method, url, service, action = (_text(given, name, errors) for name in ("method", "url", "service", "action"))
    resource = _text(given, "resource", errors) or "*"
    if not method:
        errors.setdefault("method", ["must be the method, such as `GET`"])
    if not url or NOT_SENT.search(url) or not _is_url(url):
        errors.setdefault("url", ["must be the URL as it was sent, percent-encoded"])
    if action is not None and not is_action(action):
        errors["action"] = ["must be one action, such as `s3:GetObject`"]
    if len(resource) > MAX_RESOURCE:
        errors["resource"] = [f"must have at most {MAX_RESOURCE} characters"]
    headers = _headers(given.get("headers"), errors)
    body, body_hash = _body(given, errors)
    context = context_of(given.get("context"), errors, "context")
    if errors:
        said = "; ".join(f"Value at '{path}' {texts[0]}" for path, texts in errors.items())
        raise ValidationError(f"{len(errors)} validation errors detected: {said}", errors=errors)
    request = _request(method or "", url or "", headers, body, body_hash)
    services = frozenset({service}) if service else None
    return Received(request, services, action, resource, context, resource_owner(resource, context))


def _is_url(text: str) -> bool:
    try:
        urlsplit(text)
    except ValueError:
        return False
    return True


def _request(
    method: str, url: str, headers: list[tuple[str, str]], body: bytes, body_hash: str | None
) -> SignedRequest:
    target, _, _fragment = url.partition("#")
    origin, _, query = target.partition("?")
    host = ""
    if not origin.startswith("/"):
        host = urlsplit(origin).netloc
        origin = "/" + origin.split("://", 1)[-1].partition("/")[2]
    if host and not any(name.lower() == "host" for name, _ in headers):
        headers = [("host", host), *headers]
    return SignedRequest(method, origin, query, headers, body, body_hash)


def _text(given: Mapping[str, Any], name: str, errors: dict[str, list[str]]) -> str | None:
    value = given.get(name)
    if value is None or isinstance(value, str):
        return value
    errors[name] = ["must be a text"]
    return None


def _headers(given: Any, errors: dict[str, list[str]]) -> list[tuple[str, str]]:
    try:
        found = list(_pairs(given))
    except (TypeError, ValueError):
        found = []
        errors["headers"] = ["must be an object of texts or lists of texts, or a list of [name, value]"]
    return found


def _pairs(given: Any) -> Iterator[tuple[str, str]]:
    for name, values in given.items() if isinstance(given, dict) else given:
        for value in values if isinstance(values, list) else [values]:
            if not isinstance(name, str) or not isinstance(value, str):
                raise TypeError
            yield name, value


def _body(given: Mapping[str, Any], errors: dict[str, list[str]]) -> tuple[bytes, str | None]:
    body, body_hash = _text(given, "body", errors), _text(given, "bodyHash", errors)
    if body is not None and body_hash is not None:
        errors["bodyHash"] = ["must not be given together with `body`"]
    if body_hash is not None and not HASH.fullmatch(body_hash):
        errors["bodyHash"] = ["must be the SHA-256 of the body in 64 lower-case hex digits"]
    try:
        return b64decode(body or "", validate=True), body_hash
    except (NotBase64, ValueError):
        errors["body"] = ["must be base64"]
        return b"", None

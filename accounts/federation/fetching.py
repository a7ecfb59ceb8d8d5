"""Documents of identity providers, by the one way out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlencode

from accounts.egress import exchange
from accounts.egress.exchange import TIMEOUT, EgressError, Guard, Refused, Request


class FetchRefused(Exception):
    """The document was not fetched; the message says why, fit for whoever administers the provider."""


@dataclass(frozen=True, slots=True)
class Form:
    """What is posted instead of fetched, and the `Authorization` it is posted with; no message shows either."""

    fields: Mapping[str, str] = field(repr=False)
    authorization: str = field(default="", repr=False)

    def request(self, url: str) -> Request:
        named = {"Content-Type": "application/x-www-form-urlencoded"}
        headers = named | ({"Authorization": self.authorization} if self.authorization else {})
        return Request(url, "POST", headers, urlencode(self.fields).encode())


def fetch_json(url: str, guard: Guard, *, timeout: float = TIMEOUT, form: Form | None = None) -> dict[str, Any]:
    """The JSON object at a URL, or that answers a form; FetchRefused for all else, after `timeout` seconds at most."""
    checked_url(url, guard)
    try:
        answer = exchange.send(form.request(url) if form else Request(url), guard, timeout=timeout)
    except EgressError as fault:
        raise FetchRefused(f"{url} could not be fetched: {fault}") from fault
    if answer.status != 200:
        what = "a redirect, which is not followed" if 300 <= answer.status < 400 else "not a document"
        raise FetchRefused(f"{url} could not be fetched: status {answer.status} is {what}")
    return _object(answer.body, url)


def checked_url(url: str, guard: Guard) -> SplitResult:
    """The parts of a URL that may be fetched, or that a browser may be sent to; FetchRefused says what is amiss."""
    try:
        return exchange.checked_url(url, guard)
    except Refused as refused:
        raise FetchRefused(f"{url!r} is not fetched: {refused}") from None


def _object(body: bytes, url: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise FetchRefused(f"{url} is not a JSON object")
    return found

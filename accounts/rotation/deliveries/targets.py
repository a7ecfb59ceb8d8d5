"""Asking a target over HTTP; what it answers is read, but repeated in no message: it may send back what it was sent."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from accounts.egress.exchange import Answer, Guard, NoAnswer, Refused, Request, send
from accounts.rotation.deliveries.interface import DeliveryFailed

Shape = TypeVar("Shape", bound=BaseModel)
TIMEOUT = 10.0
AGAIN = frozenset({408, 412, 425, 429})
"""Statuses below 500 that another attempt may not meet (412: Vault's replica has not caught up)."""


def ask(request: Request, guard: Guard) -> Answer:
    """The answer, whatever its status; DeliveryFailed without one."""
    try:
        return send(request, guard, timeout=TIMEOUT)
    except Refused as refused:
        raise DeliveryFailed(f"{host(request.url)} is not asked: {refused}", retryable=False) from None
    except NoAnswer as none:
        raise DeliveryFailed(f"{host(request.url)} does not answer: {none}", retryable=True) from None


def refusal(url: str, status: int, why: str = "") -> DeliveryFailed:
    """What a status that is no success means; `why` is a sentence of ours."""
    redirect = "a redirect, which is not followed" if 300 <= status < 400 else ""
    told = f": {why or redirect}" if why or redirect else ""
    return DeliveryFailed(f"{host(url)} answered {status}{told}", retryable=status >= 500 or status in AGAIN)


def read(answer: Answer, url: str, shape: type[Shape]) -> Shape:
    """The members of a JSON answer that we look at."""
    try:
        return shape.model_validate_json(answer.body or b"{}")
    except ValidationError:
        raise DeliveryFailed(
            f"{host(url)} answered {answer.status} with what is no such answer", retryable=True
        ) from None


def host(url: str) -> str:
    """How messages name a target: paths and queries may hold tokens."""
    return urlsplit(url).netloc

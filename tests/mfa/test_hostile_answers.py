"""Answers of security keys with anything bent in them are refused, and never an error of ours."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.mfa import security_keys
from tests.mfa.authenticator import Key, base64url
from tests.mfa.pages import PASSKEY

CHALLENGE = security_keys.new_challenge()
ANSWER = Key().create(json.dumps({"user": {"id": "AAAA"}, "challenge": CHALLENGE}))
JUNK = st.sampled_from([None, 1, [], {}, "", "é", "!!", "\0"])


@st.composite
def bent(draw: Any) -> str:
    """The answer with a member left out or of another kind, or with a part of it cut or overwritten."""
    told = json.loads(ANSWER)
    where = draw(st.sampled_from([told, told["response"]]))
    name = draw(st.sampled_from(sorted(where)))
    match draw(st.sampled_from(["drop", "junk", "cut", "overwrite"])):
        case "drop":
            where.pop(name)
        case "junk":
            where[name] = draw(JUNK)
        case how:
            raw = bytearray(urlsafe_b64decode(told["response"]["attestationObject"] + "=="))
            at = draw(st.integers(0, len(raw) - 1))
            raw = raw[:at] if how == "cut" else raw[:at] + bytes([raw[at] ^ draw(st.integers(1, 255))]) + raw[at + 1 :]
            told["response"]["attestationObject"] = base64url(bytes(raw))
    return json.dumps(told)


def test_the_answer_as_it_is_holds() -> None:
    assert security_keys.verify_creation(ANSWER, CHALLENGE)
    assert security_keys.verify_creation(ANSWER, security_keys.new_challenge()) is None


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bent())
def test_a_bent_answer_is_refused_without_an_error(answer: str) -> None:
    security_keys.verify_creation(answer, CHALLENGE)


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", "null", '"x"', '{"id": 1}', '{"id": "\\u0000"}', '{"id": "' + "A" * 5000 + '"}', "\0"]
)
def test_what_is_no_answer_opens_nothing(db: None, answer: str) -> None:
    client = Client()
    client.get(PASSKEY)
    assert client.post(PASSKEY, {"assertion": answer}).status_code == 403

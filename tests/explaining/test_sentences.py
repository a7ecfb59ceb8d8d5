"""Statements and the sentences that say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.engine import MalformedPolicy, PolicyKind
from policies.explaining import sentences
from tests.engine import pools
from tests.engine.strategies import documents

CASES = json.loads(Path(__file__).with_name("cases.json").read_text())
NAMED = {"account": pools.HERE, "arn": "", "id": "", "unique_id": "", "role_arn": None, "issuer_arn": None}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_a_statement_and_its_sentence(case: dict) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [case["statement"]]})
    (sentence,) = sentences(text, PolicyKind(case.get("kind", "identity")))
    assert sentence.text == case["says"]
    assert sentence.effect.value == case["statement"]["Effect"]


@given(
    st.sampled_from(["identity", "trust", "resource"]).flatmap(
        lambda kind: st.tuples(st.just(kind), documents(kind, NAMED))
    )
)
def test_every_document_can_be_told_and_always_in_the_same_words(drawn: tuple[str, dict]) -> None:
    kind, document = drawn
    text = json.dumps(document)
    told = sentences(text, PolicyKind(kind))
    assert told == sentences(json.dumps(document, indent=4), PolicyKind(kind))
    assert all(sentence.text.endswith(".") and sentence.text[0] == sentence.text[0].upper() for sentence in told)
    assert [sentence.index for sentence in told] == list(range(len(told)))


def test_what_is_no_policy_is_not_told() -> None:
    with pytest.raises(MalformedPolicy):
        sentences("{}")

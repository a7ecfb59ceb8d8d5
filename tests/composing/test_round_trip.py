"""A document through the fields of a form and back: what they do not show is not lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.composing import ConditionRow, Fields, closed, fields_of, opened, written
from policies.engine import PolicyKind, parse
from tests.engine import pools
from tests.engine.strategies import documents

NAMED = {"account": pools.HERE, "arn": "", "id": "", "unique_id": "", "role_arn": None, "issuer_arn": None}
KINDS = st.sampled_from(["identity", "trust", "resource"])
DRAWN = KINDS.flatmap(lambda kind: st.tuples(st.just(kind), documents(kind, NAMED), st.sampled_from([None, 2, 4])))


def meaning(text: str, kind: str) -> list[Any]:
    """What the engine reads, whatever the order and the spelling of lists."""
    return [
        (
            each.effect,
            each.sid,
            sorted(each.principals),
            sorted(each.not_principals),
            sorted(each.actions),
            sorted(each.not_actions),
            sorted(each.resources),
            sorted(each.not_resources),
            sorted((c.operator, c.key, tuple(sorted(c.values))) for c in each.conditions),
        )
        for each in parse(text, PolicyKind(kind)).statements
    ]


@given(DRAWN)
def test_what_is_not_changed_stays_byte_for_byte(drawn: tuple[str, dict[str, Any], int | None]) -> None:
    _kind, document, indent = drawn
    text = json.dumps(document, indent=indent)
    found = opened(text)
    assert found
    assert closed(found, [piece.text for piece in found.pieces]) == text


@given(DRAWN)
def test_every_statement_that_is_written_anew_means_the_same(drawn: tuple[str, dict[str, Any], int | None]) -> None:
    kind, document, indent = drawn
    text = json.dumps(document, indent=indent)
    found = opened(text)
    assert found
    anew = closed(found, [written(piece.fields) if piece.fields else piece.text for piece in found.pieces])
    assert meaning(anew, kind) == meaning(text, kind)
    again = opened(anew)
    assert again
    assert [piece.fields for piece in again.pieces] == [piece.fields for piece in found.pieces]


def test_only_the_statement_that_was_changed_is_laid_out_anew() -> None:
    text = """{"Version": "2012-10-17", "Id": "x",
  "Statement": [
    {"Effect":   "Allow", "Action": "s3:GetObject", "Resource": "*"},
    {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}
  ]}"""
    found = opened(text)
    assert found
    first, second = found.pieces
    assert first.fields
    assert second.fields is None
    changed = written(replace(first.fields, actions=("s3:GetObject", "s3:PutObject")))
    assert (
        closed(found, [changed, second.text])
        == """{"Version": "2012-10-17", "Id": "x",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:PutObject"
      ],
      "Resource": "*"
    },
    {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}
  ]}"""
    )
    assert (
        closed(found, [])
        == """{"Version": "2012-10-17", "Id": "x",
  "Statement": []}"""
    )


NOT_SHOWN: list[Any] = [
    {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
    {"Effect": "Allow", "Action": "iam:*", "NotResource": "*"},
    {"Effect": "Allow", "NotPrincipal": "*", "Action": "s3:*", "Resource": "*"},
    {"Effect": "Alow", "Action": "iam:*", "Resource": "*"},
    {"Effect": "Allow", "Action": ["iam:*", 5], "Resource": "*"},
    {"Effect": "Allow", "Action": " iam:*", "Resource": "*"},
    {"Effect": "Allow", "Action": "iam:*", "Resource": "a\nb"},
    {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Comment": "x"},
    {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"a:b": []}}},
    {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"a:b": ""}}},
    {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"a:b": [None]}}},
    {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": {"StringEquals": {}}},
    {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": []},
    {"Effect": "Allow", "Principal": {"AWS": []}, "Action": "sts:AssumeRole"},
    {"Effect": "Allow", "Principal": 5, "Action": "sts:AssumeRole"},
    {"Effect": "Allow", "Sid": 5, "Action": "sts:AssumeRole"},
    "no statement",
    None,
]


@pytest.mark.parametrize("statement", NOT_SHOWN, ids=json.dumps)
def test_what_no_field_shows_has_no_fields(statement: Any) -> None:
    assert fields_of(statement) is None


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"Statement": "x"}', '{"Statement": [], "Statement": []}', "null"])
def test_what_is_no_policy_cannot_be_taken_apart(text: str) -> None:
    assert opened(text) is None


def test_an_empty_text_is_a_policy_without_statements() -> None:
    found = opened(" \n")
    assert found
    assert found.pieces == ()
    assert parse(closed(found, [written(Fields(actions=("s3:GetObject",), resources=("*",)))]))


def test_order_says_nothing() -> None:
    one = Fields(actions=("a:b", "c:d"), conditions=(ConditionRow("Bool", "a:b", ("x", "y")),))
    assert one.same_as(replace(one, actions=("c:d", "a:b"), conditions=(ConditionRow("Bool", "a:b", ("y", "x")),)))
    assert not one.same_as(replace(one, actions=("a:b",)))
    assert not one.same_as(replace(one, sid="x"))

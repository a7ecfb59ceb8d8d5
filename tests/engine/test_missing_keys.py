"""What every form of every operator says about a key that is absent, null or empty."""

import json
from itertools import product

import pytest

from policies.engine import Bound, Policies, Request, Source, authorize, compiled
from tests.engine.corpus import PRINCIPALS

POSITIVE = [
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "NumericEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "ArnEquals",
    "ArnLike",
]
NEGATED = [
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
    "NumericNotEquals",
    "DateNotEquals",
    "NotIpAddress",
    "ArnNotEquals",
    "ArnNotLike",
]
FORMS = [
    ("", "", {"positive": False, "negated": True}),
    ("", "IfExists", {"positive": True, "negated": True}),
    ("ForAllValues:", "", {"positive": True, "negated": True}),
    ("ForAllValues:", "IfExists", {"positive": True, "negated": True}),
    ("ForAnyValue:", "", {"positive": False, "negated": False}),
    ("ForAnyValue:", "IfExists", {"positive": True, "negated": True}),
]
OPERATORS = [(name, "positive") for name in POSITIVE] + [(name, "negated") for name in NEGATED]
ABSENT = [{}, {"aws:x": None}, {"aws:x": []}]


def holds(operator: str, context: dict) -> bool:
    document = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*",
            "Condition": {operator: {"aws:x": "2026-01-01"}},
        },
    }
    policies = Policies(identity=(Bound(Source("p", "user"), compiled(json.dumps(document))),))
    return authorize(Request(PRINCIPALS["ada"], "s3:GetObject", "*", context), policies).allowed


def test_there_are_27_operators():
    assert len(OPERATORS) + len(["Null"]) == 27


@pytest.mark.parametrize(("operator", "form"), list(product(OPERATORS, FORMS)), ids=str)
@pytest.mark.parametrize("context", ABSENT, ids=["absent", "null", "empty"])
def test_absent_key(operator, form, context):
    (name, kind), (prefix, suffix, expected) = operator, form
    assert holds(f"{prefix}{name}{suffix}", context) is expected[kind]

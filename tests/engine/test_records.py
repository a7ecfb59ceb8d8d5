"""What a decision tells of itself, as data."""

import json
from pathlib import Path

import pytest

from policies.engine import CheckEffect, authorize, reason_text
from tests.engine.corpus import policies, request

RECORDS = json.loads((Path(__file__).parent / "records.json").read_text())


def told(decision):
    return {
        "checks": {
            check.type.name: [check.effect.value, [[found.source.id, found.index] for found in check.matched]]
            for check in decision.checks()
            if check.effect is not CheckEffect.NO_IMPACT
        },
        "statements": [
            [found.layer.value, found.source.id, found.index, found.sid, found.effect.value]
            for found in decision.statements
        ],
        "near_misses": [
            [miss.layer, miss.source.id, miss.statement.index, miss.key, miss.operator, list(miss.wanted), miss.found]
            for miss in decision.near_misses()
        ],
        "sentence": reason_text(decision),
    }


@pytest.mark.parametrize("case", RECORDS, ids=[case["name"] for case in RECORDS])
def test_record(case):
    got = told(authorize(request(case["request"]), policies(case["policies"])))
    assert {what: got[what] for what in case["expected"]} == case["expected"], case["rule"]

"""One case per rule of the policy language, as data."""

import pytest

from policies.engine import authorize
from tests.engine.corpus import cases, policies, request

CASES = cases()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_case(case):
    decision = authorize(request(case["request"]), policies(case["policies"]))
    got = {"outcome": decision.outcome.value}
    if decision.denied_by:
        got["denied_by"] = decision.denied_by.value
    assert got == case["expected"], case["rule"]


def test_every_rule_is_told():
    assert len(CASES) > 300
    assert all(case["rule"] for case in CASES.values())

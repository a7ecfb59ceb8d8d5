"""AWS's own managed policies hold no errors, but for a list of AWS's slips and of what AWS does not document.

An entry of `aws_managed_policies.json` is `{"code", "about": part of the message, "why"}`; one without use fails.
"""

import json
import time
from collections import Counter
from pathlib import Path

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from policies.validation import Severity, findings

FEWEST = 1_400
LONGEST_MANAGED_POLICY = 6_144
MOST_MILLISECONDS = 30
EXPECTED = json.loads(Path(__file__).with_name("aws_managed_policies.json").read_text("utf-8"))
POLICIES = {
    name: json.dumps(policy["Document"], indent=4) for name, policy in json.loads(aws_managed_policies_data).items()
}


def size(text):
    return len("".join(text.split()))


@pytest.mark.slow
def test_no_errors_but_the_expected():
    assert len(POLICIES) > FEWEST
    used, unexpected = Counter(), []
    for name, text in POLICIES.items():
        for finding in findings(text):
            if finding.severity is Severity.ERROR:
                entry = next(
                    (
                        index
                        for index, each in enumerate(EXPECTED)
                        if each["code"] == finding.code and each["about"] in finding.message
                    ),
                    None,
                )
                used[entry] += 1
                if entry is None:
                    unexpected.append((name, finding.code, finding.message))
    assert unexpected == []
    assert [EXPECTED[index]["about"] for index in range(len(EXPECTED)) if not used[index]] == []
    assert all(entry["why"] for entry in EXPECTED)


def test_a_policy_of_the_longest_size_takes_little_time():
    name, text = min(POLICIES.items(), key=lambda policy: abs(size(policy[1]) - LONGEST_MANAGED_POLICY))
    took = []
    for _ in range(20):
        start = time.perf_counter()
        findings(text)
        took.append((time.perf_counter() - start) * 1_000)
    assert min(took) < MOST_MILLISECONDS, name

"""One case or more for each code, as data: a document and everything that is found in it, in order."""

import json
import re
from pathlib import Path

import pytest

from policies.engine import PolicyKind
from policies.engine.reader import read
from policies.validation import SEVERITIES, Severity, findings
from policies.validation.reading import policy
from policies.validation.registry import CHECKS

CASES = json.loads(Path(__file__).with_name("cases.json").read_text("utf-8"))
IDS = [f"{'+'.join(found['code'] for found in case['findings']) or 'NOTHING'}-{case['rule']}" for case in CASES]


def text_of(case):
    """The text of a case: as it is written, or a document laid out with an indent of one, padded to a size."""
    document = case["document"]
    if isinstance(document, str):
        return document
    if "pad_to" in case:
        size = len(re.sub(r"\s", "", json.dumps(document))) + len('"Id":"",')
        document = {**document, "Id": "x" * (case["pad_to"] - size)}
    return json.dumps(document, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_case(case):
    found = findings(text_of(case), PolicyKind(case["kind"]), resource_type=case.get("resource_type"))
    assert [{"code": each.code, "line": each.line, "column": each.column} for each in found] == case["findings"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_finding_is_told_well(case):
    for finding in findings(text_of(case), PolicyKind(case["kind"]), resource_type=case.get("resource_type")):
        assert finding.severity is SEVERITIES[finding.code]
        assert finding.message
        assert not finding.message.endswith(".")
        assert (finding.line, finding.column) <= (finding.end_line, finding.end_column)


def test_every_code_has_a_case():
    assert {found["code"] for case in CASES for found in case["findings"]} == set(SEVERITIES)


def test_every_code_but_those_of_unreadable_texts_has_a_check():
    assert {code for check in CHECKS for code in check.codes} == set(SEVERITIES) - {"JSON_SYNTAX_ERROR"}


def test_a_check_reports_the_codes_that_it_declares():
    for case in CASES:
        if not isinstance(case["document"], str):
            kind, text = PolicyKind(case["kind"]), text_of(case)
            tree = policy(read(text), kind=kind, text=text, resource_type=case.get("resource_type"))
            for check in CHECKS:
                assert {issue.code for issue in check.run(tree)} <= set(check.codes)


def test_the_worst_comes_first():
    text = '{"Statement": {"Sid": "", "Effect": "Allow", "Action": ["iam:PassRole", "s3:Nothing"], "Resource": "*"}}'
    assert [finding.severity for finding in findings(text)] == list(Severity)

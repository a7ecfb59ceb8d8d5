"""Every operation against botocore's service model and AWS's action table."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator

import pytest

from iamconsole.kernel.errors import Fault
from iamconsole.kernel.operation import Operation
from tests.contract import judge

CHECKS: dict[str, Callable[[Operation], Iterator[str]]] = {
    "input": judge.input_differences,
    "output": judge.output_differences,
    "errors": judge.error_differences,
    "pages": judge.paging_differences,
    "action": judge.action_differences,
}
MISSING = judge.HERE / "missing_operations.txt"
OPERATIONS = judge.judged()


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.action)
def test_an_operation_is_what_aws_declares(operation: Operation, check: str) -> None:
    assert judge.unexplained(check, CHECKS[check](operation)) == []


@pytest.mark.parametrize("check", CHECKS)
def test_every_exception_is_still_one_and_is_explained(check: str) -> None:
    differences = [found for operation in OPERATIONS for found in CHECKS[check](operation)]
    table = judge.exceptions().get(check, {})
    assert [pattern for pattern in table if not fnmatch.filter(differences, pattern)] == []
    assert all(len(why) > 20 for why in table.values())


def test_there_are_no_exceptions_to_unknown_checks() -> None:
    assert judge.exceptions().keys() <= CHECKS.keys()


def test_missing_operations_are_listed_and_no_others() -> None:
    implemented = {operation.name for operation in OPERATIONS if operation.service == "iam"}
    missing = sorted(set(judge.model("iam").operation_names) - implemented)
    assert MISSING.read_text().splitlines() == missing


def _faults(kind: type[Fault] = Fault) -> Iterator[type[Fault]]:
    for fault in kind.__subclasses__():
        yield fault
        yield from _faults(fault)


def test_the_faults_have_awss_codes_and_statuses() -> None:
    modelled = {
        shape.name: shape.metadata["error"] for shape in judge.model("iam").error_shapes if "error" in shape.metadata
    }
    ours = {fault.shape: fault for fault in _faults() if fault.shape in modelled}
    assert {
        "NoSuchEntityException",
        "ConcurrentModificationException",
        "PasswordPolicyViolationException",
    } <= ours.keys()
    for name, fault in ours.items():
        assert (fault.code, fault.status) == (modelled[name]["code"], modelled[name]["httpStatusCode"]), name
        assert fault.sender == modelled[name].get("senderFault", False), name

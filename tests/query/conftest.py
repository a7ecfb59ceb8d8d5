"""A guard that is always on here: an operation refuses with a fault it declares, or one that any request may meet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import AccessDenied, AuthenticationFault, Fault, ProtocolFault
from iamconsole.kernel.operation import Operation
from iamconsole.runtime import dispatch

COMMON = (AccessDenied, AuthenticationFault, ProtocolFault)


@pytest.fixture(autouse=True)
def faults_are_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    execute = dispatch.execute

    def guarded(call: Call, operation: Operation, raw: Mapping[str, Any]) -> Any:
        try:
            return execute(call, operation, raw)
        except Fault as fault:
            if not isinstance(fault, (*COMMON, *operation.errors)):
                pytest.fail(f"{operation.action} does not declare {fault!r}")
            raise

    monkeypatch.setattr(dispatch, "execute", guarded)

"""Running commands as an operator's shell does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command


@dataclass
class Ran:
    """What a command printed, and how it ended."""

    out: str
    err: str
    code: int

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def manage() -> Callable[..., Ran]:
    """`manage("iam", "list-users")`."""

    def run(*words: str) -> Ran:
        out, err, code = StringIO(), StringIO(), 0
        try:
            call_command(*words, stdout=out, stderr=err)
        except CommandError as fault:
            err.write(str(fault))
            code = fault.returncode
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Ran(out.getvalue(), err.getvalue(), code)

    return run

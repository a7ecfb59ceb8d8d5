"""A pytest plugin for suites that test against IAM Console.

    # conftest.py
    pytest_plugins = ["iamconsole.testing"]

    @pytest.fixture(autouse=True)
    def empty_account(iam_console):
        iam_console.reset()

    def test_users(iam_console):
        iam_console.client("iam").create_user(UserName="ada")

The server runs in a process of its own, on a free port, with data in a temporary folder: nothing of the suite's
environment reaches it, and nothing is left behind. Under pytest-xdist every worker has one.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iamconsole.testing.server import IamConsole, ServerFailed

__all__ = ["IamConsole", "ServerFailed", "iam_console"]


@pytest.fixture(scope="session")
def iam_console() -> Iterator[IamConsole]:
    """A running IAM Console in test mode, for the whole session."""
    with IamConsole() as server:
        yield server

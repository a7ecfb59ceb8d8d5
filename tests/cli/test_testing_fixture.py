"""The plugin that other suites use, in a suite of its own that knows nothing of Django."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from iamconsole.settings.parsing import BASE_DIR

SUITE = """
import os
import urllib.request

pytest_plugins = ["iamconsole.testing"]


def test_it_serves_and_can_be_emptied(iam_console):
    iam = iam_console.client("iam")
    iam.create_user(UserName="ada")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["ada"]
    iam_console.reset()
    assert iam.list_users()["Users"] == []
    arn = iam_console.client("sts").get_caller_identity()["Arn"]
    assert arn == f"arn:aws:iam::{iam_console.account_id}:root"
    assert iam_console.environment["AWS_ENDPOINT_URL"] == iam_console.endpoint_url
    with open(os.environ["PLACE_FILE"], "w") as file:
        file.write(f"{iam_console.endpoint_url}\\n{iam_console._place}")


def test_it_is_one_server_for_the_session(iam_console):
    assert urllib.request.urlopen(f"{iam_console.endpoint_url}/healthz").status == 200
"""


@pytest.mark.slow
def test_a_suite_gets_a_server_and_leaves_nothing_behind(tmp_path):
    suite = tmp_path / "suite"
    suite.mkdir()
    (suite / "conftest.py").write_text('pytest_plugins = ["iamconsole.testing"]\n')
    (suite / "test_it.py").write_text(SUITE.replace('pytest_plugins = ["iamconsole.testing"]\n', ""))
    note = tmp_path / "place"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(BASE_DIR),
        "PLACE_FILE": str(note),
        "TMPDIR": str(tmp_path),
        "IAM_NOT_OURS": "a variable of somebody else's",
        "DATABASE_URL": "postgres://somewhere/else",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", str(suite)]
    done = subprocess.run(command, cwd=suite, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    url, place = note.read_text().splitlines()
    assert not os.path.exists(place)
    assert _refuses(url)


def _refuses(url):
    import socket
    from urllib.parse import urlsplit

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(url).port)) != 0

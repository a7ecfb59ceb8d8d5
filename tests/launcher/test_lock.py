"""Locks of the data directory: a second launcher is told, a new tree waits for the old one."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from iamconsole.interfaces.cli.launcher import lock


def test_a_second_launcher_is_told_who_runs(tmp_path):
    held = lock.hold_launcher_lock(tmp_path, note="process 7 at http://localhost:8000")
    with pytest.raises(
        lock.AlreadyRunning, match=r"already running: process 7 at http://localhost:8000\. Stop it first"
    ):
        lock.hold_launcher_lock(tmp_path, note="another")
    held.close()
    lock.hold_launcher_lock(tmp_path, note="third").close()
    assert (tmp_path / lock.LAUNCHER).read_text() == "third"


def test_two_data_directories_do_not_disturb_each_other(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with lock.hold_launcher_lock(tmp_path / "a", note=""), lock.hold_launcher_lock(tmp_path / "b", note=""):
        pass


def test_a_child_of_a_dead_launcher_holds_the_tree(tmp_path):
    held = lock.hold_tree_lock(tmp_path)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[held.fileno()])
    held.close()
    try:
        with pytest.raises(lock.AlreadyRunning, match="processes of an earlier run"):
            lock.hold_tree_lock(tmp_path, patience=0.2)
    finally:
        child.communicate(b"\n")
    lock.hold_tree_lock(tmp_path, patience=0).close()


def test_a_new_tree_waits_for_the_old_one(tmp_path):
    held = lock.hold_tree_lock(tmp_path)
    command = [sys.executable, "-c", "import time; time.sleep(0.4)"]
    child = subprocess.Popen(command, pass_fds=[held.fileno()])
    held.close()
    began = time.monotonic()
    lock.hold_tree_lock(tmp_path, patience=20).close()
    assert time.monotonic() - began > 0.1
    child.wait()

"""The supervisor, with children of a few lines: order, readiness, restarts, and that nothing is left behind."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from iamconsole.interfaces.cli.launcher.process import Service
from iamconsole.interfaces.cli.launcher.supervisor import StartFailed, Stopped, Supervisor

SERVE = (
    "import pathlib, time; pathlib.Path({mark!r}).open('a').write('x'); print('serving', flush=True); time.sleep(60)"
)
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SERVE
WITH_ORPHAN = "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid, flush=True); " + SERVE


class Tree:
    """A supervisor with quick children whose lines and starts can be looked at."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.lines: list[tuple[str, str]] = []
        self.supervisor = Supervisor(
            lambda name, line: self.lines.append((name, line)), patience=10, grace=1, back_off=(0.05, 0.2)
        )

    def service(self, name: str, script: str = SERVE, stops: int = 0) -> Service:
        mark = self.place / name
        command = [sys.executable, "-S", "-c", script.format(mark=str(mark))]
        return Service(name, command, mark.exists, stops)

    def said(self, name: str) -> list[str]:
        return [line for who, line in self.lines if who == name]

    def child(self, name: str):
        return next(found.child for found in self.supervisor._watched if found.service.name == name)

    def watch_until(self, condition) -> None:
        """Run the loop in the main thread, as the product does, until the condition holds."""

        def end() -> None:
            deadline = time.monotonic() + 10
            while not condition() and time.monotonic() < deadline:
                time.sleep(0.01)
            self.supervisor.stopping = True

        ending = threading.Thread(target=end)
        ending.start()
        self.supervisor.watch()
        ending.join()
        assert condition()


@pytest.fixture
def tree(tmp_path):
    tree = Tree(tmp_path)
    yield tree
    tree.supervisor.kill()


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for(condition) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_start_returns_when_all_serve(tree):
    tree.supervisor.start(tree.service("web"), tree.service("worker"))
    assert (tree.place / "web").exists()
    assert (tree.place / "worker").exists()
    assert wait_for(lambda: tree.said("web") == ["serving"])


def test_muted_lines_are_not_reported(tree):
    script = "print('advice of the kernel', 'wanted', '', sep=chr(10), flush=True); " + SERVE
    tree.supervisor.start(dataclasses.replace(tree.service("web", script), mutes=("advice",)))
    assert wait_for(lambda: len(tree.said("web")) == 2)
    assert tree.said("web") == ["wanted", "serving"]


def test_every_child_has_a_session_of_its_own(tree):
    tree.supervisor.start(tree.service("web"))
    pid = tree.child("web").pid
    assert os.getsid(pid) == pid != os.getsid(0)


def test_a_service_that_ends_while_starting_is_told_with_its_last_lines(tree):
    with pytest.raises(StartFailed, match="web ended with 3 while starting"):
        tree.supervisor.start(tree.service("web", "print('no database'); raise SystemExit(3)"))
    assert tree.said("web") == ["no database"]


def test_a_service_that_never_serves_is_given_up(tree):
    tree.supervisor._patience = 0.2
    with pytest.raises(StartFailed, match="web did not serve within"):
        tree.supervisor.start(tree.service("web", "import time; time.sleep(60)"))


def test_stop_goes_by_order_and_leaves_nothing(tree):
    report = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit(0))); "
    for stops, name in [(2, "broker"), (1, "web"), (0, "beat")]:
        tree.supervisor.start(tree.service(name, report + SERVE, stops))
    pids = [tree.child(name).pid for name in ("broker", "web", "beat")]
    tree.supervisor.stop()
    order = [name for name, line in tree.lines if line == "bye"]
    assert order == ["beat", "web", "broker"]
    assert not any(is_running(pid) for pid in pids)


def test_sigterm_goes_to_the_main_process_alone(tree):
    """A pool's children must live until the main process has let them finish."""
    script = (
        "import signal, subprocess, sys, time; inner = subprocess.Popen(['sleep', '60']); "
        "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.2), print(inner.poll(), flush=True), sys.exit(0))); "
    )
    tree.supervisor.start(tree.service("worker", script + SERVE))
    tree.supervisor.stop()
    assert tree.said("worker")[-1] == "None"


def test_who_does_not_stop_is_killed(tree):
    tree.supervisor.start(tree.service("web", STUBBORN))
    pid = tree.child("web").pid
    tree.supervisor.stop()
    assert not is_running(pid)
    assert tree.said("run") == ["web did not stop within 1 seconds; killing it"]


def test_who_dies_is_started_again_after_its_orphans_are_gone(tree):
    tree.supervisor.start(tree.service("web", WITH_ORPHAN))
    assert wait_for(lambda: tree.said("web"))
    first, orphan = tree.child("web").pid, int(tree.said("web")[0])
    os.kill(first, signal.SIGKILL)
    tree.watch_until(lambda: (tree.place / "web").read_text() == "xx")
    assert tree.child("web").pid != first
    assert wait_for(lambda: not is_running(orphan))
    assert tree.said("run") == ["web ended with -9; again in 0.1 s"]


def test_restarts_back_off(tree):
    once = "import pathlib; pathlib.Path({mark!r}).open('a').write('x')"
    waits = "import time; time.sleep(0.1)"
    tree.supervisor.start(tree.service("web", f"{once}; {waits}"))
    tree.watch_until(lambda: len(tree.said("run")) >= 4)
    delays = [float(line.split()[-2]) for line in tree.said("run")[:4]]
    assert delays == sorted(delays)
    assert delays[-1] == 0.2 > delays[0]


def test_a_stop_while_starting_is_obeyed(tree):
    threading.Timer(0.2, lambda: setattr(tree.supervisor, "stopping", True)).start()
    with pytest.raises(Stopped):
        tree.supervisor.start(tree.service("web", "import time; time.sleep(60)"))
    with pytest.raises(Stopped):
        tree.supervisor.start(tree.service("worker"))


LAUNCHER = """
import sys
from pathlib import Path
from tests.launcher.test_supervisor import SERVE, STUBBORN, Service, Supervisor
place, script = Path(sys.argv[1]), dict(quick=SERVE, stubborn=STUBBORN)[sys.argv[2]]
supervisor = Supervisor(lambda *said: print(*said, flush=True), grace=30)
supervisor.listen_to_signals()
command = [sys.executable, "-S", "-c", script.format(mark=str(place / "web"))]
supervisor.start(Service("web", command, (place / "web").exists))
print("pid", supervisor._watched[0].child.pid, flush=True)
supervisor.watch()
supervisor.stop()
"""


@pytest.fixture
def launcher(tmp_path):
    """A launcher in a process of its own; yields a function that starts it and returns it with its child's pid."""
    running = []

    def run(kind: str):
        command = [sys.executable, "-c", LAUNCHER, str(tmp_path), kind]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        running.append(process)
        pid = next(int(line.split()[1]) for line in process.stdout if line.startswith("pid"))
        return process, pid

    yield run
    for process in running:
        process.kill()
        process.stdout.close()
        process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_tree_cleanly(launcher, number):
    process, pid = launcher("quick")
    process.send_signal(number)
    assert process.wait(10) == 0
    assert not is_running(pid)


def test_a_second_interrupt_kills(launcher):
    process, pid = launcher("stubborn")
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert is_running(pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    assert not is_running(pid)


def test_children_die_with_a_launcher_that_was_killed(launcher):
    process, pid = launcher("quick")
    process.kill()
    process.wait()
    assert wait_for(lambda: not is_running(pid))

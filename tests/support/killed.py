"""A function in a process of its own that is killed, as by kill -9, when it is about to run its n-th line."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver
from types import FrameType
from typing import Any


def _traced(modules: tuple[str, ...], line: int, run: Callable[..., Any], args: tuple[Any, ...]) -> None:
    with open(os.devnull, "w") as nowhere:  # what a run prints that is going to be killed is nobody's
        sys.stdout = sys.stderr = nowhere
        left = line

        def local(_frame: FrameType, event: str, _arg: Any) -> Any:
            nonlocal left
            if event == "line":
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return local

        sys.settrace(lambda frame, _event, _arg: local if frame.f_globals.get("__name__") in modules else None)
        run(*args)
        sys.settrace(None)


@contextmanager
def killing(function: Callable[..., Any], *, lines_of: Sequence[str]) -> Iterator[Callable[..., bool]]:
    """Gives what runs the function to line n of those modules: whether it was killed, False once it has fewer lines.

    Each run forks from a process that has everything loaded.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", __name__, function.__module__, *lines_of])

    def run(line: int, *args: Any) -> bool:
        process = context.Process(target=_traced, args=(tuple(lines_of), line, function, args))
        process.start()
        process.join(30)
        assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
        return process.exitcode != 0

    try:
        yield run
    finally:
        forkserver._forkserver._stop()  # type: ignore[attr-defined]  # nothing stays behind, and the next one loads anew

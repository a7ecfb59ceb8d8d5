"""What an examination says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, and what to do about it (nothing where all is well)."""

    level: Level
    what: str
    found: str
    advice: str = ""


Examination = Callable[[], Iterable[Finding]]


def well(what: str, found: str) -> Finding:
    return Finding(Level.OK, what, found)


def warning(what: str, found: str, advice: str) -> Finding:
    return Finding(Level.WARNING, what, found, advice)


def fault(what: str, found: str, advice: str) -> Finding:
    return Finding(Level.FAULT, what, found, advice)

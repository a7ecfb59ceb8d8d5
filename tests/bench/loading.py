"""Putting load on a server with wrk: requests a second, and how long they take at half of that."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 16
PACED_CONNECTIONS = 64  # more of them, so that a whole number of milliseconds between requests is fine enough
SECONDS = 3
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1_000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Load:
    """What is sent, again and again; with several bodies one after the other, each with headers of its own."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    each: Sequence[tuple[Mapping[str, str], str]] = ()


@dataclass(frozen=True)
class Outcome:
    """Requests a second and milliseconds."""

    rate: float
    p50: float
    p99: float


def put(load: Load, *, half_of: float | None = None, seconds: int = SECONDS) -> Outcome:
    """As many requests as 16 connections carry, or half of a rate; a reply other than 2xx is an error."""
    if shutil.which("wrk") is None:
        raise SystemExit("the HTTP figures need wrk: install it (Debian, Ubuntu: apt-get install wrk)")
    connections = PACED_CONNECTIONS if half_of else CONNECTIONS
    with tempfile.TemporaryDirectory() as place:
        script = Path(place) / "load.lua"
        script.write_text(_lua(load, pause=round(connections / (half_of / 2) * 1000) if half_of else 0))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), load.url]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in printed or "Socket errors" in printed:
        raise SystemExit(f"{load.url} failed under load:\n{printed}")
    return Outcome(
        rate=float(_found(r"Requests/sec:\s+([\d.]+)", printed)[1]),
        p50=_milliseconds(r"50%\s+([\d.]+)(us|ms|s|m)\b", printed),
        p99=_milliseconds(r"99%\s+([\d.]+)(us|ms|s|m)\b", printed),
    )


def _lua(load: Load, *, pause: int) -> str:
    """Text of JSON is text of Lua, as far as these go."""
    lines = [f"wrk.method = {json.dumps(load.method)}", f"wrk.body = {json.dumps(load.body)}"]
    lines += [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in load.headers.items()]
    if pause:
        # At random, since connections that wait alike send all at once and then queue behind one another.
        lines.append(f"function delay() return math.random(0, {2 * pause}) end")
    if load.each:
        lines.append("local each = {")
        for headers, body in load.each:
            named = ", ".join(f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items())
            lines.append(f"  {{ {{ {named} }}, {json.dumps(body)} }},")
        lines.append("}\nlocal at = 0\nfunction request()\n  at = at + 1")
        lines.append("  return wrk.format(wrk.method, nil, each[at][1], each[at][2])\nend")
    return "\n".join(lines)


def _found(pattern: str, printed: str) -> re.Match[str]:
    found = re.search(pattern, printed)
    assert found, printed
    return found


def _milliseconds(pattern: str, printed: str) -> float:
    found = _found(pattern, printed)
    return float(found[1]) * MILLISECONDS[found[2]]

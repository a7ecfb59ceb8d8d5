"""`make bench`: measure, print, and write docs/performance.md; `make bench ARGS=console` measures one section anew."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iamconsole.settings.test")

import django

django.setup()

from tests.bench import console, decisions, documents, regions, serving, writing  # noqa: E402
from tests.bench.measuring import RUNS, calibration, machine, number  # noqa: E402

REPORT = Path(__file__).parents[2] / "docs" / "performance.md"
SECTIONS = {
    "decisions": decisions,
    "documents": documents,
    "serving": serving,
    "writing": writing,
    "regions": regions,
    "console": console,
}


def main(chosen: list[str]) -> None:
    report = _whole() if not chosen else REPORT.read_text()
    for name in chosen:
        report = _replaced(report, SECTIONS[name].report())
    REPORT.write_text(report)
    print(report)
    if console.broken:
        sys.exit("Bounds that do not hold:\n" + "\n".join(console.broken))


def _whole() -> str:
    head = f"""# Performance

Written by `make bench`. Machine: {machine()}; calibration loop {number(calibration())} ms.
Medians of {RUNS} runs; differences under 25 % are noise.

"""
    return head + "\n".join(section.report() for section in SECTIONS.values())


def _replaced(report: str, section: str) -> str:
    """The report with a section in the place of the one of the same heading, or at the end."""
    kept = re.split(r"^(?=## )", report, flags=re.MULTILINE)
    heading = section.partition("\n")[0]
    found = [section if part.startswith(f"{heading}\n") else part for part in kept]
    return "\n".join(part.rstrip("\n") + "\n" for part in ([*found, section] if found == kept else found))


main(sys.argv[1:])

"""`make bench`: measure, print, and write docs/performance.md."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iamconsole.settings.test")

import django

django.setup()

from tests.bench import decisions, documents, regions, serving  # noqa: E402
from tests.bench.measuring import RUNS, calibration, machine, number  # noqa: E402

REPORT = Path(__file__).parents[2] / "docs" / "performance.md"


def main() -> None:
    head = f"""# Performance

Written by `make bench`. Machine: {machine()}; calibration loop {number(calibration())} ms.
Medians of {RUNS} runs; differences under 25 % are noise.

"""
    report = head + "\n".join(section.report() for section in (decisions, documents, serving, regions))
    REPORT.write_text(report)
    print(report)


main()

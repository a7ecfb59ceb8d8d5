"""`make bench`: measure, print, and write docs/performance.md."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path

from tests.bench import decisions

REPORT = Path(__file__).parents[2] / "docs" / "performance.md"


def main() -> None:
    report = f"""# Performance

Written by `make bench`. Machine: {platform.machine()}, Python {platform.python_version()};
calibration loop {decisions.calibration():.0f} ms. Medians of {decisions.RUNS} runs; differences under 25 % are noise.

## Decisions in process, microseconds each, warm

The same documents and questions; half of them allowed. moto {version("moto")} decides by
identity policies alone, so it is asked for less.

{decisions.table()}
"""
    REPORT.write_text(report)
    print(report)


main()

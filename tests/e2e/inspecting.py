"""What is wrong with the page that a browser shows: axe-core's findings, what a phone cuts off, what Tab misses."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Page

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
INSPECTION = Path(__file__).with_name("inspection.js").read_text()
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"target-size": {"enabled": True}},  # off by default, though it is part of WCAG 2.2 AA
    "resultTypes": ["violations"],
    "iframes": False,
    "preload": False,
}
RUN = """async options => (await axe.run(document, options)).violations.flatMap(found => found.nodes.map(node =>
  `${found.id}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}: ${node.any.concat(node.all, node.none).map(
    check => check.message).join("; ")}`))"""
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
BEYOND = 12  # presses after the last element, for what scrolls and takes the focus as well


def axe(page: Page, *rules: str) -> list[str]:
    """Violations of WCAG 2.2 AA as axe-core finds them, in the theme that is shown; of these rules alone, if any."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    asked = OPTIONS | {"runOnly": list(rules), "rules": {}} if rules else OPTIONS
    found: list[str] = page.evaluate(RUN, asked)
    return [f"axe: {each}" for each in found]


def narrow(page: Page) -> list[str]:
    """What does not fit the width of the window."""
    page.evaluate(INSPECTION)
    found: list[str] = page.evaluate("inspection.narrow()")
    return [f"{page.viewport_size['width']} px: {each}" for each in found] if page.viewport_size else found


def keyboard(page: Page) -> list[str]:
    """What Tab alone does not reach, or reaches unseen."""
    page.evaluate(INSPECTION)
    presses = page.evaluate("inspection.begin()") + BEYOND
    for _press in range(presses):
        page.keyboard.press("Tab")
    if not page.evaluate("inspection.done()"):
        for _press in range(presses):
            page.keyboard.press("Tab")
    found: list[str] = page.evaluate("inspection.judged()")
    return [f"keyboard: {each}" for each in found]

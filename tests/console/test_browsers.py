"""User-Agent headers as browsers send them, and what people call those browsers."""

from __future__ import annotations

import pytest

from iamconsole.interfaces.console.browsers import browser

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
MOBILE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
SENT = {
    f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/141.0.0.0 Safari/537.36": "Chrome on Linux",
    f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/141.0.0.0 Safari/537.36": "Chrome on Linux",
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/141.0.0.0 Safari/537.36": "Chrome on ChromeOS",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/141.0 Safari/537.36 Edg/141.0": "Edge on Windows",
    f"Mozilla/5.0 (Linux; Android 15; K) {WEBKIT} SamsungBrowser/28.0 Chrome/130 Mobile Safari/537.36": (
        "Samsung Internet on Android"
    ),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0": "Firefox on Windows",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {MOBILE} Version/18.6 Safari/605.1.15": "Safari on macOS",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {MOBILE} CriOS/141.0 Mobile Safari/604.1": (
        "Chrome on iPhone"
    ),
    "Mozilla/5.0 (X11; Linux x86_64)": "Unknown browser on Linux",
    "Mozilla/5.0": "Unknown browser",
    "curl/8.14.1": "curl",
    "<script>alert(1)</script>": "Unknown browser",
    "": "Unknown browser",
}


@pytest.mark.parametrize(("header", "said"), SENT.items())
def test_a_browser_is_called_by_its_name(header: str, said: str) -> None:
    assert browser(header) == said


def test_no_header_is_an_unknown_browser() -> None:
    assert browser(None) == "Unknown browser"

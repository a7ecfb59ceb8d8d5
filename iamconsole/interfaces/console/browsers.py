"""What people call the browser that sent a User-Agent header."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _

# The first that stands in the header counts: browsers also name those that they want to be taken for.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
HEADLESS: Final = "Headless"
PROGRAM: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}(?=/|\s|$)")


def browser(user_agent: str | None) -> str:
    """`Chrome on Linux`; the name of a program that is no browser, such as `curl`; `Unknown browser`."""
    sent = user_agent or ""
    name, system = _first(BROWSERS, sent.replace(HEADLESS, "")), _first(SYSTEMS, sent)
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    if system:
        return _("Unknown browser on %(system)s") % {"system": system}
    program = None if sent.startswith("Mozilla/") else PROGRAM.match(sent)
    return name or (program.group() if program else _("Unknown browser"))


def _first(table: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in table if mark in text), "")

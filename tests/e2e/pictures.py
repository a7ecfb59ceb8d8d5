"""`make screenshots`: every page of the gallery, light, dark and on a phone, as pictures for docs/screenshots.

Not a test file by name, so that browser tests do not rewrite pictures.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.e2e.gallery import GALLERY, wanted
from tests.e2e.inspecting import NARROW, WIDE

OUT = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
SHOTS = {
    "light": ("light", WIDE),
    "dark": ("dark", WIDE),
    "phone": ("light", NARROW),
    "phonedark": ("dark", NARROW),
}  # theme and size
ON_DARK_PHONES = frozenset(
    {
        "dashboard",
        "denial",
        "event",
        "events",
        "map-who-can",
        "palette",
        "policy",
        "role",
        "sign-in",
        "simulator-denied",
    }
    | {"user", "users"}
)
COLOURS = 64
TALLEST = 1_100  # pixels


@pytest.mark.e2e
def test_pictures(furnished: Any) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for old in set(OUT.glob("*.png")) - {
        OUT / f"{each.name}-{kind}.png" for each in GALLERY for kind in kinds(each.name)
    }:
        old.unlink()
    for picture in wanted():
        page = furnished.show(picture)
        page.evaluate("document.activeElement.matches('input, textarea') || document.activeElement.blur()")
        for kind in kinds(picture.name):
            theme, size = SHOTS[kind]
            page.emulate_media(color_scheme=theme)
            shoot(page, f"{picture.name}-{kind}", size)


def kinds(name: str) -> list[str]:
    """Of the main pages a dark phone too: of all of them it would weigh more than it tells."""
    return [kind for kind in SHOTS if kind != "phonedark" or name in ON_DARK_PHONES]


def shoot(page: Page, name: str, size: dict[str, int]) -> None:
    """The window as tall as the page, within reason, so that what sticks to its edges stands where it does in use."""
    page.set_viewport_size(size)
    page.evaluate("scrollTo(0, 0)")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size(size | {"height": min(max(height, size["height"]), TALLEST)})
    shot = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    few = shot.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    few.save(OUT / f"{name}.png", optimize=True)

"""Every page in both themes: WCAG 2.2 AA as axe-core judges it, at 390 px, and by keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gallery import GALLERY, Picture, wanted
from tests.e2e.inspecting import NARROW, axe, keyboard, narrow
from tests.e2e.visiting import Furnished, Visitor
from tests.support.tenants import Tenant

pytestmark = pytest.mark.e2e
PICTURES = {each.name: each for each in GALLERY}


def amiss(furnished: Furnished, picture: Picture) -> list[str]:
    """What is wrong with a page; each look at it costs one load."""
    page = furnished.show(picture)
    found = axe(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in axe(page, "color-contrast")]  # nothing else differs
    found += keyboard(page)
    page.set_viewport_size(NARROW)
    return found + narrow(page)


def test_every_page_is_for_everybody(furnished: Furnished, subtests: Any) -> None:
    for picture in wanted():
        with subtests.test(picture.name):
            found = amiss(furnished, picture)
            assert not found, "\n".join(found)


def focused(page: Page) -> str:
    """The element that has the focus, as its id or its name."""
    return str(
        page.evaluate("(({ id, ariaLabel, innerText }) => id || ariaLabel || innerText)(document.activeElement)")
    )


def test_the_first_tab_skips_to_the_content(furnished: Furnished) -> None:
    page = furnished.show(PICTURES["users-filtered"])
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    assert page.locator(".skip-link").bounding_box()["width"] > 100
    page.keyboard.press("Enter")
    assert focused(page) == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_what_opens_over_a_page_keeps_the_focus_and_gives_it_back(furnished: Furnished) -> None:
    page = furnished.show(PICTURES["users-filtered"])
    create = page.get_by_role("link", name="Create user")
    for keys, opened in (("Control+k", "#palette"), ("?", "#keys")):
        create.focus()
        page.keyboard.press(keys)
        expect(page.locator(opened)).to_be_visible()
        for _press in range(6):
            page.keyboard.press("Tab")
            assert page.evaluate(
                "place => document.activeElement === document.body || !!document.activeElement.closest(place)", opened
            ), focused(page)
        page.keyboard.press("Escape")
        expect(page.locator(opened)).to_be_hidden()
        expect(create).to_be_focused()
    menu = page.locator("summary", has=page.locator(".account-name"))
    menu.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Switch role")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(page.get_by_role("link", name="Switch role")).to_be_hidden()
    menu.press("Enter")
    expect(page.get_by_role("link", name="Switch role")).to_be_visible()
    menu.press("Shift+Tab")
    expect(page.get_by_role("link", name="Switch role")).to_be_hidden()


def test_the_navigation_of_a_phone(furnished: Furnished) -> None:
    page = furnished.show(PICTURES["users-filtered"])
    page.set_viewport_size(NARROW)
    button, navigation = page.get_by_role("button", name="Menu"), page.get_by_role("navigation", name="Main")
    expect(navigation).to_be_hidden()
    button.press("Enter")
    expect(navigation.get_by_role("link", name="Roles")).to_be_visible()
    assert axe(page) + narrow(page) == []
    page.keyboard.press("Tab")
    assert navigation.evaluate("place => place.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(navigation).to_be_hidden()
    expect(button).to_be_focused()


BROKEN = {
    "axe: label": "<label>Name</label><input>",
    "axe: color-contrast": "<p style='color: #aaa; background: #fff'>Hardly to be read</p>",
    "axe: target-size": "<button style='all: unset; width: 9px; height: 9px'>a</button>" * 2,
    "390 px: the page is 600 px wide": "<div style='width: 600px; height: 9px'></div>",
    "390 px: <button> Save is cut off": (
        "<div style='overflow: hidden'><button style='margin-left: 370px'>Save</button></div>"
    ),
    "keyboard: the focus is not seen on <a> There": "<a href='#x' style='outline: none'>There</a>",
    "keyboard: the focus is covered on <a> Under": (
        "<p style='height: 2000px'></p><a href='#x'>Under</a>"
        "<div class='bulk-bar' style='position: fixed; inset: auto 0 0; height: 90px'></div>"
    ),
    "keyboard: Tab never reaches <a#last> Last": (
        "<button onkeydown='event.preventDefault()'>Trap</button><a id='last' href='#x'>Last</a>"
    ),
}


@pytest.mark.parametrize("said", BROKEN)
def test_the_sweep_finds_what_is_amiss(chromium: Browser, said: str) -> None:
    page = chromium.new_page(viewport=NARROW)
    page.set_content(f"<!doctype html><html lang=en><title>t</title><style>body {{ margin: 0 }}</style>{BROKEN[said]}")
    found = axe(page) + keyboard(page) + narrow(page)
    page.close()
    assert [each for each in found if each.startswith(said)], found


def test_a_visitor_complains_of_what_a_page_must_not_do(company: Tenant, live_server: Any, chromium: Browser) -> None:
    visitor = Visitor(chromium, live_server.url)
    page = visitor.page
    page.goto("/console/signin/")
    assert visitor.complaints == []
    page.evaluate("document.body.append(Object.assign(new Image(), { src: 'http://192.0.2.1/x.png' }))")
    with visitor.context.expect_event("weberror"):
        page.evaluate("setTimeout(() => { throw Error('failed') })")
    page.goto("data:text/html,<img src='http://127.0.0.1:9/x.png'>")
    said = "\n".join(visitor.complaints)
    visitor.context.close()
    assert "Content-Security-Policy: img-src stopped http://192.0.2.1/x.png" in said
    assert "page error: failed" in said
    assert "request to another origin: http://127.0.0.1:9/x.png" in said

"""What people do in several journeys, by what the pages offer."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pyotp
import zxingcpp
from botocore.exceptions import ClientError
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from iamconsole.kernel import clock
from tests.product.signed import send
from tests.support.tenants import PASSWORD


def outcome(call: Callable[..., Any], **members: Any) -> str:
    """`OK`, or the code of the error that a program meets."""
    try:
        call(**members)
    except ClientError as refused:
        return str(refused.response["Error"]["Code"])
    return "OK"


def go(page: Page, entry: str) -> None:
    """Open a page by its entry of the side navigation."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=entry, exact=True).click()


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Sections of").get_by_role("link", name=name, exact=True).click()


def find(page: Page, text: str) -> None:
    """Search a list, and wait until the address says so."""
    page.get_by_role("searchbox").last.fill(text)
    page.wait_for_url(lambda address: "q=" in address)


def menu(page: Page) -> Locator:
    """The account menu, opened."""
    page.locator("summary", has=page.locator(".account-name")).click()
    return page.locator(".menu-panel").filter(has=page.locator(".menu-who"))


def sign_out(page: Page) -> None:
    menu(page).get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/signin/")


def password_step(page: Page, account: str, name: str, password: str = PASSWORD) -> None:
    """Name and password; what comes next is for the journey to say."""
    page.goto("/console/")
    page.get_by_label("Account ID or alias").fill(account)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def new_password(page: Page, present: str, password: str) -> None:
    """What a person does whose password somebody else chose."""
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    page.get_by_label("Present password").fill(present)
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password, once more").fill(password)
    page.get_by_role("button", name="Set the new password").click()
    expect(page.get_by_text("Your password was changed.")).to_be_visible()


def handed_over(page: Page) -> dict[str, str]:
    """The credentials that a page shows this one time, by their labels; each is unfolded first."""
    expect(page.get_by_text("This is the only time the secret can be seen.")).to_be_visible()
    for fold in page.locator(".secrets summary").all():
        fold.click()
    labels, values = page.locator(".secrets dt").all_inner_texts(), page.locator(".secrets code").all_inner_texts()
    return dict(zip(labels, values, strict=True))


def key_of(shown: dict[str, str]) -> dict[str, str]:
    """The access key among credentials that were handed over."""
    return {"AccessKeyId": shown["Access key ID"], "SecretAccessKey": shown["Secret access key"]}


def collected(server: Any, key: dict[str, str]) -> dict[str, str]:
    """The key that takes this one's place, as the program is given it that holds the old one."""
    status, given = send(server, key, "POST", "/rotation/collect")
    assert status == 200, given
    return {name: given[name] for name in ("AccessKeyId", "SecretAccessKey")}


def typed(page: Page, text: str) -> None:
    """Replace the whole document by typing into the editor."""
    page.locator(".ace_content").click()
    page.locator(".ace_text-input").press("Control+a")
    page.keyboard.insert_text(text)


def enrolled_app(page: Page, device: str) -> pyotp.TOTP:
    """Register an authenticator app from the page that asks for its name; gives the app."""
    page.get_by_label("Device name").fill(device)
    page.get_by_role("button", name="Next").click()
    app, now = pyotp.parse_uri(photographed(page)), clock.now().timestamp()
    assert isinstance(app, pyotp.TOTP)
    page.get_by_label("First code").fill(app.at(now - 30))
    page.get_by_label("Next code").fill(app.at(now))
    page.get_by_role("button", name="Enable this device").click()
    expect(page.get_by_role("heading", name="Save your recovery codes")).to_be_visible()
    return app


def photographed(page: Page) -> str:
    """What a phone reads from the picture on the screen."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator("img.qr").screenshot())))
    return str(found.text)

"""The pages of second factors, as a browser without a screen sees them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from tests.mfa.authenticator import Key
from tests.mfa.devices import Phone
from tests.support.tenants import PASSWORD, Tenant

SIGN_IN, SECOND, PASSKEY = "/console/signin/", "/console/signin/mfa/", "/console/signin/passkey/"
MINE, VERIFY = "/console/mfa/", "/console/verify/"
SELF_SERVICE = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*MFA*","iam:Get*"],
"Resource":["arn:aws:iam::*:mfa/*","arn:aws:iam::*:user/${aws:username}"]}]}"""


def first_step(tenant: Tenant, name: str = "ada", password: str = PASSWORD, **more: str) -> Client:
    """A browser at the second step."""
    client = Client()
    form = {"account": tenant.alias, "user_name": name, "password": password, **more}
    response = client.post(SIGN_IN, form)
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, SECOND), response.content.decode()
    return client


def signed_in(phone: Phone, code: str = "") -> Client:
    """A browser that gave a code, or the next one."""
    client = first_step(phone.tenant, phone.user_name)
    response = client.post(SECOND, {"authentication_code": code or phone.code()})
    assert response.status_code == 302, response.content.decode()
    return client


def is_in(client: Client) -> bool:
    return client.get("/console/").status_code == 200


def options(html: bytes) -> str:
    """What the page hands to `navigator.credentials`."""
    found = re.search(r'data-options="([^"]+)"', html.decode())
    assert found, html.decode()
    return unescape(found[1])


def register(client: Client, key: Key, name: str = "blue") -> Any:
    """Enrol a security key in a signed-in browser."""
    credential = key.create(options(client.get("/console/mfa/key/").content))
    return client.post("/console/mfa/key/", {"security_key_name": name, "credential": credential})


def codes_of(html: bytes) -> list[str]:
    """The recovery codes on a page."""
    return re.findall(r"<li>((?:[0-9A-Z]{4}-){5}[0-9A-Z]{4})</li>", html.decode())

"""Pages as a browser sees them: the forms, links and buttons in them, and what pressing one sends."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from django.db import transaction
from django.test import Client

FILLED = {"new_user_name": "renamed", "role_name": "swept-role", "text": "swept", "virtual_mfa_device_name": "phone"}


@dataclass
class Form:
    """A form that posts, with the values it was rendered with."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    label: str = ""

    def sent(self, button: tuple[str, str] | None = None) -> dict[str, list[str]]:
        """What pressing a button sends, with something typed into each field that must be filled in."""
        data: dict[str, list[str]] = {}
        for name, value in self.fields:
            data.setdefault(name, []).append(value)
        for name in self.empty:
            data[name] = [FILLED.get(name, "swept")]
        if button and button[0]:
            data[button[0]] = [button[1]]
        return data

    def what(self) -> tuple[str, ...]:
        """The same for forms that do the same."""
        return (self.action, *sorted(name for name, _value in self.fields), *sorted(self.empty))


class Page(HTMLParser):
    """Forms that post; buttons that lead somewhere, by their label; labels of buttons that are disabled."""

    def __init__(self, html: str, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.disabled: dict[str, str] = {}
        self._form: Form | None = None
        self._text: list[str] | None = None
        self._ends: str = ""
        self._link: str = ""
        self._why: str | None = None
        self._select: str = ""
        self._radios: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "form" if given.get("method") == "post":
                self._form = Form(urljoin(self.address, given.get("action") or self.address))
                self.forms.append(self._form)
            case "input" | "textarea" if self._form and given.get("name"):
                self._input(given)
            case "select":
                self._select = given.get("name", "")
            case "option" if self._form and self._select and "selected" in given:
                self._form.fields.append((self._select, given.get("value", "")))
            case "button":
                if given.get("aria-disabled") == "true":
                    self._why, self._text, self._ends = given.get("title", ""), [], "button"
                elif self._form:
                    self._form.buttons.append((given.get("name", ""), given.get("value", "")))
                    self._text, self._ends = [], "button"
            case "a" if "button" in given.get("class", "").split():
                self._link, self._text, self._ends = urljoin(self.address, given.get("href", "")), [], "a"

    def _input(self, given: dict[str, str]) -> None:
        form, name, value = self._form, given["name"], given.get("value", "")
        assert form
        kind = given.get("type", "text")
        if kind == "radio":
            if "checked" in given:
                form.fields.append((name, value))
        elif kind == "checkbox":
            if "checked" in given:
                form.fields.append((name, value or "on"))
        elif name == "confirm":
            form.fields.append((name, given.get("title", "")))
        elif value or "required" not in given:
            form.fields.append((name, value))
        else:
            form.empty.append(name)

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == self._ends and self._text is not None:
            self._keep(" ".join("".join(self._text).split()))
            self._text, self._ends, self._why, self._link = None, "", None, ""
        if tag == "form":
            self._form = None

    def _keep(self, label: str) -> None:
        if self._why is not None:
            self.disabled[label.partition(",")[0]] = self._why
        elif self._link:
            self.links[label] = self._link
        elif self._form and not self._form.label:
            self._form.label = label


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """What is pressed within is taken back, and the browser stays signed in.

    Savepoints of its own: an atomic block would not let in those of batches, which must be outermost.
    """
    cookies, before = copy.deepcopy(client.cookies), transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)
        client.cookies = cookies

"""What a look-up of audit events asks for; all of it stands in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cache
from ipaddress import ip_address
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import text_field
from iamconsole.kernel.operation import REGISTRY

NAMES = ("event_name", "principal", "error_code", "outcome", "source_ip", "resource", "named", "access_key_id")
LABELS = {
    "event_name": _("Event"),
    "principal": _("Who"),
    "error_code": _("Error"),
    "source_ip": _("From"),
    "resource": _("Resource"),
}
SUGGESTED = ("principal", "resource")
OUTCOMES = ("Succeeded", "Failed")


class FilterForm(forms.Form):
    """Who and what, from when to when, seen from where."""

    principal = text_field(_("Who"), required=False, max_length=2048, widget=forms.TextInput({"placeholder": "ada"}))
    resource = text_field(
        _("Resource"), required=False, max_length=2048, widget=forms.TextInput({"placeholder": "role/deploy"})
    )
    since = forms.DateTimeField(
        label=_("Since"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    until = forms.DateTimeField(
        label=_("Until"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    tz = text_field(_("Time zone"), required=False, max_length=64, widget=forms.TextInput({"placeholder": "UTC"}))

    def suggest(self, attributes: Mapping[str, str]) -> None:
        """Let names be suggested while they are typed."""
        for name in SUGGESTED:
            self.fields[name].widget.attrs |= {**attributes, "autocomplete": "off"}

    def clean_tz(self) -> str:
        name = str(self.cleaned_data["tz"]).strip()
        try:
            return ZoneInfo(name).key if name else ""
        except (ValueError, KeyError, OSError):
            raise forms.ValidationError(_("Write a name such as Europe/Berlin.")) from None


@dataclass(frozen=True, slots=True)
class Asked:
    """The members of a look-up, the texts of its times as they were typed, and the viewer's time zone."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    text: str = ""
    about: str = ""
    """The member that the typed text is about."""

    @classmethod
    def of(cls, query: QueryDict, form: FilterForm) -> Asked:
        """What the URL says; times that are none, and a zone that is none, count as not said."""
        chosen = {name: query[name] for name in NAMES if query.get(name)}
        if chosen.get("outcome", OUTCOMES[0]) not in OUTCOMES:
            del chosen["outcome"]
        about, text = "", query.get("q", "").strip()
        if text:
            about, value = member_of(text)
            chosen[about] = value
        form.is_valid()
        data = form.cleaned_data
        zone = ZoneInfo(data["tz"]) if data.get("tz") else UTC
        since, until = (_in(data.get(name), zone) for name in ("since", "until"))
        typed = {name: query[name] for name in ("since", "until", "tz") if data.get(name)}
        return cls(chosen, since, until, typed, zone, text, about)

    @property
    def members(self) -> dict[str, Any]:
        """The input of the operations."""
        return {**self.chosen, "since": self.since, "until": self.until}

    def url(self, page: str = "events", /, **changes: str | None) -> str:
        """The look-up with something changed."""
        said = {name: value for name, value in {**self.typed, **self.chosen, **changes}.items() if value}
        return f"{reverse(f'console:{page}')}?{urlencode(said)}".rstrip("?")

    def kept(self, *without: str) -> list[dict[str, str]]:
        """What a form takes along."""
        said = {**self.typed, **self.chosen}
        return [{"name": name, "value": value} for name, value in said.items() if name not in without]


def _in(moment: datetime | None, zone: tzinfo) -> datetime | None:
    """What was typed is a time of the viewer's zone."""
    return moment.replace(tzinfo=zone) if moment else None


def member_of(text: str) -> tuple[str, str]:
    """Which member a typed text is about, and its value: what is nothing else is the name of somebody or something."""
    if text[:4] in ("AKIA", "ASIA"):
        return "access_key_id", text
    if event := _events().get(text.lower()):
        return "event_name", event
    return ("source_ip" if is_address(text) else "named"), text


@cache
def _events() -> dict[str, str]:
    return {operation.name.lower(): operation.name for operation in REGISTRY.values()}


def is_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def short(arn: str | None) -> str:
    """`arn:aws:iam::123456789012:user/ada` as `user/ada`."""
    return arn.split(":", 5)[-1] if arn else ""

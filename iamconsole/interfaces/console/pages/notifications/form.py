"""The form of an account's notifications: who is told besides root, how long before, and on which channels."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.notifications.kinds import KINDS
from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import OperationForm, lines_field
from iamconsole.interfaces.console.pages.notifications import page, words
from iamconsole.interfaces.console.visit import Visit, operation

CHOSEN = [kind for kind in KINDS.values() if not kind.security]
"""The kinds of message that an account may turn off."""


def _of(kind: str) -> str:
    return f"channels-{kind}"


class Ticks(forms.MultipleChoiceField):
    """Any number of ticks; none is an answer too, not one left out."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class NotificationsForm(OperationForm):
    """The members of PutNotificationSettings; the channels of each kind are a field of their own."""

    blamed = {"InvalidInput": "contacts"}

    contacts = lines_field(
        _("Contacts"), _("E-mail addresses, one a line, ten at most. The root user's address is always told as well.")
    )
    notice_days = forms.IntegerField(
        label=_("Days of notice before a password expires"), help_text=_("1 to 60."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in CHOSEN:
            self.fields[_of(kind.name)] = Ticks(label=kind.title, choices=list(words.CHANNELS.items()))

    def sent(self) -> dict[str, Any]:
        """The members, as the operation takes them."""
        data = self.cleaned_data
        return {
            "notice_days": data["notice_days"],
            "contacts": data["contacts"],
            "channels": [{"kind": kind.name, "channels": data[_of(kind.name)]} for kind in CHOSEN],
        }

    def fieldsets(self) -> list[dict[str, Any]]:
        return [
            {"title": _("Who is told, and when"), "fields": [self["contacts"], self["notice_days"]]},
            {
                "title": _("What is told, and how"),
                "help": _("without a channel nobody is told"),
                "fields": [self[_of(kind.name)] for kind in CHOSEN],
            },
        ]


def edit(visit: Visit) -> HttpResponse:
    """The form, and what it does."""
    visit.demand(page.PUT)
    form = NotificationsForm(visit.request.POST or None, initial={} if visit.posting else _initial(visit))
    there = reverse("console:notifications")
    if visit.posting and form.is_valid():
        with form.blaming():
            visit.run(page.PUT, **form.sent())
            return visit.redirect(there, _("The settings were saved. Everybody who was told before is told of that."))
    sent = form.sent() if form.is_bound and not form.errors else {}
    context = {
        "title": _("Edit notifications"),
        "subtitle": _("Messages that concern security always go out on every channel."),
        "breadcrumbs": page.crumbs({"label": _("Edit")}),
        "form": form,
        "fieldsets": form.fieldsets(),
        "submit_label": _("Save settings"),
        "cancel_url": there,
        "cli_equivalent": snippets.of((operation(page.PUT), sent or _sample(form))),
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def _sample(form: NotificationsForm) -> dict[str, Any]:
    """What the form would send as it stands."""
    shown = form.initial
    return {"notice_days": shown.get("notice_days"), "contacts": shown.get("contacts")}


def _initial(visit: Visit) -> dict[str, Any]:
    if visit.refusal(page.GET) is not None:
        return {_of(kind.name): list(words.CHANNELS) for kind in CHOSEN}
    found = visit.run(page.GET)
    channels = {_of(kind.kind): kind.channels for kind in found.kinds if not kind.security}
    return {"contacts": found.contacts, "notice_days": found.notice_days, **channels}

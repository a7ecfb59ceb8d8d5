"""The form of what happens to credentials that nobody uses, with whom it would touch today."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import OperationForm, lines_field, text_field
from iamconsole.interfaces.console.pages.unused_credentials import page
from iamconsole.interfaces.console.visit import Visit, operation

COUNTED = 1000  # users that a preview looks at
NAMED = 5  # of them


class UnusedForm(OperationForm):
    """The members of PutStaleCredentialSettings; there is no partial update."""

    enabled = forms.BooleanField(label=gettext_lazy("Deactivate access keys that nobody uses"), required=False)
    unused_days = forms.IntegerField(
        label=gettext_lazy("Days without use until the owner is told"), help_text=gettext_lazy("1 to 400.")
    )
    notice_days = forms.IntegerField(
        label=gettext_lazy("Days from then on until the key is deactivated"),
        help_text=gettext_lazy("1 to 90. A use in these days saves the key."),
    )
    exempt_users = lines_field(
        gettext_lazy("Users who are left alone"), gettext_lazy("User names, one a line. Root is always left alone.")
    )
    exempt_tag = text_field(
        gettext_lazy("Tag of users who are left alone"),
        required=False,
        max_length=128,
        help_text=gettext_lazy("The key of a tag, such as break-glass; its value does not matter."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {
            "hx-post": reverse("console:unused-preview"),
            "hx-trigger": "input changed delay:300ms, change",
            "hx-target": "#preview",
            "hx-swap": "outerHTML",
            "hx-sync": "closest form:replace",
        }
        for name in ("unused_days", "exempt_users"):
            self.fields[name].widget.attrs.update(asked)

    def sent(self) -> dict[str, Any]:
        """The members, as the operation takes them."""
        data = self.cleaned_data
        return self.members("unused_days", "notice_days", "exempt_users", "exempt_tag") | {"enabled": data["enabled"]}


def edit(visit: Visit) -> HttpResponse:
    """The form, with whom it would touch today."""
    visit.demand(page.PUT)
    form = UnusedForm(visit.request.POST or None, initial={} if visit.posting else _initial(visit))
    there = reverse("console:unused")
    if visit.posting and form.is_valid():
        with form.blaming():
            visit.run(page.PUT, **form.sent())
            return visit.redirect(there, _("The settings were saved."))
    sent = form.sent() if form.is_bound and not form.errors else form.initial
    context = {
        "title": _("Edit what happens to unused credentials"),
        "subtitle": _("A deactivated key is activated again in one step. Passwords are told of and never taken away."),
        "breadcrumbs": page.crumbs({"label": _("Edit")}),
        "form": form,
        "submit_label": _("Save settings"),
        "cancel_url": there,
        "cli_equivalent": snippets.of((operation(page.PUT), sent)),
    }
    return visit.page("password_policy", context | _preview(visit, form), status=400 if form.errors else 200)


def _initial(visit: Visit) -> dict[str, Any]:
    if visit.refusal(page.GET) is not None:
        return {"unused_days": 90, "notice_days": 14}
    found = visit.run(page.GET).model_dump()
    del found["last_run_skipped"]
    return found


def preview(visit: Visit) -> HttpResponse:
    """Whom the settings that are being typed would touch; nothing is saved."""
    if not visit.posting:
        return visit.redirect(reverse("console:unused-edit"))
    visit.demand(page.PUT)
    return visit.page("_password_preview", _preview(visit, UnusedForm(visit.request.POST)))


def _preview(visit: Visit, form: UnusedForm) -> dict[str, Any]:
    days = page.days_of(form["unused_days"].value())
    if days is None or visit.refusal(page.LIST):
        return {}
    typed = form["exempt_users"].value() or ""
    spared = {name.strip().lower() for name in (typed if isinstance(typed, list) else typed.splitlines())}
    found = visit.run(page.LIST, unused_days=days, max_items=COUNTED)
    left = [each for each in found.stale_credentials if each.user_name.lower() not in spared]
    if not left:
        said = _("As of today nobody is concerned: every key and password was used in the last %(days)d days.")
        return {"preview": {"tone": "info", "icon": "circle-check", "text": said % {"days": days}}}
    keys = sum(each.access_key_id is not None for each in left)
    said = _(
        "As of today this concerns %(keys)d access keys and %(passwords)d passwords of %(users)d users%(more)s: "
        "%(who)s."
    )
    names = list(dict.fromkeys(each.user_name for each in left))
    others = len(names) - NAMED
    text = said % {
        "keys": keys,
        "passwords": len(left) - keys,
        "users": len(names),
        "more": _(" or more") if found.is_truncated else "",
        "who": ", ".join(names[:NAMED]) + (_(" and %(n)d more") % {"n": others} if others > 0 else ""),
    }
    return {"preview": {"tone": "warn", "icon": "triangle-alert", "text": text}}

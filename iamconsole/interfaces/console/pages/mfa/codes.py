"""My recovery codes: how many are left, making new ones, and the drill that uses one up for a fresh one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.forms import OperationForm, text_field
from iamconsole.interfaces.console.pages.mfa.verify import demanded
from iamconsole.interfaces.console.pages.panels import Panel
from iamconsole.interfaces.console.visit import NO_STORE, Visit
from iamconsole.runtime.authentication import second_factor

FEW = 3
WHAT_NEXT = _(
    "Each lets you in once, should your devices be lost. Try one before you need it: a code that you cannot read, or "
    "find, is none."
)
FRESH = _("It works. Strike that code out, and keep this one in its place: it can be seen this once.")


def panel(visit: Visit) -> list[Panel]:
    """How many codes are left, for whoever has a device."""
    if not second_factor.required(visit.request.user):  # type: ignore[arg-type]
        return []
    left = second_factor.recovery_codes_left(visit.request.user)  # type: ignore[arg-type]
    renew = cells.action(_("Make new codes"), reverse("console:mfa-codes"), icon="refresh-cw")
    drill = cells.action(_("Try a code"), reverse("console:mfa-drill"), icon="life-buoy")
    shown: Panel = {
        "title": _("Recovery codes"),
        "note": ngettext("%(left)d code is left", "%(left)d codes are left", left) % {"left": left},
        "text": WHAT_NEXT,
        "actions": [
            *([visit.offer(drill, "iamconsole:ReplaceRecoveryCode")] if left else []),
            visit.offer(renew, "iamconsole:CreateRecoveryCodes"),
        ],
    }
    if left < FEW:
        shown["callout"] = {"tone": "warn", "text": _("Without codes a lost device is a matter for an administrator.")}
    return [shown]


def mfa_codes(visit: Visit) -> HttpResponse:
    """Make new recovery codes; the old ones stop working."""
    if asked := demanded(visit):
        return asked
    visit.demand("iamconsole:CreateRecoveryCodes")
    if visit.posting:
        return new_codes(visit)
    context = {
        "title": _("Make new recovery codes?"),
        "warning": _("The codes that you have stop working."),
        "breadcrumbs": _crumbs(_("Recovery codes")),
        "submit_label": _("Make new codes"),
        "cancel_url": reverse("console:mfa"),
    }
    return visit.page("confirm_delete", context)


def new_codes(visit: Visit) -> HttpResponse:
    """Ten new codes, shown in this answer alone."""
    return _shown(visit, _("Save your recovery codes"), visit.run("iamconsole:CreateRecoveryCodes").recovery_codes)


def _shown(
    visit: Visit, title: Any, codes: Sequence[str], *, warning: Any = "", continue_label: Any = ""
) -> HttpResponse:
    there = reverse("console:mfa")
    context = {
        "title": title,
        "breadcrumbs": _crumbs(_("Recovery codes")),
        "warning": warning,
        "codes": codes,
        "as_text": "\n".join(codes),
        "download_url": reverse("console:mfa-codes-text"),
        "continue_url": there,
        "continue_label": continue_label,
    }
    return visit.shown_once(visit.page("recovery_codes", context), there)


class DrillForm(OperationForm):
    """A code that one wrote down."""

    blamed = {"InvalidAuthenticationCode": "recovery_code"}

    recovery_code = text_field(
        _("One of your recovery codes"), max_length=64, help_text=_("Dashes, spaces and case do not count.")
    )
    recovery_code.widget.attrs["autocapitalize"] = "characters"


def mfa_drill(visit: Visit) -> HttpResponse:
    """Use one code up and get a fresh one, to know that the codes can be found and read."""
    visit.demand("iamconsole:ReplaceRecoveryCode")
    form = DrillForm(visit.request.POST or None)
    if visit.posting and form.is_valid():
        with form.blaming():
            made = visit.run("iamconsole:ReplaceRecoveryCode", **form.members())
            return _shown(
                visit, _("Your codes work"), made.recovery_codes, warning=FRESH, continue_label=_("I have saved it")
            )
    context = {
        "title": _("Try a recovery code"),
        "subtitle": _(
            "Fetch your codes from where you keep them and type one: it is used up, and a new one takes its place."
        ),
        "breadcrumbs": _crumbs(_("Try a code")),
        "form": form,
        "submit_label": _("Try it"),
        "cancel_url": reverse("console:mfa"),
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def mfa_codes_text(visit: Visit) -> HttpResponse:
    """The codes of the page before as a file: what was posted comes back, so nothing is kept here."""
    if not visit.posting:
        return HttpResponse(status=405, headers={"Allow": "POST"})
    response = HttpResponse(visit.request.POST.get("codes", "")[:1024], content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    response["Cache-Control"] = NO_STORE
    return response


def _crumbs(last: Any) -> list[dict[str, Any]]:
    return [{"label": _("My MFA devices"), "url": reverse("console:mfa")}, {"label": last}]

"""Account settings about sessions: the tokens of STS, how long anybody stays signed in, and what is not here."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.roles.detail import duration
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.console.visit import Visit
from iamconsole.runtime.authentication import visitors

STS: Final = _("Security Token Service (STS)")
SET: Final = "iam:SetSecurityTokenServicePreferences"
VERSIONS: Final = {1: "v1Token", 2: "v2Token"}
LABELS: Final = {
    "v1Token": _("Version 1: valid in regions that are on by default"),
    "v2Token": _("Version 2: valid in every region, and longer"),
}


class TokenForm(OperationForm):
    """Which version the global endpoint issues, as AWS asks it."""

    global_endpoint_token_version = forms.ChoiceField(
        label=_("Tokens of the global endpoint"),
        choices=list(LABELS.items()),
        help_text=_(
            "Tokens of this installation are valid in all of its regions either way: this is what GetAccountSummary "
            "tells tools that ask for it."
        ),
    )


def sts(visit: Visit, form: TokenForm | None = None) -> panels.Panel:
    """The version of tokens, and where STS answers."""
    return panels.guarded(STS, lambda: _sts(visit, form))


def _sts(visit: Visit, form: TokenForm | None) -> panels.Panel:
    version = VERSIONS[visit.run("iam:GetAccountSummary").summary_map["GlobalEndpointTokenVersion"]]
    regions = cells.chips(list(settings.IAM_REGIONS), limit=20)
    panel: panels.Panel = {
        "title": STS,
        "pairs": [
            {"label": _("Active in"), "cell": regions},
            {"label": _("Endpoint"), "cell": cells.mono(settings.IAM_PUBLIC_URL, copyable=True)},
        ],
    }
    if refused := visit.refusal(SET):
        said = {"label": _("Tokens of the global endpoint"), "cell": cells.text(LABELS[version])}
        callout = {"tone": "info", "icon": "lock", "text": refused}
        return panel | {"pairs": [*panel["pairs"], said], "callout": callout}
    form = form or TokenForm(initial={"global_endpoint_token_version": version})
    here = reverse("console:sts-preferences")
    return panel | {"form": {"form": form, "url": here, "submit_label": _("Save"), "tone": "primary"}}


def sts_preferences(visit: Visit) -> HttpResponse:
    """Set the version of tokens."""
    there = reverse("console:account")
    if not visit.posting:
        return visit.redirect(there)
    form = TokenForm(visit.request.POST)
    if form.is_valid():
        with form.blaming():
            visit.run(SET, **form.members())
            return visit.redirect(there, _("The STS preference was saved."))
    crumbs = [{"label": _("Account settings"), "url": there}, {"label": STS}]
    context = {"title": STS, "breadcrumbs": crumbs, "form": form, "submit_label": _("Save"), "cancel_url": there}
    return visit.page("form", context, status=400)


def limits(visit: Visit) -> panels.Panel:
    """How long sessions last, and where each limit is changed, if anywhere."""
    fixed, idle = _("fixed, as in AWS's console"), _("fixed, as OWASP ASVS 7.3.1 asks")
    operator = _("IAM_DECISION_RETENTION, which whoever runs this installation sets for all accounts")
    roles = cells.action(_("Roles"), reverse("console:roles"), icon="id-card")
    return {
        "title": _("Session limits"),
        "note": _("who stays signed in, and for how long"),
        "actions": [visit.offer(roles, "iam:ListRoles")],
        "pairs": [
            _limit(_("Console, in all"), duration(int(visitors.ABSOLUTE.total_seconds())), fixed),
            _limit(_("Console, unattended"), duration(int(visitors.IDLE.total_seconds())), idle),
            _limit(_("A role, assumed"), _("1 to 12 hours"), _("of each role: Edit, Longest session")),
            _limit(_("A role, by another role"), _("1 hour"), _("fixed, as in AWS: role chaining")),
            _limit(_("A denial, explained"), _days(settings.IAM_DECISION_RETENTION.days), operator),
        ],
    }


def _days(days: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def _limit(label: Any, value: Any, where: Any) -> dict[str, Any]:
    return {"label": label, "cell": cells.text(value, note=where)}


def absent(_visit: Visit) -> panels.Panel:
    """What an administrator of AWS looks for here in vain."""
    return {
        "title": _("Not in this installation"),
        "entries": [
            {
                "text": _("AWS Organizations, with its service control policies and central root access"),
                "note": _(
                    "Accounts stand alone: a permissions boundary limits what one account's people may be given."
                ),
            },
            {
                "text": _("IAM Identity Center"),
                "note": _("People sign in through the identity providers of this account instead."),
            },
        ],
    }


ROUTES = (Route("account/sts/", sts_preferences, "sts-preferences"),)

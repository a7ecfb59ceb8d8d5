"""The account's settings."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.forms import OperationForm, text_field
from iamconsole.interfaces.console.pages import account_federation, panels, password_policy
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import AccessDenied, Fault


class AliasForm(OperationForm):
    """The name to sign in with."""

    blamed = {"EntityAlreadyExists": "account_alias"}

    account_alias = text_field(
        _("Account alias"), max_length=63, help_text=_("Lower-case letters, digits and single hyphens, 3 to 63.")
    )


def account_settings(visit: Visit) -> HttpResponse:
    """The account's alias, a name to sign in with, its password policy, its issuer and its properties."""
    aliases = visit.run("iam:ListAccountAliases").account_aliases
    form = AliasForm(visit.request.POST or None, initial={"account_alias": aliases[0] if aliases else ""})
    here = reverse("console:account")
    if visit.posting and form.is_valid():
        try:
            visit.run("iam:CreateAccountAlias", **form.members())
        except AccessDenied:
            raise
        except Fault as fault:
            form.blame(fault)
        else:
            return visit.redirect(here, _("The account alias was saved."))
    refused = visit.refusal("iam:CreateAccountAlias")
    panel: panels.Panel = {"title": _("Account alias"), "note": _("to sign in with beside the account ID")}
    if refused:
        panel |= {
            "pairs": [{"label": _("Alias"), "cell": cells.text(aliases[0] if aliases else "")}],
            "callout": {"tone": "info", "icon": "lock", "text": refused},
        }
    else:
        panel |= {"form": {"form": form, "url": here, "submit_label": _("Save alias"), "tone": "primary"}}
        if aliases:
            remove = cells.post(_("Remove"), reverse("console:alias-remove"), tone="danger", account_alias=aliases[0])
            panel["actions"] = [visit.offer(remove, "iam:DeleteAccountAlias")]
    root = cells.action(_("Root user"), reverse("console:root"), icon="shield-half")
    context = {
        "title": _("Account settings"),
        "breadcrumbs": [{"label": _("Access management")}, {"label": _("Account settings")}],
        "facts": [{"label": _("Account ID"), "cell": cells.mono(visit.call.account_id, copyable=True)}],
        "actions": [] if visit.refusal("iam:GetAccountSummary") else [root],
        "panels": [
            panel,
            password_policy.panel(visit),
            account_federation.issuer(visit),
            account_federation.properties(visit),
        ],
    }
    return visit.page("detail", context, status=400 if form.errors else 200)


def alias_remove(visit: Visit) -> HttpResponse:
    """Take the alias away; the id keeps working."""
    if visit.posting:
        visit.run("iam:DeleteAccountAlias", account_alias=visit.request.POST.get("account_alias", ""))
        return visit.redirect(reverse("console:account"), _("The account alias was removed."))
    return visit.redirect(reverse("console:account"))

"""The account's settings."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.forms import OperationForm, text_field
from iamconsole.interfaces.console.pages import account_federation, account_sessions, panels, password_policy
from iamconsole.interfaces.console.pages.notifications import page as notifications
from iamconsole.interfaces.console.pages.unused_credentials import page as unused_credentials
from iamconsole.interfaces.console.visit import Visit


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
        with form.blaming():
            visit.run("iam:CreateAccountAlias", **form.members())
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
            remove = cells.action(_("Remove"), reverse("console:alias-remove"), tone="danger")
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
            account_sessions.sts(visit),
            account_sessions.limits(visit),
            account_federation.issuer(visit),
            account_federation.properties(visit),
            notifications.panel(visit),
            unused_credentials.panel(visit),
            account_sessions.absent(visit),
        ],
    }
    return visit.page("detail", context, status=400 if form.errors else 200)


def alias_remove(visit: Visit) -> HttpResponse:
    """Take the alias away, once it is confirmed; the id keeps working."""
    there = reverse("console:account")
    if visit.posting:
        visit.run("iam:DeleteAccountAlias", account_alias=visit.request.POST.get("account_alias", ""))
        return visit.redirect(there, _("The account alias was removed."))
    visit.demand("iam:DeleteAccountAlias")
    aliases = visit.run("iam:ListAccountAliases").account_aliases
    if not aliases:
        return visit.redirect(there)
    context = {
        "title": _("Remove the account alias %(alias)s?") % {"alias": aliases[0]},
        "warning": _(
            "People sign in with the account ID %(id)s until there is another alias; links and bookmarks that name "
            "this one stop working, and any account may take it."
        )
        % {"id": visit.call.account_id},
        "breadcrumbs": [{"label": _("Account settings"), "url": there}, {"label": _("Remove alias")}],
        "fields": [{"name": "account_alias", "value": aliases[0]}],
        "submit_label": _("Remove alias"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context)

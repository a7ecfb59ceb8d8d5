"""Paste a token or a SAML response: what it says, and what a role makes of it. Nothing of it is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.pages.providers import checks, detail
from iamconsole.interfaces.console.pages.providers.names import is_oidc, member
from iamconsole.interfaces.console.visit import NO_STORE, Visit

LONGEST = 100_000


class TokenForm(OperationForm):
    """A token, and the role whose trust policy is asked."""

    token = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )
    role_name = forms.ChoiceField(label=_("Role"), required=False)


def provider_try(visit: Visit, arn: str) -> HttpResponse:
    """A pasted token, check by check; the page is never cached and shows the token no second time."""
    found = detail.shown(visit, arn)
    here = reverse("console:provider-try", args=[arn])
    form = _form(visit, arn)
    shown: list[panels.Panel] = []
    if visit.posting and form.is_valid():
        with form.blaming():
            shown = _explained(visit, arn, **form.members("token", "role_name"))
            form = _form(visit, arn, bound=False)
    panel = {
        "title": _("Paste a token") if is_oidc(arn) else _("Paste a SAML response"),
        "note": _("it is used for nothing and kept nowhere"),
        "form": {"form": form, "url": here, "submit_label": _("Explain"), "tone": "primary"},
    }
    response = detail.framed(visit, arn, found, "provider-try", [*shown, panel])
    response["Cache-Control"] = NO_STORE
    response.status_code = 400 if form.errors else 200
    return response


def _form(visit: Visit, arn: str, *, bound: bool = True) -> TokenForm:
    chosen = {"role_name": visit.request.POST.get("role_name", "")}
    form = TokenForm((visit.request.POST or None) if bound else None, initial=chosen)
    form.renamed = {"web_identity_token": "token", "saml_assertion": "token"}  # type: ignore[misc]
    form.fields["token"].label = _("Token (JWT)") if is_oidc(arn) else _("SAML response (base64)")
    may_list = visit.refusal("iamconsole:ListTrustingRoles") is None
    roles = visit.run("iamconsole:ListTrustingRoles", principal_arn=arn).roles if may_list else []
    names = [(role.role_name, role.role_name) for role in roles]
    form.fields["role_name"].choices = [("", _("None: the token alone")), *names]  # type: ignore[attr-defined]
    if names and not visit.posting:
        form.initial["role_name"] = names[0][0]
    return form


def _explained(visit: Visit, arn: str, *, token: str, role_name: str | None = None) -> list[panels.Panel]:
    if is_oidc(arn):
        token = token.strip()
        found = visit.run("iamconsole:ExplainWebIdentityToken", web_identity_token=token, role_name=role_name)
    else:
        found = visit.run("iamconsole:ExplainSAMLAssertion", **member(arn), saml_assertion=token, role_name=role_name)
    shown = [checks.checks(_("Is it believed?"), found.checks) | {"id": "findings"}]
    if found.accepted:
        shown += [checks.verdict(found.trust)] if found.trust else []
        shown.append(_claims(found))
    return shown


def _claims(found: Any) -> panels.Panel:
    rows = [{"cells": [cells.mono(each.key), cells.text(", ".join(each.values))]} for each in found.condition_keys]
    rows += [
        {"cells": [cells.mono(f"aws:PrincipalTag/{tag.key}"), cells.chips([tag.value])]} for tag in found.session_tags
    ]
    offered = [each.role_arn for each in getattr(found, "offered_roles", [])]
    pairs = [
        {"label": _("Subject"), "cell": cells.mono(found.subject)},
        {"label": _("Expires"), "cell": cells.time(found.expiration)},
    ]
    if offered:
        pairs.append({"label": _("Roles it offers"), "cell": cells.chips(offered, limit=10)})
    return {
        "title": _("What it says"),
        "note": _("the condition keys that a trust policy can use"),
        "pairs": pairs,
        "columns": [{"label": _("Condition key")}, {"label": _("Values")}],
        "rows": rows,
    }

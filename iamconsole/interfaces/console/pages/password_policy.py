"""The account's password policy: what it says, a form, and OWASP's profile in one click."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console import cells, snippets
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages import panels
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.console.visit import Visit, operation

TITLE = _("Password policy")
MOST_DAYS = 1095
AWS_DEFAULT = _(
    "AWS's default rule: eight characters or more, of at least three kinds, not the name of account or user. "
    "Passwords never expire; users change theirs only where a policy allows it."
)
ASVS = _(
    "OWASP ASVS 5.0: fifteen characters or more of any kind, spaces and emoji among them. No composition, no expiry. "
    "Leaked passwords are refused, and those with the name of the account, the user or this product."
)
REPLACES_ASVS = _("The ASVS profile holds now. Saving this form replaces it, with its check for leaked passwords.")
OFFER = _("The ASVS profile is what OWASP recommends today: length instead of composition and expiry.")


def _number(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, help_text=help_text)


def _flag(label: Any, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=help_text)


class PasswordPolicyForm(OperationForm):
    """AWS's members; what is left blank is not demanded."""

    minimum_password_length = _number(_("Minimum length"), _("6 to 128 characters; 6 if left blank."))
    require_uppercase_characters = _flag(_("Require an uppercase letter"))
    require_lowercase_characters = _flag(_("Require a lowercase letter"))
    require_numbers = _flag(_("Require a number"))
    require_symbols = _flag(_("Require a symbol: ! @ # $ % ^ & * ( ) _ + - = [ ] { } | '"))
    allow_users_to_change_password = _flag(_("Users may change their own password"))
    max_password_age = _number(_("Days until a password expires"), _("1 to 1095; never if left blank."))
    hard_expiry = _flag(
        _("An expired password takes an administrator to reset"),
        _("Otherwise the user chooses a new one when signing in. The root user's password never expires."),
    )
    password_reuse_prevention = _number(_("Old passwords that cannot be used again"), _("1 to 24; any if left blank."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {
            "hx-post": reverse("console:password-policy-preview"),
            "hx-trigger": "input delay:300ms",
            "hx-target": "#preview",
            "hx-swap": "outerHTML",
            "hx-sync": "closest form:queue last",
        }
        for name in ("max_password_age", "hard_expiry"):
            self.fields[name].widget.attrs.update(asked)


def panel(visit: Visit) -> panels.Panel:
    """The policy, for the page of account settings."""
    return panels.guarded(TITLE, lambda: _panel(visit))


def _panel(visit: Visit) -> panels.Panel:
    found = visit.look("iam:GetAccountPasswordPolicy")
    asvs = found is not None and _is_asvs(visit)
    edit = cells.action(_("Edit"), reverse("console:password-policy"), icon="pencil")
    apply = cells.post(_("Use the ASVS profile"), reverse("console:password-profile"), tone="primary", profile="ASVS")
    remove = cells.post(_("Back to AWS's default"), reverse("console:password-profile"), tone="danger")
    actions = [visit.offer(edit, "iam:UpdateAccountPasswordPolicy")]
    if not asvs:
        actions.append(visit.offer(apply, "iamconsole:ApplyPasswordProfile", profile="ASVS"))
    if found:
        actions.append(visit.offer(remove, "iam:DeleteAccountPasswordPolicy"))
    shown: panels.Panel = {
        "title": TITLE,
        "note": _("OWASP ASVS") if asvs else _("custom") if found else _("AWS's default"),
        "text": ASVS if asvs else "" if found else AWS_DEFAULT,
        "actions": actions,
    }
    if found:
        shown["pairs"] = _pairs(found.password_policy)
    return shown if asvs else shown | {"callout": {"tone": "info", "icon": "shield-check", "text": OFFER}}


def _is_asvs(visit: Visit) -> bool:
    return bool(visit.run("iamconsole:GetPasswordProfile").profile == "ASVS")


def _pairs(policy: Any) -> list[dict[str, Any]]:
    demanded = (
        (policy.require_uppercase_characters, _("uppercase letter")),
        (policy.require_lowercase_characters, _("lowercase letter")),
        (policy.require_numbers, _("number")),
        (policy.require_symbols, _("symbol")),
    )
    age, remembered = policy.max_password_age, policy.password_reuse_prevention
    expiry = _("%(days)d days") % {"days": age} if age else ""
    note = _("then an administrator must reset it") if policy.hard_expiry and age else ""
    return [
        {"label": _("Minimum length"), "cell": cells.text(policy.minimum_password_length)},
        {"label": _("Must have"), "cell": cells.chips([name for on, name in demanded if on], limit=4)},
        {"label": _("Users change their own"), "cell": cells.yesno(policy.allow_users_to_change_password)},
        {"label": _("Expires after"), "cell": cells.text(expiry, note=note, empty=_("Never"))},
        {"label": _("Old passwords refused"), "cell": cells.text(remembered, empty=_("None"))},
    ]


def password_policy(visit: Visit) -> HttpResponse:
    """The form; there is no partial update, so it is always the whole policy that is sent."""
    visit.demand("iam:UpdateAccountPasswordPolicy")
    form = PasswordPolicyForm(visit.request.POST or None, initial={} if visit.posting else _initial(visit))
    there = reverse("console:account")
    if visit.posting and form.is_valid():
        with form.blaming():
            visit.run("iam:UpdateAccountPasswordPolicy", **form.members())
            return visit.redirect(there, _("The password policy was saved. It holds from the next change on."))
    asvs = visit.refusal("iamconsole:GetPasswordProfile") is None and _is_asvs(visit)
    sent = form.members() if form.is_bound and not form.errors else {}
    context = {
        "title": TITLE,
        "subtitle": REPLACES_ASVS if asvs else "",
        "breadcrumbs": [{"label": _("Account settings"), "url": there}, {"label": TITLE}],
        "form": form,
        "submit_label": _("Save policy"),
        "cancel_url": there,
        "cli_equivalent": snippets.of((operation("iam:UpdateAccountPasswordPolicy"), sent)),
    }
    return visit.page("password_policy", context | _preview(visit, form), status=400 if form.errors else 200)


def preview(visit: Visit) -> HttpResponse:
    """What the policy that is being typed would do today; nothing is saved."""
    if not visit.posting:
        return visit.redirect(reverse("console:password-policy"))
    visit.demand("iam:UpdateAccountPasswordPolicy")
    return visit.page("_password_preview", _preview(visit, PasswordPolicyForm(visit.request.POST)))


def _preview(visit: Visit, form: PasswordPolicyForm) -> dict[str, Any]:
    """Whose password would have expired: nobody knows the length of one that is there."""
    if visit.refusal("iamconsole:PreviewPasswordPolicy"):
        return {}
    age, hard = _age(form["max_password_age"].value()), form["hard_expiry"].value()
    found = visit.run("iamconsole:PreviewPasswordPolicy", max_password_age=age)
    if not found.expired:
        said = _("No password expires today. Length and composition count from each user's next change on.")
        return {"preview": {"tone": "info", "icon": "info", "text": said}}
    locked = _("They are locked out until an administrator sets a new one.")
    choosing = _("They choose a new one when they sign in next.")
    said = ngettext(
        "%(n)d of %(all)d users would fail this policy today: the password is too old.",
        "%(n)d of %(all)d users would fail this policy today: the passwords are too old.",
        found.expired,
    ) % {"n": found.expired, "all": found.passwords}
    text = f"{said} {locked if hard else choosing}"
    return {"preview": {"tone": "bad" if hard else "warn", "icon": "triangle-alert", "text": text}}


def _age(typed: Any) -> int | None:
    """Days, where what is typed so far could be meant as such."""
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_DAYS else None


def _initial(visit: Visit) -> dict[str, Any]:
    if visit.refusal("iam:GetAccountPasswordPolicy") is not None:
        return {}
    found = visit.look("iam:GetAccountPasswordPolicy")
    return found.password_policy.model_dump() if found else {"minimum_password_length": 8}


def password_profile(visit: Visit) -> HttpResponse:
    """Apply a profile, or take the account's policy away."""
    there = reverse("console:account")
    if not visit.posting:
        return visit.redirect(there)
    if profile := visit.request.POST.get("profile"):
        visit.run("iamconsole:ApplyPasswordProfile", profile=profile)
        return visit.redirect(there, _("Passwords follow the %(profile)s profile now.") % {"profile": profile})
    visit.run("iam:DeleteAccountPasswordPolicy")
    return visit.redirect(there, _("AWS's default rule holds for passwords now."))


ROUTES = (
    Route("account/password-policy/", password_policy, "password-policy"),
    Route("account/password-policy/preview/", preview, "password-policy-preview"),
    Route("account/password-profile/", password_profile, "password-profile"),
)

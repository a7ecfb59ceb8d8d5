"""The first steps of an account, each checked against what there is: root, group, user, policy, and a first denial."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.posture import console as posture
from iamconsole.interfaces.console import cells
from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.pages.kinds import GROUP
from iamconsole.interfaces.console.pages.policies import starters
from iamconsole.interfaces.console.site import Route
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.call import PrincipalType

COOKIE: Final = "first_steps"
ONE_YEAR: Final = 365 * 24 * 60 * 60
REMEMBERED: Final = 20  # principals of one browser who put the guide away
SETTLED: Final = 10  # users; an account with more needs no guide on its dashboard
TRIED: Final = {
    "iam:ListUsers": "aws iam list-users",
    "iam:ListRoles": "aws iam list-roles",
    "iam:GetAccountPasswordPolicy": "aws iam get-account-password-policy",
    "iam:GetAccountAuthorizationDetails": "aws iam get-account-authorization-details --max-items 1",
}
"""What a new user may try: commands that change nothing, so that it does not matter if one is allowed."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What there is of each step; `denial` is the id of one that can be explained.

    `there` tells how far the account has come, `here` names what the viewer may list of it.
    """

    secure: bool
    there: posture.Beginnings
    here: posture.Beginnings
    denial: str

    @property
    def done(self) -> tuple[bool, ...]:
        return (
            self.secure,
            bool(self.there.group),
            bool(self.there.user),
            bool(self.there.granted),
            bool(self.denial),
        )


def begun(visit: Visit, summary: dict[str, int]) -> Begun:
    """How far the account has come; the number of queries is always the same."""
    there = here = posture.beginnings(visit.call.account_id)
    if visit.refusal("iam:ListGroups"):
        here = replace(here, group="", granted="")
    if visit.refusal("iam:ListUsers"):
        here = replace(here, user="", user_arn="")
    denials = []
    if visit.refusal("iamconsole:ListDenials") is None:
        denials = visit.run("iamconsole:ListDenials", principal=here.user_arn or None, max_items=1).denials
    secure = bool(summary["AccountMFAEnabled"]) and not summary["AccountAccessKeysPresent"]
    return Begun(secure, there, here, denials[0].authorization_id if denials else "")


def panel(visit: Visit, summary: dict[str, int]) -> dict[str, Any] | None:
    """The guide on the dashboard of a new account, for whoever could take its steps and did not put it away."""
    hidden = _is_dismissed(visit) or summary["Users"] > SETTLED or visit.refusal("iam:CreateUser")
    if hidden or all((found := begun(visit, summary)).done):
        return None
    return _guide(visit, found, summary) | {"url": reverse("console:start")}


def start(visit: Visit) -> HttpResponse:
    """The guide on a page of its own; it can be opened at any time."""
    summary = visit.run("iam:GetAccountSummary").summary_map
    found = begun(visit, summary)
    context = {
        "title": _("First steps"),
        "subtitle": _("From an empty account to people who may do what they need, and nothing else."),
        "breadcrumbs": [{"label": _("Dashboard"), "url": reverse("console:dashboard")}, {"label": _("First steps")}],
        "guide": _guide(visit, found, summary),
        "trial": _trial(visit, found),
    }
    return visit.page("start", context)


def dismiss(visit: Visit) -> HttpResponse:
    """Put the guide away, or back on the dashboard, for this principal in this browser."""
    response = visit.redirect(reverse("console:dashboard"))
    if visit.posting:
        mine = visit.call.principal.unique_id
        others = [each for each in _dismissed(visit) if each != mine]
        kept = others if visit.request.POST.get("do") == "show" else [*others, mine]
        response.set_cookie(
            COOKIE,
            ".".join(kept[-REMEMBERED:]),
            max_age=ONE_YEAR,
            secure=visit.request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response


def _dismissed(visit: Visit) -> list[str]:
    return [each for each in visit.request.COOKIES.get(COOKIE, "").split(".") if each.isalnum()]


def _is_dismissed(visit: Visit) -> bool:
    return visit.call.principal.unique_id in _dismissed(visit)


def _guide(visit: Visit, found: Begun, summary: dict[str, int]) -> dict[str, Any]:
    """What _first_steps.html shows."""
    now = next((number for number, done in enumerate(found.done) if not done), None)
    steps = [
        step | {"state": "done" if found.done[number] else "next" if number == now else "later"}
        for number, step in enumerate(_steps(visit, found, summary))
    ]
    for step in steps:
        if step["state"] == "next" and step.get("action"):
            step["action"] = step["action"] | {"tone": "primary"}
        if step["state"] == "done":
            step["action"] = step.get("shown")
    return {
        "steps": steps,
        "done": sum(found.done),
        "dismiss_url": reverse("console:start-dismiss"),
        "dismissed": _is_dismissed(visit),
    }


def _steps(visit: Visit, found: Begun, summary: dict[str, int]) -> list[dict[str, Any]]:
    here, kept = found.here, bool(summary["AccountAccessKeysPresent"])
    return [
        {
            "title": _("Secure the root user"),
            "text": _("Root can do everything and no policy limits it: give it a second factor, and no access keys."),
            "action": _secure(visit, keys=kept),
        },
        {
            "title": _("Create the first group"),
            "text": _("Grant to groups, not to people: who joins or leaves changes one membership and no policy."),
            "action": visit.offer(cells.action(_("Create group"), reverse("console:group-create")), "iam:CreateGroup"),
            "shown": cells.action(here.group, reverse("console:group", args=[here.group])) if here.group else None,
        },
        {
            "title": _("Create the first user"),
            "text": _("A user is one person: in the group, with a password for the console or a key for programs."),
            "action": visit.offer(cells.action(_("Create user"), _new_user(here.group)), "iam:CreateUser"),
            "shown": cells.action(here.user, reverse("console:user", args=[here.user])) if here.user else None,
        },
        {
            "title": _("Attach the first policy"),
            "text": _(
                "Nothing is allowed that no policy allows: attach one to the group, and all its members have it."
            ),
            "action": _attach(visit, here.group),
            "also": _own_credentials(visit),
            "shown": cells.action(here.granted, reverse("console:group-tab", args=[here.granted, "permissions"]))
            if here.granted
            else None,
        },
        {
            "title": _("See the first denial"),
            "text": _(
                "Try something that the user may not do: every refusal has a page that says why, and what helps."
            ),
            "action": cells.action(_("How to try it"), f"{reverse('console:start')}#trial") if here.user else None,
            "shown": cells.action(_("Why it was denied"), addresses.denied(found.denial)) if found.denial else None,
        },
    ]


def _secure(visit: Visit, *, keys: bool) -> dict[str, Any]:
    if visit.call.principal.type is PrincipalType.ROOT and not keys:
        return cells.action(_("Register a device"), reverse("console:mfa"))
    return cells.action(_("Show the root user"), reverse("console:root"))


def _new_user(group: str) -> str:
    there = reverse("console:user-create")
    return f"{there}?{urlencode({'group': group, 'console': 'generated'})}" if group else there


def _attach(visit: Visit, group: str) -> dict[str, Any] | None:
    if not group:
        return None
    button = cells.action(_("Attach policies"), GROUP.url(group, "attach"))
    return visit.offer(button, "iam:AttachGroupPolicy", "iam:ListPolicies", group_name=group)


def _own_credentials(visit: Visit) -> dict[str, Any] | None:
    """The policy without which nobody sets up a second factor by himself."""
    if not visit.ever("iam:CreatePolicy"):
        return None
    return {"label": _("Create one that lets people set up their own MFA"), "url": starters.OWN_CREDENTIALS.url}


def _trial(visit: Visit, found: Begun) -> dict[str, Any] | None:
    """How the new user tries what he may not do: in the console, and with the aws command."""
    here = found.here
    if not here.user:
        return None
    command = _refused(visit, here.user_arn)
    sign_in = f"{settings.IAM_PUBLIC_URL}{reverse('console:signin')}?{urlencode({'account': visit.call.account_id})}"
    return {
        "user": here.user,
        "sign_in": sign_in if here.user_signs_in else "",
        "configure": f"aws configure --profile {here.user}",
        "command": f"{command} --profile {here.user} --endpoint-url {settings.IAM_PUBLIC_URL}" if command else "",
        "denial_url": addresses.denied(found.denial) if found.denial else "",
        "denied_url": reverse("console:denied") if visit.refusal("iamconsole:ListDenials") is None else "",
    }


def _refused(visit: Visit, arn: str) -> str:
    """The first of the commands that the engine would refuse the user; empty where it would allow them all."""
    if visit.refusal("iamconsole:ExplainAccess", policy_source_arn=arn) is not None:
        return next(iter(TRIED.values()))
    told = visit.run("iamconsole:ExplainAccess", policy_source_arn=arn, action_names=list(TRIED))
    denied = {trace.action for trace in told.traces if trace.decision != "allowed"}
    return next((command for action, command in TRIED.items() if action in denied), "")


ROUTES = (Route("start/", start, "start"), Route("start/dismiss/", dismiss, "start-dismiss"))

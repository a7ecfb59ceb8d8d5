"""The frame of every page: side navigation, account, theme; only pages that the principal may open are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.passwords import standing
from iamconsole.interfaces.console import switched
from iamconsole.kernel.call import PrincipalType
from iamconsole.kernel.operation import REGISTRY
from iamconsole.replication import freshness
from iamconsole.runtime.authentication.delegates import Delegate

if TYPE_CHECKING:
    from django.http import HttpRequest

    from iamconsole.interfaces.console.visit import Visit

THEMES = ("light", "dark", "system")
THEME_COOKIE = "theme"
KINDS = {
    PrincipalType.ROOT: _("Root user"),
    PrincipalType.USER: _("IAM user"),
    PrincipalType.ROLE_SESSION: _("Role"),
    PrincipalType.FEDERATED_USER: _("Federated user"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the side navigation; `action` is what one must be allowed to open it (nothing, if empty)."""

    label: Any
    name: str
    icon: str
    action: str = ""
    jump: str = ""


SECTIONS: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    ("", (Entry(_("Dashboard"), "dashboard", "layout-dashboard", jump="d"),)),
    (
        _("Access management"),
        (
            Entry(_("Users"), "users", "user", "iam:ListUsers", "u"),
            Entry(_("User groups"), "groups", "users", "iam:ListGroups", "g"),
            Entry(_("Roles"), "roles", "id-card", "iam:ListRoles", "r"),
            Entry(_("Policies"), "policies", "scroll-text", "iam:ListPolicies", "p"),
            Entry(_("Key rotation"), "rotations", "refresh-cw", "iamconsole:ListKeyRotations", "k"),
            Entry(_("Identity providers"), "providers", "network", "iam:ListOpenIDConnectProviders", "i"),
            Entry(_("Workloads"), "workloads", "server", "iamconsole:ListWorkloads", "w"),
            Entry(_("Account settings"), "account", "sliders-horizontal", "iam:ListAccountAliases", "s"),
        ),
    ),
    (
        _("Understand access"),
        (
            Entry(_("Simulator"), "simulator", "play", "iamconsole:ExplainAccess", "t"),
            Entry(_("Access map"), "map", "waypoints", "iamconsole:ListPrincipalsWithAccess", "m"),
            Entry(_("Denied"), "denied", "ban", "iamconsole:ListDenials", "x"),
            Entry(_("Services"), "services", "plug", "iamconsole:ListServices", "v"),
        ),
    ),
    (
        _("Operate"),
        (
            Entry(_("Audit events"), "events", "list-tree", "iamconsole:LookupAuditEvents", "e"),
            Entry(_("Replication"), "replication", "radio-tower", "iamconsole:ListRegions", "n"),
        ),
    ),
)


def theme_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "system"


def outer_frame(request: HttpRequest) -> dict[str, Any]:
    """What pages without a principal have, too."""
    return {
        "theme": theme_of(request),
        "theme_url": reverse("console:theme"),
        "home_url": reverse("console:dashboard"),
        "test_mode": settings.IAM_TEST_MODE,
    }


def frame(visit: Visit) -> dict[str, Any]:
    """The context of base.html for a signed-in principal."""
    account = visit.request.user.account  # type: ignore[union-attr]
    return outer_frame(visit.request) | {
        "navigation": sections(visit),
        "account": {"id": account.pk, "alias": account.alias},
        "signed_in": signed_in(visit),
        "roles": switched.menu(visit.request),
        "account_menu": [] if isinstance(visit.request.user, Delegate) else _account_menu(visit),
        "signout_url": reverse("console:signout"),
        "search_url": reverse("console:search"),
        "palette_url": reverse("console:palette"),
        "notices": _notices(visit),
    }


def signed_in(visit: Visit) -> dict[str, Any]:
    """Who acts: a user by his name, a role by the name it was given when it was switched to."""
    principal = visit.call.principal
    said = {"name": principal.name, "arn": principal.arn, "kind": KINDS.get(principal.type, "")}
    role = switched.current(visit.request)
    if role is not None:
        return said | {"name": role["displayName"], "colour": role["colour"] or "none"}
    if principal.type is PrincipalType.ROLE_SESSION:
        return said | {"name": f"{principal.issuer_arn.rsplit('/', 1)[-1]}/{principal.name}"}
    return said


def _notices(visit: Visit) -> list[dict[str, Any]]:
    """What stands above every page until it is seen to."""
    if isinstance(visit.request.user, Delegate):
        return []
    ends = standing.expires(visit.request.user)  # type: ignore[arg-type]
    if ends is None or ends - visit.call.time > standing.WARNED:
        return []
    text = _("Your password expires on %(day)s.") % {"day": f"{ends:%Y-%m-%d}"}
    return [{"text": text, "tone": "warn", "url": reverse("console:password"), "link_label": _("Change it")}]


def _account_menu(visit: Visit) -> list[dict[str, Any]]:
    guide = {"label": _("First steps"), "url": reverse("console:start"), "icon": "footprints"}
    return [
        *([] if visit.refusal("iam:GetAccountSummary") else [guide]),
        {"label": _("Change password"), "url": reverse("console:password"), "icon": "key-round"},
        {"label": _("My MFA devices"), "url": reverse("console:mfa"), "icon": "shield-check"},
        {"label": _("Console sessions"), "url": reverse("console:sessions"), "icon": "monitor"},
    ]


def sections(visit: Visit) -> list[dict[str, Any]]:
    """The side navigation: pages that the principal may open, under their headings."""
    here = visit.request.path
    sections = []
    with freshness.held(visit.seen) as visit.seen:
        for title, entries in SECTIONS:
            items = [_item(entry, here) for entry in entries if _open_to(visit, entry)]
            if items:
                sections.append({"title": title, "items": items})
    return sections


def _open_to(visit: Visit, entry: Entry) -> bool:
    if not entry.action:
        return True
    return entry.action in REGISTRY and visit.refusal(entry.action) is None


def _item(entry: Entry, here: str) -> dict[str, Any]:
    url = reverse(f"console:{entry.name}")
    current = here == url if entry.name == "dashboard" else here.startswith(url)
    return {"label": entry.label, "url": url, "icon": entry.icon, "jump": entry.jump, "current": current}

"""What can be done from the palette; only what the principal may do is offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import navigation, switched
from iamconsole.runtime.authentication.delegates import Delegate

if TYPE_CHECKING:
    from iamconsole.interfaces.console.visit import Visit


@dataclass(frozen=True, slots=True)
class Command:
    """A page where something is done; `words` are other ways to call it, `own` those of a person who is no role."""

    label: Any
    name: str
    icon: str
    action: str = ""
    words: str = ""
    query: str = ""
    own: bool = False


COMMANDS = (
    Command(_("Create user"), "user-create", "user-plus", "iam:CreateUser", "new add person"),
    Command(_("Create user group"), "group-create", "users", "iam:CreateGroup", "new add team"),
    Command(_("Create role"), "role-create", "id-card", "iam:CreateRole", "new add"),
    Command(_("Create policy"), "policy-create", "file-plus", "iam:CreatePolicy", "new add permissions"),
    Command(_("Register service"), "service-create", "plug", "iamconsole:RegisterService", "new add create actions"),
    Command(_("Rotate keys over 90 days"), "users", "key-round", "iam:ListUsers", "access old", "filter=old-keys"),
    Command(_("Review roles never used"), "roles", "id-card", "iam:ListRoles", "unused", "filter=never-used"),
    Command(_("Review policies attached nowhere"), "policies", "scroll-text", "iam:ListPolicies", "", "filter=unused"),
    Command(_("Set the password policy"), "password-policy", "lock", "iam:UpdateAccountPasswordPolicy", "rules length"),
    Command(_("First steps"), "start", "footprints", "iam:GetAccountSummary", "guide begin onboarding setup help"),
    Command(_("Switch role"), "switch-role", "arrow-left-right", "", "assume"),
    Command(_("Change my password"), "password", "key-round", "", "own", own=True),
    Command(_("My MFA devices"), "mfa", "shield-check", "", "second factor passkey recovery codes", own=True),
    Command(_("My console sessions"), "sessions", "monitor", "", "sign out everywhere", own=True),
)


def matching(visit: Visit, text: str, limit: int) -> list[dict[str, Any]]:
    """Commands and pages all of whose words were typed, or begun; those that begin with the text come first."""
    wanted = text.lower().split()
    entries = [*_commands(visit), *_pages(visit)]
    ranked = [(rank, entry) for entry in entries if (rank := _rank(entry, wanted)) is not None]
    return [entry for _rank, entry in sorted(ranked, key=lambda pair: pair[0])][:limit]


def _rank(entry: dict[str, Any], wanted: list[str]) -> int | None:
    label = str(entry["label"]).lower().split()
    known = [*label, *entry["words"].lower().split()]
    if not all(any(word.startswith(part) for word in known) for part in wanted):
        return None
    return 0 if " ".join(label).startswith(" ".join(wanted)) else 1


def _commands(visit: Visit) -> list[dict[str, Any]]:
    delegate = isinstance(visit.request.user, Delegate)
    return [
        _entry(command.label, reverse(f"console:{command.name}"), command.icon, command.words, command.query)
        for command in COMMANDS
        if not (command.own and delegate)
        and not (command.name == "switch-role" and not switched.menu(visit.request))
        and not (command.action and visit.refusal(command.action))
    ]


def _pages(visit: Visit) -> list[dict[str, Any]]:
    """The side navigation once more, with the keys that lead there."""
    return [
        _entry(item["label"], item["url"], item["icon"], "go to") | {"jump": item["jump"]}
        for section in navigation.sections(visit)
        for item in section["items"]
    ]


def _entry(label: Any, url: str, icon: str, words: str, query: str = "") -> dict[str, Any]:
    return {"label": label, "url": f"{url}?{query}".rstrip("?"), "icon": icon, "words": words}

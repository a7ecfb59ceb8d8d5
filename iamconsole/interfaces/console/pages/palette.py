"""What the palette shows for what was typed: a verdict, commands, and objects by their kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.groups.console import suggestions as groups
from accounts.roles.console import suggestions as roles
from accounts.users.console import suggestions as users
from iamconsole.interfaces.console.palette import commands
from iamconsole.interfaces.console.palette.questions import parse
from iamconsole.interfaces.console.palette.verdicts import answer
from iamconsole.interfaces.console.visit import Visit
from policies.documents.console import suggestions as policies
from policies.services.console import action_suggestions as actions
from policies.services.console import suggestions as services

MOST_COMMANDS, MOST_OBJECTS = 6, 5
LONGEST = 400  # characters; an ARN and a question around it


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object: who may see names of it, where they come from, and its page."""

    title: Any
    label: Any
    action: str
    page: str
    icon: str
    find: Callable[..., Sequence[tuple[str, str | tuple[str, ...]]]]


KINDS = (
    Kind(_("Users"), _("User"), "iam:ListUsers", "user", "user", users),
    Kind(_("User groups"), _("User group"), "iam:ListGroups", "group", "users", groups),
    Kind(_("Roles"), _("Role"), "iam:ListRoles", "role", "id-card", roles),
    Kind(_("Policies"), _("Policy"), "iam:ListPolicies", "policy", "scroll-text", policies),
    Kind(_("Services"), _("Service"), "iamconsole:ListServices", "service", "plug", services),
    Kind(_("Actions of services"), _("Action"), "iamconsole:GetService", "service-action", "zap", actions),
)


def palette(visit: Visit) -> HttpResponse:
    """The options of the palette, without a page around them."""
    text = visit.request.GET.get("q", "").replace("\0", "")[:LONGEST].strip()
    question = parse(text)
    sections = [{"title": _("Actions"), "options": commands.matching(visit, text, MOST_COMMANDS)}]
    if text and question is None:
        sections += [{"title": kind.title, "options": _objects(visit, kind, text)} for kind in KINDS]
    context = {
        "query": text,
        "verdict": answer(question, visit) if question else None,
        "sections": [section for section in sections if section["options"]],
    }
    return visit.fragment("_palette_results", context)


def _objects(visit: Visit, kind: Kind, text: str) -> list[dict[str, Any]]:
    if visit.refusal(kind.action) is not None:
        return []
    found = kind.find(visit.call.account_id, text=text, limit=MOST_OBJECTS)
    return [
        {
            "label": name,
            "url": reverse(f"console:{kind.page}", args=[key] if isinstance(key, str) else key),
            "icon": kind.icon,
            "kind": kind.label,
        }
        for name, key in found
    ]

"""The step before something that changes access is done: who loses and who gains what by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.pages.policies import previews
from iamconsole.interfaces.console.visit import Item, Visit, operation

REVIEW = "review"
SHOWN_COMMANDS = 20


def is_asked(visit: Visit) -> bool:
    """Whether a list of things to choose from was sent, to be looked at before it is done."""
    return visit.request.POST.get("action") == REVIEW


def review(
    visit: Visit,
    items: Sequence[Item],
    *,
    title: Any,
    chosen: Iterable[str],
    fields: Iterable[tuple[str, str]],
    submit_label: Any,
    crumbs: Sequence[dict[str, Any]],
    url: str,
    cancel_url: str,
) -> HttpResponse:
    """The page that tells what operations would change; it posts `fields` to `url`, where they are run."""
    context = {
        "title": title,
        "subtitle": ", ".join(chosen),
        "breadcrumbs": [*crumbs, {"label": _("Review")}],
        "preview": previews.of_items(visit, items),
        "preview_title": previews.DOING,
        "hidden": [{"name": name, "value": value} for name, value in fields],
        "publish_label": submit_label,
        "action_url": url,
        "cancel_url": cancel_url,
        "cli_equivalent": snippets.of_all((operation(a), members) for a, members in items[:SHOWN_COMMANDS]),
    }
    return visit.page("policy_review", context)

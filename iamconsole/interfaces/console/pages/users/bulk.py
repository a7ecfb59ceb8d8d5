"""What is done to many users at once: first a preview that writes nothing, then one batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.users import console as users
from iamconsole.interfaces.console import cells, listing, snippets
from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.pages import choices
from iamconsole.interfaces.console.pages.users.credentials import deactivations
from iamconsole.interfaces.console.pages.users.delete import ONESELF, dependents, is_oneself
from iamconsole.interfaces.console.pages.users.list import USERS, may_find_by_key
from iamconsole.interfaces.console.visit import Item, Visit, operation
from iamconsole.kernel.errors import DeleteConflict, InvalidInput, NoSuchEntity

SHOWN_COMMANDS = 20
Plan = list[tuple[str, list[Item]]]
"""The operations on each user, by its name."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """A bulk action: its question, and the operations on one user (none where there is nothing to do)."""

    title: Callable[[int], str]
    done: Callable[[int], str]
    items: Callable[[Visit, str, dict[str, Any]], list[Item]]
    nothing: Any
    label: Any
    tone: str = "primary"
    asks_group: bool = False


class GroupForm(OperationForm):
    """The group that users are added to."""

    group_name = forms.ChoiceField(label=_("Group"))

    def __init__(self, visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group_name"].choices = choices.groups(visit)


def _add(visit: Visit, name: str, data: dict[str, Any]) -> list[Item]:
    present = visit.all("iam:ListGroupsForUser", user_name=name)
    if any(group.group_name == data["group_name"] for group in present):
        return []
    return [("iam:AddUserToGroup", {"user_name": name, "group_name": data["group_name"]})]


def _rotate(visit: Visit, name: str, _data: dict[str, Any]) -> list[Item]:
    """The oldest active key; a user whose key is being replaced already is refused by name in the preview."""
    return [("iamconsole:StartKeyRotation", {"user_name": name})] if deactivations(visit, name) else []


def _delete(visit: Visit, name: str, _data: dict[str, Any]) -> list[Item]:
    if is_oneself(visit, name):
        raise DeleteConflict(str(ONESELF))
    items, _told, _keys = dependents(visit, name)
    return [*items, ("iam:DeleteUser", {"user_name": name})]


BULK = {
    "add-to-group": Bulk(
        title=lambda n: ngettext("Add %(n)d user to a group", "Add %(n)d users to a group", n) % {"n": n},
        done=lambda n: ngettext("%(n)d user was added.", "%(n)d users were added.", n) % {"n": n},
        items=_add,
        nothing=_("is in this group already"),
        label=_("Add to group"),
        asks_group=True,
    ),
    "rotate-keys": Bulk(
        title=lambda n: ngettext("Rotate a key of %(n)d user", "Rotate a key of %(n)d users", n) % {"n": n},
        done=lambda n: ngettext("%(n)d rotation has begun.", "%(n)d rotations have begun.", n) % {"n": n},
        items=_rotate,
        nothing=_("has no active access key"),
        label=_("Rotate keys"),
    ),
    "deactivate-keys": Bulk(
        title=lambda n: (
            ngettext("Deactivate the keys of %(n)d user", "Deactivate the keys of %(n)d users", n) % {"n": n}
        ),
        done=lambda n: (
            ngettext("The keys of %(n)d user are inactive.", "The keys of %(n)d users are inactive.", n) % {"n": n}
        ),
        items=lambda visit, name, _data: deactivations(visit, name),
        nothing=_("has no active access key"),
        label=_("Deactivate keys"),
        tone="destroy",
    ),
    "deactivate-old-keys": Bulk(
        title=lambda n: (
            ngettext("Deactivate the old keys of %(n)d user", "Deactivate the old keys of %(n)d users", n) % {"n": n}
        ),
        done=lambda n: (
            ngettext("The old keys of %(n)d user are inactive.", "The old keys of %(n)d users are inactive.", n)
            % {"n": n}
        ),
        items=lambda visit, name, _data: deactivations(
            visit, name, until=visit.call.time - timedelta(days=cells.ROTATE_AFTER)
        ),
        nothing=_("has no active access key over 90 days old"),
        label=_("Deactivate old keys"),
        tone="destroy",
    ),
    "delete": Bulk(
        title=lambda n: ngettext("Delete %(n)d user", "Delete %(n)d users", n) % {"n": n},
        done=lambda n: ngettext("%(n)d user was deleted.", "%(n)d users were deleted.", n) % {"n": n},
        items=_delete,
        nothing=_("is gone already"),
        label=_("Delete users"),
        tone="destroy",
    ),
}


def users_bulk(visit: Visit) -> HttpResponse:
    """Ask what is missing, show what would change, and do it when that was confirmed."""
    back = _list_url(visit)
    if not visit.posting:
        return visit.redirect(back)
    bulk = BULK.get(visit.request.POST.get("action", ""))
    if bulk is None:
        raise InvalidInput("This bulk action is not known.")
    names = _selected(visit)
    if not names:
        return visit.redirect(back, _("Select at least one user."), level=messages.WARNING)
    data: dict[str, Any] = {}
    if bulk.asks_group:
        form = GroupForm(visit, visit.request.POST if "group_name" in visit.request.POST else None)
        if not form.is_valid():
            return _ask(visit, bulk, names, form)
        data = form.members()
    plan, skipped = _plan(visit, bulk, names, data)
    if "confirmed" in visit.request.POST:
        visit.batch([item for _name, items in plan for item in items])
        return visit.redirect(back, bulk.done(len(plan)))
    return _preview(visit, bulk, names, data, plan, skipped)


def _selected(visit: Visit) -> list[str]:
    """The ticked names; all that the list shows on request. Names hold no spaces, so one field carries them on."""
    post = visit.request.POST
    if "names" in post:
        found = post["names"].split()
    elif post.get("all_results"):
        visit.run("iam:ListUsers", max_items=1)
        state = listing.State.of(visit.request.GET, listing.visible(visit, USERS))
        found = users.names(
            visit.call.account_id,
            text=state.text,
            only=state.only,
            limit=listing.MOST_SELECTED + 1,
            now=visit.call.time,
            by_key=may_find_by_key(visit),
        )
    else:
        found = post.getlist("selected")
    if len(found) > listing.MOST_SELECTED:
        raise InvalidInput(f"A bulk action takes at most {listing.MOST_SELECTED} users; narrow the search.")
    return list(dict.fromkeys(found))


def _plan(visit: Visit, bulk: Bulk, names: list[str], data: dict[str, Any]) -> tuple[Plan, list[dict[str, Any]]]:
    plan: Plan = []
    skipped = []
    for name in names:
        try:
            items = bulk.items(visit, name, data)
        except (NoSuchEntity, DeleteConflict) as fault:
            skipped.append({"label": name, "reason": fault.message})
            continue
        if items:
            plan.append((name, items))
        else:
            skipped.append({"label": name, "url": _url(name), "reason": bulk.nothing})
    return plan, skipped


def _preview(
    visit: Visit, bulk: Bulk, names: list[str], data: dict[str, Any], plan: Plan, skipped: list[dict[str, Any]]
) -> HttpResponse:
    """A dry run of the batch: every refusal is known before anything is written."""
    flat = [item for _name, items in plan for item in items]
    outcomes = iter(visit.batch(flat, dry_run=True)) if flat else iter(())
    changes, refused = [], []
    for name, items in plan:
        faults = [outcome.fault for outcome in (next(outcomes) for _item in items) if outcome.fault]
        if faults:
            refused.append({"label": name, "url": _url(name), "reason": faults[0].message})
        else:
            note = ngettext("%(n)d operation", "%(n)d operations", len(items)) % {"n": len(items)}
            changes.append({"label": name, "url": _url(name), "note": note})
    passed = [name for name in names if name not in {entry["label"] for entry in refused}]
    fields = {"action": visit.request.POST["action"], "names": " ".join(passed), "confirmed": "1", **data}
    context = {
        "title": bulk.title(len(changes)),
        "subtitle": _("%(changes)d change, %(skipped)d skipped. Nothing has been written yet.")
        % {"changes": len(changes), "skipped": len(skipped) + len(refused)},
        "breadcrumbs": [{"label": _("Users"), "url": _list_url(visit)}, {"label": bulk.label}],
        "changes": changes,
        "skipped": [*refused, *skipped],
        "fields": [{"name": name, "value": value} for name, value in fields.items()],
        "action_url": visit.request.get_full_path(),
        "submit_label": bulk.label,
        "submit_tone": bulk.tone,
        "cancel_url": _list_url(visit),
        "cli_equivalent": snippets.of_all((operation(a), m) for a, m in flat[:SHOWN_COMMANDS]),
    }
    return visit.page("bulk_preview", context)


def _ask(visit: Visit, bulk: Bulk, names: list[str], form: GroupForm) -> HttpResponse:
    form.fields["names"] = forms.CharField(widget=forms.HiddenInput, initial=" ".join(names))
    form.fields["action"] = forms.CharField(widget=forms.HiddenInput, initial=visit.request.POST["action"])
    context = {
        "title": bulk.title(len(names)),
        "breadcrumbs": [{"label": _("Users"), "url": _list_url(visit)}, {"label": bulk.label}],
        "form": form,
        "action_url": visit.request.get_full_path(),
        "submit_label": _("Preview"),
        "cancel_url": _list_url(visit),
    }
    return visit.page("form", context)


def _list_url(visit: Visit) -> str:
    """The list as it was: the address of a bulk action carries its state along."""
    listed = listing.visible(visit, USERS)
    state = listing.State.of(visit.request.GET, listed)
    return state.url(listed, page=state.page)


def _url(name: str) -> str:
    return reverse("console:user", args=[name])

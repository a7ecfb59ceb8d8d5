"""Which rows a bulk action is about, and what would become of each: known before anything is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import ngettext

from iamconsole.interfaces.console import listing
from iamconsole.interfaces.console.bulk.actions import Bulk, BulkList, Data, Skipped
from iamconsole.interfaces.console.visit import Item, Visit
from iamconsole.kernel.errors import AccessDenied, DeleteConflict, InvalidInput, NoSuchEntity

Entry = dict[str, Any]


@dataclass(slots=True)
class Plan:
    """The operations of a bulk action: those ahead of all rows, those on each row, and the rows it leaves alone."""

    before: list[Item]
    rows: list[tuple[str, list[Item]]] = field(default_factory=list)
    skipped: list[Entry] = field(default_factory=list)

    @property
    def items(self) -> list[Item]:
        """Everything in order; nothing where no row changes."""
        return self.of([key for key, _items in self.rows])

    def of(self, keys: Collection[str]) -> list[Item]:
        """Those of these rows."""
        rows = [item for key, items in self.rows if key in keys for item in items]
        return [*self.before, *rows] if rows else []


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a dry run says: the rows that would change, with how much is done to each, and the others with the reason.

    `keys` are the rows to go on with: a refused one would keep all others from being done.
    """

    changes: list[Entry]
    skipped: list[Entry]
    keys: list[str]


def selected(visit: Visit, bulked: BulkList) -> list[str]:
    """The ticked rows; all that the list shows on request. Keys hold no spaces, so one field carries them on."""
    post = visit.request.POST
    if "names" in post:
        found = post["names"].split()
    elif post.get("all_results"):
        found = _all_results(visit, bulked)
    else:
        found = post.getlist("selected")
    if len(found) > listing.MOST_SELECTED:
        raise InvalidInput(f"A bulk action takes at most {listing.MOST_SELECTED} rows; narrow the search.")
    return list(dict.fromkeys(found))


def _all_results(visit: Visit, bulked: BulkList) -> list[str]:
    visit.run(bulked.base.action, max_items=1)
    listed = listing.visible(visit, bulked.base)
    state = replace(listing.State.of(visit.request.GET, listed), page=1, size=listing.MOST_SELECTED + 1)
    rows, _matching, _total = listing.find(visit, listed, state)
    return [bulked.base.key(row) for row in rows]


def planned(visit: Visit, bulked: BulkList, bulk: Bulk, keys: list[str], data: Data) -> Plan:
    """What there is to do; rows with nothing to do, that are gone or that the caller may not see are left alone."""
    plan = Plan(bulk.before(visit, data))
    for key in keys:
        try:
            items = bulk.items(visit, key, data)
        except Skipped as reason:
            plan.skipped.append(_entry(bulked, key, reason=str(reason)))
        except NoSuchEntity as gone:
            plan.skipped.append({"label": bulked.label(key), "reason": gone.message})
        except (AccessDenied, DeleteConflict) as fault:
            plan.skipped.append(_entry(bulked, key, reason=fault.message))
        else:
            if items:
                plan.rows.append((key, items))
            else:
                plan.skipped.append(_entry(bulked, key, reason=bulk.nothing))
    return plan


def rehearsed(visit: Visit, bulked: BulkList, plan: Plan, keys: list[str]) -> Outlook:
    """A dry run of the batch: every refusal is known before anything is written."""
    outcomes = iter(visit.batch(plan.items, dry_run=True) if plan.rows else [])
    first = next((fault for fault in (next(outcomes).fault for _item in plan.before if plan.rows) if fault), None)
    changes, refused = [], {}
    for key, items in plan.rows:
        faults = [outcome.fault for outcome in [next(outcomes) for _item in items] if outcome.fault]
        if fault := first or next(iter(faults), None):
            refused[key] = _entry(bulked, key, reason=fault.message)
        else:
            note = ngettext("%(n)d operation", "%(n)d operations", len(items)) % {"n": len(items)}
            changes.append(_entry(bulked, key, note=note))
    return Outlook(changes, [*refused.values(), *plan.skipped], [key for key in keys if key not in refused])


def _entry(bulked: BulkList, key: str, **rest: Any) -> Entry:
    return {"label": bulked.label(key), "url": bulked.url(key), **rest}

"""Deactivating one user, with what stops working, and undoing it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.bulk import Skipped
from iamconsole.interfaces.console.bulk.forms import ReactivationForm
from iamconsole.interfaces.console.pages.consequences import ACCESS_KEYS, consequence, keys_used, refused, signed_in
from iamconsole.interfaces.console.pages.credentials.kinds import CREDENTIALS
from iamconsole.interfaces.console.pages.users import credentials_tab, deactivation
from iamconsole.interfaces.console.visit import Item, Visit, operation
from iamconsole.kernel.errors import DeleteConflict

WARNING = _(
    "AWSDenyAll is attached: whatever else the user has, it can do nothing. Password, groups, policies and MFA devices "
    "stay; Reactivate undoes this. Sessions of roles that the user assumed last until they expire."
)
BACK = _("AWSDenyAll is detached: what the user's policies and groups allow holds again, and so does the password.")
UNKNOWN = _(
    "Which access keys and other credentials were active before is not known, as AWSDenyAll was attached in another "
    "way: they stay as they are, and each can be made active by itself."
)
NONE_LEFT = _("No access key or other credential was active before that is still there: none becomes active.")
STOPPED: Final = {kind.noun: kind.stopped for kind in CREDENTIALS.values()}
TITLES: Final = {deactivation.ACCESS_KEY: _("access key"), **{kind.noun: kind.one for kind in CREDENTIALS.values()}}


def user_deactivate(visit: Visit, name: str) -> HttpResponse:
    """Ask with what stops working, and do it."""
    name = visit.run("iam:GetUser", user_name=name).user.user_name
    visit.demand(deactivation.DEACTIVATE, user_name=name)
    there = credentials_tab.url(name)
    items: list[Item] = []
    blockers: list[dict[str, Any]] = []
    try:
        items = deactivation.deactivating(visit, name)
    except Skipped as skipped:
        if visit.posting:
            raise DeleteConflict(str(skipped)) from skipped
        blockers = [{"label": skipped}]
    else:
        if not items:
            return _nothing(visit, name, there, deactivation.ALREADY)
        blockers = refused(visit, items)
    if visit.posting:
        visit.batch(items)
        return visit.redirect(there, _("%(name)s is deactivated.") % {"name": name})
    context: dict[str, Any] = {
        "title": _("Deactivate %(name)s?") % {"name": name},
        "warning": WARNING,
        "breadcrumbs": credentials_tab.crumbs(name, _("Deactivate")),
        "consequences": _stopped(visit, name),
        "blockers": blockers,
        "submit_label": _("Deactivate user"),
        "cancel_url": there,
    }
    return visit.page("confirm_delete", context)


def user_reactivate(visit: Visit, name: str) -> HttpResponse:
    """Take the denial off, with what becomes active again named one by one."""
    name = visit.run("iam:GetUser", user_name=name).user.user_name
    visit.demand(deactivation.REACTIVATE, user_name=name)
    there = credentials_tab.url(name)
    found = visit.look(deactivation.STATE, user_name=name)
    if found is None:
        return _nothing(visit, name, there, deactivation.NOT_SO)
    form = ReactivationForm(visit, visit.request.POST if visit.posting else None)
    items = deactivation.reactivating(visit, name, form.members() if form.is_valid() else {"with_credentials": True})
    if visit.posting:
        visit.batch(items)
        return visit.redirect(there, _("%(name)s is active again.") % {"name": name})
    kept = found.user_deactivation.credentials
    if kept:
        form.fields["with_credentials"].help_text = _("These: %(named)s.") % {"named": ", ".join(map(_named, kept))}
    else:
        del form.fields["with_credentials"]
    context = {
        "title": _("Reactivate %(name)s") % {"name": name},
        "subtitle": f"{BACK} {_kept_nothing(kept)}",
        "breadcrumbs": credentials_tab.crumbs(name, _("Reactivate")),
        "form": form,
        "submit_label": _("Reactivate user"),
        "cancel_url": there,
        "cli_equivalent": snippets.of_all((operation(action), members) for action, members in items),
    }
    return visit.page("form", context)


def _named(reference: Any) -> str:
    return f"{TITLES[reference.kind]} {reference.credential_id}"


def _kept_nothing(kept: list[Any] | None) -> Any:
    """Why no credential comes back, where none does."""
    if kept is None:
        return UNKNOWN
    return "" if kept else NONE_LEFT


def _stopped(visit: Visit, name: str) -> list[dict[str, Any]]:
    """In words what stops working, and whether it was used lately."""
    active = deactivation.active(visit, name)
    keys = active.get(deactivation.ACCESS_KEY, [])
    told = [*signed_in(visit, name), *consequence(ACCESS_KEYS, keys, "key-round"), *keys_used(visit, keys)]
    for noun, said in STOPPED.items():
        told += consequence(said, active.get(noun, []), "file-key")
    return told


def _nothing(visit: Visit, name: str, there: str, said: Any) -> HttpResponse:
    return visit.redirect(there, _("%(name)s %(said)s.") % {"name": name, "said": said}, level=messages.INFO)

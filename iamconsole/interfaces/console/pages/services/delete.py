"""Deregistering a service: its keys go first, in one batch; what else stands in the way is named."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console.pages.consequences import ACCESS_KEYS, SHOWN, consequence, refused, trusting, used
from iamconsole.interfaces.console.pages.services import head, keys
from iamconsole.interfaces.console.visit import Item, Visit
from iamconsole.kernel.errors import DeleteConflict, InvalidInput
from iamconsole.kernel.services import ServicePrincipal
from policies.services.console import naming

DEREGISTER = "iamconsole:DeregisterService"


def service_delete(visit: Visit, prefix: str) -> HttpResponse:
    named = {"service_prefix": prefix}
    service = visit.run(head.GET, **named).service
    visit.demand(DEREGISTER, **named)
    if service.is_built_in:
        raise InvalidInput(f"Service {prefix} is built in: only registered services can be deregistered.")
    found = visit.run(head.KEYS, **named).access_key_metadata
    items: list[Item] = [(keys.DELETE, {**named, "access_key_id": key.access_key_id}) for key in found]
    items.append((DEREGISTER, named))
    wrong = ""
    if visit.posting:
        if visit.request.POST.get("confirm") == prefix:
            visit.batch(items)
            return visit.redirect(reverse("console:services"), _("Service %(name)s is gone.") % {"name": prefix})
        wrong = _("This is not the prefix of the service.")
    context = {
        "title": _("Deregister %(name)s?") % {"name": prefix},
        "warning": _("Policies that name its actions stay, and no longer mean anything that is known."),
        "breadcrumbs": head.crumbs(service, _("Deregister")),
        "consequences": _consequences(visit, prefix, found),
        "blockers": _blockers(visit, items),
        "typed_name": prefix,
        "typed_error": wrong,
        "submit_label": _("Deregister service"),
        "cancel_url": head.url(prefix),
    }
    return visit.page("confirm_delete", context, status=400 if wrong else 200)


def _consequences(visit: Visit, prefix: str, found: list[Any]) -> list[dict[str, Any]]:
    told = consequence(ACCESS_KEYS, [key.access_key_id for key in found], "key-round")
    for key in found:
        told += used(f"{key.access_key_id}: {_('used %(when)s')}", key.last_used_date, visit.call.time)
    told += _naming(visit, prefix)
    return told + trusting(visit, ServicePrincipal(visit.call.account_id, prefix).arn)


def _naming(visit: Visit, prefix: str) -> list[dict[str, Any]]:
    """The policies that name its actions, for whoever may read them."""
    if visit.refusal("iam:GetAccountAuthorizationDetails"):
        return []
    found = naming(visit.call.account_id, prefix)
    names = [name for _arn, name in found.managed]
    count = len(names) + found.inline
    if not count:
        return []
    label = ngettext("policy names its actions.", "policies name its actions.", count)
    inline = [_("%(n)d inline") % {"n": found.inline}] if found.inline else []
    return [{"label": label, "count": count, "entries": [*names[:SHOWN], *inline], "icon": "scroll-text"}]


def _blockers(visit: Visit, items: list[Item]) -> list[dict[str, Any]]:
    """What the viewer may not do, or else what a dry run stumbles over, beside the keys, which go with it."""
    if denied := refused(visit, items):
        return denied
    outcome = visit.batch(items, dry_run=True)[-1]
    return [{"label": outcome.fault.message}] if isinstance(outcome.fault, DeleteConflict) else []

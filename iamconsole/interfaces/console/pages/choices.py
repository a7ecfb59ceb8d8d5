"""What a picker lists for what was typed: the options alone, without a page around them."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console.picking import SOURCES
from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.errors import NoSuchEntity

MOST = 20
LONGEST = 512  # characters of an ARN


def choices(visit: Visit, kind: str) -> HttpResponse:
    """At most twenty whose name holds `?q=`, the nearest first, and how many more there are."""
    source = SOURCES.get(kind)
    if source is None:
        raise NoSuchEntity(_("There is no page at this address."))
    visit.run(source.action, max_items=1)
    asked = visit.request.GET
    text = asked.get("q", "").replace("\0", "")[:LONGEST].strip()
    options, count = source.find(visit, text, limit=MOST, first=asked.get("first", ""))
    more = count - len(options)
    context = {
        "options": options,
        "text": text,
        "more": ngettext("%(n)d more: type on", "%(n)d more: type on", more) % {"n": more} if more else "",
        "told": ngettext("%(n)d result", "%(n)d results", count) % {"n": count},
    }
    return visit.fragment("_picker_options", context)

"""Small formatting tags of the console: times, names, numbers, chips."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _

from iamconsole.interfaces.console import submission

register = template.Library()

ACCOUNT_ID = re.compile(r"(\d{4})(\d{4})(\d{4})")
WORD = re.compile(r"[^\W_]+")
PATTERN_SYNTAX = re.compile(r"[\\^$.*+?()\[\]{}|/]")
JUST_NOW = timedelta(minutes=1)
QUOTED = re.compile(r"`([^`\n]+)`")


@register.filter
def account_number(account_id: object) -> str:
    """`123456789012` as `1234-5678-9012`; anything that is not twelve digits comes back unchanged."""
    return ACCOUNT_ID.sub(r"\1-\2-\3", str(account_id)) if ACCOUNT_ID.fullmatch(str(account_id)) else str(account_id)


@register.filter
def initials(name: object) -> str:
    """`ada.lovelace` as `AL`: the first letters of the first and last word."""
    words = WORD.findall(str(name))
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def exact_pattern(text: object) -> str:
    """`text` as a value of the HTML `pattern` attribute that matches `text` alone.

    `re.escape` will not do: the attribute is compiled with the `v` flag, which refuses escapes such as `\\-`.
    """
    return PATTERN_SYNTAX.sub(r"\\\g<0>", str(text))


@register.filter
def coded(text: object) -> SafeString:
    """`text` with what stands between backticks as `<code>`; all of it is escaped."""
    parts = QUOTED.split(str(text))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if odd % 2 else part,) for odd, part in enumerate(parts))
    )


@register.filter
def beside(cells: Iterable[object], columns: Iterable[object]) -> list[tuple[object, object]]:
    """Pair each cell of a row with its column, for `{% for cell, column in row.cells|beside:columns %}`."""
    return list(zip(cells, columns, strict=True))


@register.filter
def relative_time(moment: datetime) -> str:
    """`moment` seen from now, in its largest unit: "2 hours ago", "in 3 days", "just now"."""
    now = timezone.now()
    if abs(now - moment) < JUST_NOW:
        return _("just now")
    if moment > now:
        return _("in %(span)s") % {"span": timeuntil(moment, now, depth=1)}
    return _("%(span)s ago") % {"span": timesince(moment, now, depth=1)}


@register.simple_tag
def when(moment: datetime | None, absolute: bool = False, empty: str = "") -> SafeString:
    """Render an aware `moment` as `<time>`: relative with the full time as its title, or full when `absolute`.

    None renders `empty`, which is "Never" unless given.
    """
    if moment is None:
        return format_html('<span class="muted">{}</span>', empty or _("Never"))
    local = timezone.localtime(moment)
    full = f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"
    stamp = local.isoformat(timespec="seconds")
    if absolute:  # static/console/js/times.js writes it in the viewer's zone; the title stays
        return format_html('<time datetime="{}" title="{}" data-zoned>{}</time>', stamp, full, full)
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, full, relative_time(moment))


@register.simple_tag(takes_context=True)
def form_token(context: Context) -> SafeString:
    """What every form of a signed-in page carries: proof of its origin, and a token that makes it count once."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="{}" value="{}">',
        context.get("csrf_token", ""),
        submission.FIELD,
        submission.nonce(),
    )


@register.simple_tag
def chips(items: Iterable[object], limit: int = 3) -> SafeString:
    """Render `items` (texts, or mappings with `label`, perhaps `url` or `title`) as chips; the rest of them as "+2"."""
    entries = list(items)
    shown = format_html_join("", "{}", ((_chip(item),) for item in entries[:limit]))
    hidden = [_label(item) for item in entries[limit:]]
    if not hidden:
        return shown
    return format_html('{}<span class="chip" title="{}">+{}</span>', shown, ", ".join(hidden), len(hidden))


def _chip(item: object) -> SafeString:
    if isinstance(item, Mapping) and item.get("url"):
        return format_html('<a class="chip" href="{}">{}</a>', item["url"], item["label"])
    if isinstance(item, Mapping) and item.get("title"):
        return format_html('<span class="chip" title="{}">{}</span>', item["title"], item["label"])
    return format_html('<span class="chip">{}</span>', _label(item))


def _label(item: object) -> str:
    return str(item["label"]) if isinstance(item, Mapping) else str(item)

"""Fields that choose among thousands: all policies or groups of an account."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class _Options:
    """Writes a select at once, as Django does by three templates an option, which thousands of them feel."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]  # type: ignore[attr-defined]
        written = format_html_join("\n", "{}", ((_group(label, options),) for label, options, _ in widget["optgroups"]))
        return format_html('<select name="{}"{}>\n{}\n</select>', widget["name"], flatatt(widget["attrs"]), written)


def _group(label: str | None, options: list[dict[str, Any]]) -> SafeString:
    written = format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        ((str(each["value"]), flatatt(each["attrs"]), each["label"]) for each in options),
    )
    return format_html('<optgroup label="{}">\n{}\n</optgroup>', label, written) if label else written


class Select(_Options, forms.Select):
    """One of many."""


class SelectMultiple(_Options, forms.SelectMultiple):
    """Some of many."""


class OneField(forms.ChoiceField):
    """A choice of one of many."""

    widget: ClassVar[type[forms.Widget]] = Select


class SomeField(forms.MultipleChoiceField):
    """A choice of some of many."""

    widget: ClassVar[type[forms.Widget]] = SelectMultiple

"""Fields of forms that are filled in by typing a part of a name; picker.js lists what fits.

Without a script they are plain fields that take names and ARNs, one a line: the form sends the same either way.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import OperationForm
from iamconsole.interfaces.console.picking.sources import Source
from iamconsole.interfaces.console.visit import Visit

MOST = 100  # that one field takes; every quota of what they are used for is lower
SHOWN_FAULTS = 5
UNLISTED = _("You may not list them, so there is nothing to choose from: type names or ARNs. %(reason)s")


class Picker(forms.Widget):
    """The plain field and, where the caller may list, what a script makes a list of; see _picker.html."""

    many = True

    def __init__(self, source: Source, *, many: bool, first: str = "") -> None:
        super().__init__()
        self.source, self.many, self.first = source, many, first
        self.listed = False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """The lines of the field; several fields of one name count as lines, too."""
        sent = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return _lines(sent)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        query = f"?{urlencode({'first': self.first})}" if self.first else ""
        lines, whole = _lines(value), self.build_attrs(self.attrs, attrs)
        context = {
            "name": name,
            "lines": lines,
            "rows": min(max(len(lines) + 1, 2), 8),
            "id": whole.get("id", name),
            "attrs": flatatt(whole),
            "many": self.many,
            "source": self.source,
            "url": f"{reverse('console:choices', args=[self.source.key])}{query}" if self.listed else "",
        }
        return render_to_string("console/_picker.html", context)


class _PickField(forms.Field):
    many = True

    def __init__(self, source: Source, *, first: str = "", **rest: Any) -> None:
        super().__init__(widget=Picker(source, many=self.many, first=first), **rest)
        self.source = source

    def ask(self, visit: Visit) -> None:
        """Offer what this caller may list; say so where that is nothing."""
        self.visit = visit
        refused = visit.refusal(self.source.action)
        self.widget.listed = refused is None
        if refused is not None:
            self.help_text = " ".join(filter(None, [str(self.help_text), str(UNLISTED % {"reason": refused})]))

    def clean(self, value: Any) -> Any:
        texts = list(dict.fromkeys(_lines(value)))
        self.validate(texts)
        if len(texts) > (MOST if self.many else 1):
            raise ValidationError(_("Choose %(most)d at most.") % {"most": MOST if self.many else 1})
        known = self.source.resolved(self.visit, texts) if texts else {}
        wrong = [text for text in texts if text not in known]
        if wrong:
            raise ValidationError([self.source.missing % {"name": text} for text in wrong[:SHOWN_FAULTS]])
        return list(dict.fromkeys(known[text] for text in texts))


class SomeField(_PickField):
    """Some of many: a list."""


class OneField(_PickField):
    """One of many: a text, empty where nothing was chosen."""

    many = False

    def clean(self, value: Any) -> str:
        return next(iter(super().clean(value)), "")


class PickingForm(OperationForm):
    """A form that knows who fills it in, and so what there is to choose from."""

    def __init__(self, visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit = visit
        for field in self.fields.values():
            if isinstance(field, _PickField):
                field.ask(visit)


def _lines(value: Any) -> list[str]:
    texts = [value] if isinstance(value, str) else value or []
    return [line.strip() for text in texts for line in str(text).splitlines() if line.strip()]

"""Django forms whose faults come from operations: the console validates nothing that the operation validates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.constraints import in_words
from iamconsole.kernel.errors import AccessDenied, Fault, ValidationError

CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
NAME_HELP = _("Letters, digits and + = , . @ _ - without spaces.")
PATH_HELP = _("Begins and ends with a slash, such as /engineering/. Policies can name everything below a path.")


def snake(member: str) -> str:
    """`newUserName` → `new_user_name`."""
    return CAPITAL.sub("_", member).lower()


class OperationForm(forms.Form):
    """A form whose fields are named after an operation's members.

    `renamed` maps a member that a field feeds under another name; `blamed` the fault codes that belong to one field.
    """

    renamed: ClassVar[Mapping[str, str]] = {}
    blamed: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def members(self, *names: str) -> dict[str, Any]:
        """What was filled in (of `names`, if given), without what was left blank."""
        wanted = names or list(self.cleaned_data)
        return {name: self.cleaned_data[name] for name in wanted if self.cleaned_data.get(name) not in ("", None, [])}

    @contextmanager
    def blaming(self) -> Iterator[None]:
        """Within, a fault is put on the form, to be shown again; a denial is left to the page that explains it."""
        try:
            yield
        except AccessDenied:
            raise
        except Fault as fault:
            self.blame(fault)

    def blame(self, fault: Fault) -> None:
        """Put a fault on the fields it is about, or on the form where it is about none."""
        if isinstance(fault, ValidationError) and fault.errors:
            for path, texts in fault.errors.items():
                self._add(snake(path.split(".")[0]), map(in_words, texts))
        else:
            self._add(self.blamed.get(fault.code, ""), [fault.message])

    def _add(self, member: str, texts: Iterable[str]) -> None:
        name = self.renamed.get(member, member)
        known = name in self.fields
        for text in texts:
            self.add_error(name if known else None, text if known or not name else f"{name}: {text}")


def text_field(
    label: Any, *, required: bool = True, help_text: Any = "", max_length: int | None = None, **rest: Any
) -> forms.CharField:
    """A line of text, handed to the operation as it was typed.

    The length is a hint for the browser alone: what is too long, the operation says, as through every other door.
    """
    field = forms.CharField(label=label, required=required, help_text=help_text, **rest)
    if max_length:
        field.widget.attrs["maxlength"] = str(max_length)
    field.widget.attrs.setdefault("autocomplete", "off")
    field.widget.attrs.setdefault("spellcheck", "false")
    return field


class Lines(forms.CharField):
    """A list of texts, one a line; empty lines do not count."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return [line.strip() for line in (value or "").splitlines() if line.strip()]


def lines_field(label: Any, help_text: Any) -> Lines:
    field = Lines(label=label, required=False, help_text=help_text)
    field.widget.attrs |= {"rows": "4", "autocomplete": "off", "spellcheck": "false"}
    return field


def name_field(label: Any, *, max_length: int, **rest: Any) -> forms.CharField:
    return text_field(label, max_length=max_length, help_text=rest.pop("help_text", NAME_HELP), **rest)


def path_field(**rest: Any) -> forms.CharField:
    return text_field(_("Path"), max_length=512, help_text=PATH_HELP, required=False, **rest)


def tags_of(post: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows of _tags.html that have a key."""
    pairs = zip(post.getlist("tag_key"), post.getlist("tag_value"), strict=False)  # type: ignore[attr-defined]
    return [{"key": key, "value": value} for key, value in pairs if key]


def tag_rows(tags: list[dict[str, str]], fault: Fault | None = None) -> dict[str, Any]:
    """The context of _tags.html; a fault of one tag stands beside its row."""
    errors = fault.errors if isinstance(fault, ValidationError) else {}
    rows = []
    for number, tag in enumerate(tags, start=1):
        wrong = [
            in_words(text) for path, texts in errors.items() if path.startswith(f"tags.{number}.") for text in texts
        ]
        rows.append({**tag, "error": "; ".join(wrong)})
    return {"rows": rows, "limit": 50}

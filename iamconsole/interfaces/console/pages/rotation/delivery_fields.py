"""The settings of a delivery as fields of a form, made from the shape of each kind: a new kind needs no form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, Final, Literal, get_args, get_origin

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.rotation.deliveries import SECRET_MEMBERS, TABLE
from iamconsole.interfaces.console.forms import text_field
from iamconsole.kernel.names import aws_name

LONG: Final = frozenset({"CaCertificate"})
KEPT: Final = _("Not shown again. It stays if left out, as long as nothing else of the delivery changes.")


def _field(kind: str, member: str, shape: Any) -> forms.Field:
    choices = get_args(shape.annotation) if get_origin(shape.annotation) is Literal else ()
    if choices:
        named = [(each, each) for each in choices]
        return forms.ChoiceField(label=member, choices=named, initial=shape.default, required=False)
    if shape.annotation is bool:
        return forms.BooleanField(label=member, required=False)
    secret = member in SECRET_MEMBERS[kind]
    widget: Any = forms.Textarea(attrs={"rows": "4"}) if member in LONG else forms.TextInput()
    made = text_field(
        member,
        required=shape.is_required(),
        help_text=KEPT if secret else "",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}) if secret else widget,
        strip=not secret,
    )
    if isinstance(shape.default, str) and shape.default:
        made.widget.attrs["placeholder"] = shape.default
    return made


def _fields() -> Iterator[tuple[tuple[str, str], forms.Field]]:
    for kind, row in TABLE.items():
        for name, shape in row.settings.model_fields.items():
            member = aws_name(name)
            yield (kind, member), _field(kind, member, shape)


FIELDS: Final[Mapping[tuple[str, str], forms.Field]] = MappingProxyType(dict(_fields()))
"""By kind and member."""


def name(kind: str, member: str) -> str:
    return f"{kind}-{member}"


def declared() -> dict[str, forms.Field]:
    """Fields of a form's own, by name."""
    return {name(*where): deepcopy(field) for where, field in FIELDS.items()}


def require(fields: Mapping[str, forms.Field], kind: str | None, kept: frozenset[str]) -> None:
    """Demand what the chosen kind cannot do without; secrets that are kept may stay blank."""
    for (of, member), field in FIELDS.items():
        wanted = field.required and (kind is None or (of == kind and member not in kept))
        fields[name(of, member)].required = wanted


def sent(kind: str, cleaned: Mapping[str, Any]) -> dict[str, str]:
    """The settings of the chosen kind that were filled in, as texts."""
    given = {member: cleaned.get(name(of, member)) for of, member in FIELDS if of == kind}
    return {member: "true" if value is True else value for member, value in given.items() if value}


def initial(kind: str, settings: Mapping[str, str]) -> dict[str, Any]:
    """What a schedule holds, for its form."""
    shown = {name(kind, member): value for member, value in settings.items()}
    return {key: value == "true" if key.endswith("-Create") else value for key, value in shown.items()}


def fieldsets(form: forms.Form) -> list[dict[str, Any]]:
    """A group of fields for each kind that has settings, which shows while the kind is chosen."""
    return [
        {"title": row.title, "when": f"delivery_kind={kind}", "fields": fields}
        for kind, row in TABLE.items()
        if (fields := [form[name(of, member)] for of, member in FIELDS if of == kind])
    ]

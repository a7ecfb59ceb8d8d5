"""What bulk actions ask for beside the rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import OperationForm, text_field
from iamconsole.interfaces.console.picking import GROUPS, POLICIES, ROLES, OneField, PickingForm
from iamconsole.interfaces.console.visit import Visit

HOUR = 3600  # seconds
LENGTHS = tuple((hours * HOUR, _("%(n)d h") % {"n": hours}) for hours in (1, 2, 4, 8, 12))


class GroupForm(PickingForm):
    """A user group."""

    group_name = OneField(GROUPS, label=_("Group"))


class RoleForm(PickingForm):
    """A role."""

    role_name = OneField(ROLES, label=_("Role"))


class PolicyForm(PickingForm):
    """A managed policy."""

    policy_arn = OneField(POLICIES, label=_("Policy"))


class TagForm(OperationForm):
    """One tag."""

    tag_key = text_field(_("Key"), max_length=128)
    tag_value = text_field(_("Value"), max_length=256, required=False)

    def __init__(self, _visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class LengthForm(OperationForm):
    """How long a session may be asked for."""

    max_session_duration = forms.TypedChoiceField(label=_("Longest session"), choices=LENGTHS, coerce=int)

    def __init__(self, _visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ReactivationForm(OperationForm):
    """Whether keys and other credentials come back, too; at first they do."""

    with_credentials = forms.BooleanField(
        label=_("Make active again what was active before: access keys, certificates and service credentials"),
        required=False,
        initial=True,
        help_text=_("What was inactive before stays inactive, and so does all where it is not known what was active."),
    )

    def __init__(self, _visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

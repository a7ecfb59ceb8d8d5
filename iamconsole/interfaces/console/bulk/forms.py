"""What bulk actions ask for beside the rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.forms import OperationForm, text_field
from iamconsole.interfaces.console.pages import choices
from iamconsole.interfaces.console.selects import OneField
from iamconsole.interfaces.console.visit import Visit

HOUR = 3600  # seconds
LENGTHS = tuple((hours * HOUR, _("%(n)d h") % {"n": hours}) for hours in (1, 2, 4, 8, 12))


class GroupForm(OperationForm):
    """A user group."""

    group_name = OneField(label=_("Group"))

    def __init__(self, visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group_name"].choices = choices.groups(visit)


class RoleForm(OperationForm):
    """A role."""

    role_name = OneField(label=_("Role"))

    def __init__(self, visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role_name"].choices = choices.roles(visit)


class PolicyForm(OperationForm):
    """A managed policy."""

    policy_arn = OneField(label=_("Policy"))

    def __init__(self, visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy_arn"].choices = choices.policies(visit)


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
    """Whether keys and other credentials come back, too."""

    with_keys = forms.BooleanField(
        label=_("Make inactive access keys, certificates and service credentials active again"),
        required=False,
        help_text=_("Which of them were active before is not known: all that are inactive become active."),
    )

    def __init__(self, _visit: Visit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

"""What can be done to many roles at once."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from iamconsole.interfaces.console.bulk import Bulk, BulkList
from iamconsole.interfaces.console.bulk.actions import Data
from iamconsole.interfaces.console.bulk.attaching import HAS_IT, attaching, tagging
from iamconsole.interfaces.console.bulk.forms import LengthForm, PolicyForm, TagForm
from iamconsole.interfaces.console.pages.kinds import ROLE
from iamconsole.interfaces.console.pages.roles.change import deletion
from iamconsole.interfaces.console.pages.roles.list import ROLES
from iamconsole.interfaces.console.visit import Item, Visit


def _length(visit: Visit, name: str, data: Data) -> list[Item]:
    wanted = data["max_session_duration"]
    role = visit.run("iam:GetRole", role_name=name).role
    if role.max_session_duration == wanted:
        return []
    return [("iam:UpdateRole", {"role_name": name, "max_session_duration": wanted})]


ACTIONS = (
    Bulk(
        value="attach-policy",
        label=_("Attach policy"),
        title=ngettext_lazy("Attach a policy to %(n)d role", "Attach a policy to %(n)d roles", "n"),
        done=ngettext_lazy("The policy is on %(n)d more role.", "The policy is on %(n)d more roles.", "n"),
        items=attaching(ROLE),
        nothing=HAS_IT,
        form=PolicyForm,
        needs=("iam:AttachRolePolicy", "iam:ListPolicies", "iam:ListAttachedRolePolicies"),
    ),
    Bulk(
        value="session-length",
        label=_("Session length"),
        title=ngettext_lazy("Set the longest session of %(n)d role", "Set the longest session of %(n)d roles", "n"),
        done=ngettext_lazy("%(n)d role was changed.", "%(n)d roles were changed.", "n"),
        items=_length,
        nothing=_("has this length already"),
        form=LengthForm,
        told=lambda _visit, _data: [_("Sessions that are open keep the length that they were asked for with.")],
        needs=("iam:UpdateRole", "iam:GetRole"),
    ),
    Bulk(
        value="tag",
        label=_("Tag"),
        title=ngettext_lazy("Tag %(n)d role", "Tag %(n)d roles", "n"),
        done=ngettext_lazy("%(n)d role was tagged.", "%(n)d roles were tagged.", "n"),
        items=tagging("Role", "role_name"),
        nothing=_("has this tag already"),
        form=TagForm,
        needs=("iam:TagRole", "iam:ListRoleTags"),
    ),
    Bulk(
        value="revoke-sessions",
        label=_("Revoke sessions"),
        tone="danger",
        title=ngettext_lazy("Revoke the sessions of %(n)d role", "Revoke the sessions of %(n)d roles", "n"),
        done=ngettext_lazy("The sessions of %(n)d role ended.", "The sessions of %(n)d roles ended.", "n"),
        items=lambda _visit, name, _data: [("iamconsole:RevokeRoleSessions", {"role_name": name})],
        nothing=_("is gone already"),
        told=lambda _visit, _data: [
            _("Every session issued until now can do nothing more. Whoever is trusted can assume the roles anew.")
        ],
        needs=("iamconsole:RevokeRoleSessions",),
    ),
    Bulk(
        value="delete",
        label=_("Delete roles"),
        tone="danger",
        rare=True,
        title=ngettext_lazy("Delete %(n)d role", "Delete %(n)d roles", "n"),
        done=ngettext_lazy("%(n)d role was deleted.", "%(n)d roles were deleted.", "n"),
        items=lambda visit, name, _data: deletion(visit, name)[0],
        nothing=_("is gone already"),
        told=lambda _visit, _data: [_("Open sessions of the roles end, and instance profiles lose theirs.")],
        needs=(
            "iam:DeleteRole",
            "iam:ListInstanceProfilesForRole",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
        ),
    ),
)
BULK = BulkList(ROLES, ACTIONS, url=lambda name: reverse("console:role", args=[name]))

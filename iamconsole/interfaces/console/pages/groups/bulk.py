"""What can be done to many user groups at once."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from iamconsole.interfaces.console.bulk import Bulk, BulkList
from iamconsole.interfaces.console.bulk.attaching import HAS_IT, HAS_IT_NOT, attaching, detaching
from iamconsole.interfaces.console.bulk.forms import PolicyForm
from iamconsole.interfaces.console.pages.groups.change import deletion
from iamconsole.interfaces.console.pages.groups.list import GROUPS
from iamconsole.interfaces.console.pages.kinds import GROUP

READS = ("iam:ListPolicies", "iam:ListAttachedGroupPolicies")
ACTIONS = (
    Bulk(
        value="attach-policy",
        label=_("Attach policy"),
        title=ngettext_lazy("Attach a policy to %(n)d group", "Attach a policy to %(n)d groups", "n"),
        done=ngettext_lazy("The policy is on %(n)d more group.", "The policy is on %(n)d more groups.", "n"),
        items=attaching(GROUP),
        nothing=HAS_IT,
        form=PolicyForm,
        needs=("iam:AttachGroupPolicy", *READS),
    ),
    Bulk(
        value="detach-policy",
        label=_("Detach policy"),
        title=ngettext_lazy("Detach a policy from %(n)d group", "Detach a policy from %(n)d groups", "n"),
        done=ngettext_lazy(
            "The policy was detached from %(n)d group.", "The policy was detached from %(n)d groups.", "n"
        ),
        items=detaching(GROUP),
        nothing=HAS_IT_NOT,
        form=PolicyForm,
        needs=("iam:DetachGroupPolicy", *READS),
    ),
    Bulk(
        value="delete",
        label=_("Delete groups"),
        tone="danger",
        title=ngettext_lazy("Delete %(n)d group", "Delete %(n)d groups", "n"),
        done=ngettext_lazy("%(n)d group was deleted.", "%(n)d groups were deleted.", "n"),
        items=lambda visit, name, _data: deletion(visit, name)[0],
        nothing=_("is gone already"),
        told=lambda _visit, _data: [_("Members leave the groups and lose what these grant; the users stay.")],
        needs=("iam:DeleteGroup", "iam:GetGroup", "iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies"),
    ),
)
BULK = BulkList(GROUPS, ACTIONS, url=lambda name: reverse("console:group", args=[name]))

"""What can be done to many managed policies at once."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from iamconsole.interfaces.console.bulk import Bulk, BulkList, Skipped
from iamconsole.interfaces.console.bulk.actions import Data
from iamconsole.interfaces.console.bulk.attaching import attaching, tagging
from iamconsole.interfaces.console.bulk.forms import GroupForm, RoleForm, TagForm
from iamconsole.interfaces.console.pages.kinds import GROUP, ROLE, Kind
from iamconsole.interfaces.console.pages.policies.delete import deletion
from iamconsole.interfaces.console.pages.policies.list import POLICIES
from iamconsole.interfaces.console.visit import Item, Visit

Items = Callable[[Visit, str, Data], list[Item]]
OF_AWS = _("belongs to AWS and cannot be changed")
BOUNDS = _("is a permissions boundary: without it those users and roles could do more")


def _to(kind: Kind) -> Items:
    """The policy of the row is attached to the entity that the form named."""
    attach = attaching(kind)

    def items(visit: Visit, arn: str, data: Data) -> list[Item]:
        return attach(visit, data[kind.member], {"policy_arn": arn})

    return items


def _own(items: Items) -> Items:
    """For changes of the policy itself, which those of AWS do not take."""

    def checked(visit: Visit, arn: str, data: Data) -> list[Item]:
        if ":aws:policy/" in arn:
            raise Skipped(OF_AWS)
        return items(visit, arn, data)

    return checked


def _delete(visit: Visit, arn: str, _data: Data) -> list[Item]:
    if visit.run("iam:GetPolicy", policy_arn=arn).policy.permissions_boundary_usage_count:
        raise Skipped(BOUNDS)
    return deletion(visit, arn)[0]


ATTACHED = ngettext_lazy("%(n)d policy was attached.", "%(n)d policies were attached.", "n")
ACTIONS = (
    Bulk(
        value="attach-to-group",
        label=_("Attach to group"),
        title=ngettext_lazy("Attach %(n)d policy to a group", "Attach %(n)d policies to a group", "n"),
        done=ATTACHED,
        items=_to(GROUP),
        nothing=_("is attached to this group already"),
        form=GroupForm,
        needs=("iam:AttachGroupPolicy", "iam:ListGroups", "iam:ListAttachedGroupPolicies"),
    ),
    Bulk(
        value="attach-to-role",
        label=_("Attach to role"),
        title=ngettext_lazy("Attach %(n)d policy to a role", "Attach %(n)d policies to a role", "n"),
        done=ATTACHED,
        items=_to(ROLE),
        nothing=_("is attached to this role already"),
        form=RoleForm,
        needs=("iam:AttachRolePolicy", "iam:ListRoles", "iam:ListAttachedRolePolicies"),
    ),
    Bulk(
        value="tag",
        label=_("Tag"),
        title=ngettext_lazy("Tag %(n)d policy", "Tag %(n)d policies", "n"),
        done=ngettext_lazy("%(n)d policy was tagged.", "%(n)d policies were tagged.", "n"),
        items=_own(tagging("Policy", "policy_arn")),
        nothing=_("has this tag already"),
        form=TagForm,
        needs=("iam:TagPolicy", "iam:ListPolicyTags"),
    ),
    Bulk(
        value="delete",
        label=_("Delete policies"),
        tone="danger",
        title=ngettext_lazy("Delete %(n)d policy", "Delete %(n)d policies", "n"),
        done=ngettext_lazy("%(n)d policy was deleted.", "%(n)d policies were deleted.", "n"),
        items=_own(_delete),
        nothing=_("is gone already"),
        told=lambda _visit, _data: [_("They are detached everywhere first; whoever has them loses what they grant.")],
        needs=("iam:DeletePolicy", "iam:GetPolicy", "iam:ListEntitiesForPolicy", "iam:ListPolicyVersions"),
    ),
)
BULK = BulkList(
    POLICIES,
    ACTIONS,
    url=lambda arn: reverse("console:policy", args=[arn]),
    label=lambda arn: arn.rsplit("/", 1)[-1],
)

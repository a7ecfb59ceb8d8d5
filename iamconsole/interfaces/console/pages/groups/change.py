"""Creating, renaming and deleting a user group."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.groups import console as groups
from iamconsole.interfaces.console import snippets
from iamconsole.interfaces.console.forms import OperationForm, name_field, path_field
from iamconsole.interfaces.console.pages.access import losses
from iamconsole.interfaces.console.pages.consequences import DETACHED, INLINE, MEMBERS, SHOWN, consequence, refused
from iamconsole.interfaces.console.pages.entities import crumbs
from iamconsole.interfaces.console.pages.kinds import GROUP
from iamconsole.interfaces.console.picking import JOB_FUNCTIONS, POLICIES, PickingForm, SomeField
from iamconsole.interfaces.console.visit import Item, Refused, Visit, operation, page_of
from iamconsole.kernel.errors import AccessDenied


class GroupForm(PickingForm):
    """A new group and its policies."""

    blamed = {"EntityAlreadyExists": "group_name"}

    group_name = name_field(_("Group name"), max_length=128)
    path = path_field(initial="/")
    policy_arns = SomeField(POLICIES, first=JOB_FUNCTIONS, label=_("Attach policies"), required=False)

    def items(self) -> list[Item]:
        name = self.cleaned_data["group_name"]
        attached = [
            ("iam:AttachGroupPolicy", {"group_name": name, "policy_arn": arn})
            for arn in self.cleaned_data["policy_arns"]
        ]
        return [("iam:CreateGroup", self.members("group_name", "path")), *attached]


def group_create(visit: Visit) -> HttpResponse:
    visit.demand("iam:CreateGroup")
    form = GroupForm(visit, visit.request.POST or None)
    if visit.posting and form.is_valid():
        name = form.cleaned_data["group_name"]
        there = page_of("group", name)
        try:
            visit.batch(form.items())
        except Refused as refused:
            if isinstance(refused.fault, AccessDenied):
                raise
            form.blame(refused.fault)
        else:
            return visit.redirect(there, _("Group %(name)s was created.") % {"name": name})
    items = form.items() if form.is_bound and not form.errors else [("iam:CreateGroup", {"group_name": "NAME"})]
    context = {
        "title": _("Create group"),
        "breadcrumbs": [{"label": _("User groups"), "url": reverse("console:groups")}, {"label": _("Create group")}],
        "form": form,
        "submit_label": _("Create group"),
        "cancel_url": reverse("console:groups"),
        "cli_equivalent": snippets.of_all((operation(action), members) for action, members in items),
    }
    return visit.page("form", context, status=400 if form.errors else 200)


class RenameForm(OperationForm):
    """A new name, a new path or both."""

    blamed = {"EntityAlreadyExists": "new_group_name"}

    new_group_name = name_field(_("Group name"), max_length=128)
    new_path = path_field()


def group_edit(visit: Visit, name: str) -> HttpResponse:
    group = visit.run("iam:GetGroup", group_name=name, max_items=1).group
    form = RenameForm(visit.request.POST or None, initial={"new_group_name": group.group_name, "new_path": group.path})
    there = reverse("console:group", args=[group.group_name])
    if visit.posting and form.is_valid():
        with form.blaming():
            visit.run("iam:UpdateGroup", group_name=name, **form.members())
            new = form.cleaned_data["new_group_name"]
            return visit.redirect(reverse("console:group", args=[new]), _("Group %(name)s was saved.") % {"name": new})
    wanted = form.members() if form.is_bound and not form.errors else {"new_group_name": "NAME"}
    context = {
        "title": _("Rename or move %(name)s") % {"name": group.group_name},
        "subtitle": _("Users and policies stay. Policies that name the group as a resource do not follow."),
        "breadcrumbs": [*crumbs(GROUP, group.group_name), {"label": _("Rename or move")}],
        "form": form,
        "cancel_url": there,
        "cli_equivalent": snippets.of((operation("iam:UpdateGroup"), {"group_name": group.group_name, **wanted})),
    }
    return visit.page("form", context, status=400 if form.errors else 200)


def group_delete(visit: Visit, name: str) -> HttpResponse:
    """Delete a group: its users leave it and its policies are detached first, in one batch."""
    who = GROUP.named(name)
    visit.demand("iam:DeleteGroup", **who)
    found = visit.run("iam:GetGroup", **who, max_items=SHOWN)
    # The page says how many there are and names a few; only who deletes needs them all.
    users = visit.all("iam:GetGroup", **who) if visit.posting else found.users
    count = groups.size(visit.call.account_id, found.group.group_name)
    items, consequences = _parts(visit, name, users, count)
    wrong = ""
    if visit.posting:
        if visit.request.POST.get("confirm") == name:
            visit.batch(items)
            return visit.redirect(reverse("console:groups"), _("Group %(name)s was deleted.") % {"name": name})
        wrong = _("This is not the name of the group.")
    context = {
        "title": _("Delete %(name)s?") % {"name": name},
        "breadcrumbs": [*crumbs(GROUP, name), {"label": _("Delete")}],
        "consequences": consequences,
        "preview": losses.of(visit, found.group.arn) if found.users else None,
        "blockers": refused(visit, items),
        "typed_name": name,
        "typed_error": wrong,
        "submit_label": _("Delete group"),
        "cancel_url": reverse("console:group", args=[name]),
    }
    return visit.page("confirm_delete", context, status=400 if wrong else 200)


def deletion(visit: Visit, name: str) -> tuple[list[Item], list[dict[str, Any]]]:
    """The operations that delete a group with what it holds, and what is lost."""
    users: list[Any] = visit.all("iam:GetGroup", **GROUP.named(name))
    return _parts(visit, name, users, len(users))


def _parts(visit: Visit, name: str, users: list[Any], count: int) -> tuple[list[Item], list[dict[str, Any]]]:
    """The same for those of its `count` members that are given."""
    who = GROUP.named(name)
    attached: list[Any] = visit.all("iam:ListAttachedGroupPolicies", **who)
    inline: list[Any] = visit.all("iam:ListGroupPolicies", **who)
    items: list[Item] = [("iam:RemoveUserFromGroup", {**who, "user_name": user.user_name}) for user in users]
    items += [("iam:DetachGroupPolicy", {**who, "policy_arn": policy.policy_arn}) for policy in attached]
    items += [("iam:DeleteGroupPolicy", {**who, "policy_name": policy}) for policy in inline]
    lost = [
        *consequence(MEMBERS, [user.user_name for user in users], "users", count=count),
        *consequence(DETACHED, [policy.policy_name for policy in attached], "unlink"),
        *consequence(INLINE, inline, "scroll-text"),
    ]
    return [*items, ("iam:DeleteGroup", who)], lost

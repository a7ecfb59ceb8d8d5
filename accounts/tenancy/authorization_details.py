"""GetAccountAuthorizationDetails: every user, group, role and policy of the account with what it grants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Annotated, Any

from django.db.models import Q

from accounts.attachments.models import Attachment
from accounts.attachments.shapes import AttachedPolicy
from accounts.groups.models import Group, Membership
from accounts.inline_policies.models import InlinePolicy
from accounts.inline_policies.shapes import PolicyDetail
from accounts.instance_profiles import queries as profiles
from accounts.instance_profiles.models import InstanceProfile
from accounts.roles.models import Role
from accounts.roles.shapes import RoleLastUsed
from accounts.tenancy import shapes
from accounts.users.models import User
from accounts.users.queries import boundary_of
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import ValidationError
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.paging import DEFAULT_MAX_ITEMS, decode_marker, encode_marker
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import Items, Marker, MaxItems
from iamconsole.storage import tags
from policies.documents import queries as documents
from policies.documents.models import ManagedPolicy, PolicyVersion

WHY = "the rows that these belong to are those of one account"
OF_POLICY = ("policy__account_id", "policy__path", "policy__name")
AFTER = "/"  # in a marker, between a kind and the name that was last; no name has one
Filter = Annotated[list[shapes.EntityType], Items()]


class _Details:
    """The parts of a page, fetched with one query a kind however many rows it has; values, since there are many."""

    def __init__(self, rows: list[Any], kind: str) -> None:
        self.attached: dict[int, list[AttachedPolicy]] = defaultdict(list)
        self.inline: dict[int, list[PolicyDetail]] = defaultdict(list)
        if not rows:
            return
        mine = {f"{kind}__in": [row.pk for row in rows]}
        held = Attachment.objects.across_accounts(WHY).filter(**mine).order_by("policy__unique_id")
        for owner, *policy in held.values_list(f"{kind}_id", *OF_POLICY):
            self.attached[owner].append(_attached(*policy))
        own = InlinePolicy.objects.across_accounts(WHY).filter(**mine).order_by("name")
        for owner, name, document in own.values_list(f"{kind}_id", "name", "document"):
            self.inline[owner].append(PolicyDetail(policy_name=name, policy_document=document))


@lru_cache(maxsize=4096)
def _attached(account_id: str, path: str, name: str) -> AttachedPolicy:
    """Shared by all that a policy is attached to."""
    return AttachedPolicy(policy_name=name, policy_arn=ManagedPolicy(account_id=account_id, path=path, name=name).arn)


def _grouped(rows: Iterable[Any], key: str, value: Callable[[Any], Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(value(row))
    return found


def _users(rows: list[User]) -> list[shapes.UserDetail]:
    details = _Details(rows, "user")
    members = Membership.objects.across_accounts(WHY).filter(user__in=[user.pk for user in rows])
    groups: dict[int, list[str]] = defaultdict(list)
    for user_id, name in members.order_by("group__name_key").values_list("user_id", "group__name"):
        groups[user_id].append(name)
    return [
        shapes.UserDetail(
            path=user.path,
            user_name=user.name,
            user_id=user.unique_id,
            arn=user.arn,
            create_date=user.created,
            user_policy_list=details.inline[user.pk],
            group_list=groups[user.pk],
            attached_managed_policies=details.attached[user.pk],
            permissions_boundary=boundary_of(user),
            tags=tags.listed(user.tags),
        )
        for user in rows
    ]


def _groups(rows: list[Group]) -> list[shapes.GroupDetail]:
    details = _Details(rows, "group")
    return [
        shapes.GroupDetail(
            path=group.path,
            group_name=group.name,
            group_id=group.unique_id,
            arn=group.arn,
            create_date=group.created,
            group_policy_list=details.inline[group.pk],
            attached_managed_policies=details.attached[group.pk],
        )
        for group in rows
    ]


def _roles(rows: list[Role]) -> list[shapes.RoleDetail]:
    details = _Details(rows, "role")
    holders = InstanceProfile.objects.filter(role__in=rows).select_related("role").order_by("name_key")
    held = _grouped(holders if rows else [], "role_id", lambda p: profiles.shown(p, whole=False))
    return [
        shapes.RoleDetail(
            path=role.path,
            role_name=role.name,
            role_id=role.unique_id,
            arn=role.arn,
            create_date=role.created,
            assume_role_policy_document=role.trust_policy,
            instance_profile_list=held[role.pk],
            role_policy_list=details.inline[role.pk],
            attached_managed_policies=details.attached[role.pk],
            permissions_boundary=boundary_of(role),
            tags=tags.listed(role.tags),
            role_last_used=RoleLastUsed(last_used_date=role.last_used, region=role.last_used_region or None),
        )
        for role in rows
    ]


def _policies(rows: list[ManagedPolicy]) -> list[shapes.ManagedPolicyDetail]:
    found = PolicyVersion.objects.filter(policy__in=rows).order_by("-number") if rows else []
    versions = _grouped(found, "policy_id", lambda v: v)
    return [
        shapes.ManagedPolicyDetail(
            **documents.shown(policy).model_dump(exclude={"tags"}),
            policy_version_list=[documents.shown_version(policy, version) for version in versions[policy.pk]],
        )
        for policy in rows
    ]


Section = tuple[str, Callable[[str], Any], Callable[[list[Any]], list[Any]], str]


def _aws_policies(account_id: str) -> Any:
    rows = documents.counted(ManagedPolicy.objects.filter(account_id=documents.AWS), account_id)
    return rows.filter(Q(attached__gt=0) | Q(bounding__gt=0))


SECTIONS: tuple[Section, ...] = (
    (
        "User",
        lambda account: User.objects.filter(account_id=account, is_root=False).select_related("boundary"),
        _users,
        "user_detail_list",
    ),
    ("Group", lambda account: Group.objects.filter(account_id=account), _groups, "group_detail_list"),
    (
        "Role",
        lambda account: Role.objects.filter(account_id=account).select_related("boundary"),
        _roles,
        "role_detail_list",
    ),
    (
        "LocalManagedPolicy",
        lambda account: documents.counted(ManagedPolicy.objects.filter(account_id=account), account),
        _policies,
        "policies",
    ),
    ("AWSManagedPolicy", _aws_policies, _policies, "policies"),
)
NAMES = [name for name, *_ in SECTIONS]


@operation(
    Access.READ,
    on=ANYTHING,
    pages="user_detail_list",
    rest=Rest("GET", "/account/authorization-details"),
)
def get_account_authorization_details(
    call: Call,
    *,
    filter: Filter = [],  # noqa: B006  (a shape's default; pydantic copies it)
    marker: Marker | None = None,
    max_items: MaxItems | None = None,
) -> shapes.GetAccountAuthorizationDetailsResult:
    """Show every user, group, role and managed policy with all that it grants, page by page.

    Pages run through users, groups, roles, the account's own policies and then AWS's that are in use, each by name.
    """
    left, after_section, after_name = max_items or DEFAULT_MAX_ITEMS, "", ""
    if marker:
        after_section, _, after_name = decode_marker(marker).partition(AFTER)
        if after_section not in NAMES:
            raise ValidationError("Invalid Marker.", errors={"marker": ["Invalid Marker."]})
    start = NAMES.index(after_section) if marker else 0
    out: dict[str, list[Any]] = {
        "user_detail_list": [],
        "group_detail_list": [],
        "role_detail_list": [],
        "policies": [],
    }
    for name, rows_of, shown, member in SECTIONS[start:]:
        if filter and name not in filter:
            continue
        rows = rows_of(call.account_id).order_by("name_key")
        if name == after_section:
            rows = rows.filter(name_key__gt=after_name)
        found = list(rows[: left + 1])
        out[member] += shown(found[:left])
        if len(found) > left:
            last = f"{name}{AFTER}{found[left - 1].name_key}" if left else f"{name}{AFTER}"
            return shapes.GetAccountAuthorizationDetailsResult(**out, is_truncated=True, marker=encode_marker(last))
        left -= len(found)
    return shapes.GetAccountAuthorizationDetailsResult(**out)

"""User groups in a CSV file: one a row, with path, managed policies and members.

    GroupName,Path,Policies,Users
    Developers,/engineering/,PowerUserAccess;arn:aws:iam::123456789012:policy/Reports,ada;grace

Inline policies are shown in an export by name and are not read back: their texts have no place in a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accounts.importing import csv_rows
from accounts.importing.csv_rows import split
from accounts.importing.items import Plan, item

LAYOUT = csv_rows.Layout(
    "group", ("GroupName", "Path", "Policies", "Users"), ("InlinePolicies", "GroupId", "Arn", "CreateDate")
)


def plan(text: str, policies: Mapping[str, Sequence[str]]) -> Plan:
    """What to run so that every group of the file exists; one ValidationError names every bad row by its number.

    `policies` are ARNs by name in lower case, for cells that name a policy by its name.
    """

    def planned(row: csv_rows.Row, source: str) -> csv_rows.Planned:
        name, faults = row["GroupName"], list[str]()
        items = [item("CreateGroup", source, GroupName=name, Path=row["Path"])]
        for policy in split(row["Policies"]):
            arns = [policy] if policy.startswith("arn:") else policies.get(policy.lower(), ())
            items += [item("AttachGroupPolicy", source, GroupName=name, PolicyArn=arn) for arn in arns[:1]]
            if not arns:
                faults.append(f"there is no managed policy {policy}: give its name or its ARN")
            elif len(arns) > 1:
                faults.append(f"{policy} is the name of {' and of '.join(arns)}: give the ARN")
        items += [item("AddUserToGroup", source, GroupName=name, UserName=user) for user in split(row["Users"])]
        return items, faults

    return csv_rows.plan(text, LAYOUT, planned)


def by_name(policies: Sequence[Any]) -> dict[str, list[str]]:
    """ARNs by name of policies as ListPolicies shows them.

    A policy of the account may be called like one of AWS's. No order between them is safe: whoever may create policies
    would choose what a file that names AWS's grants.
    """
    found: dict[str, list[str]] = {}
    for policy in policies:
        found.setdefault(policy.policy_name.lower(), []).append(policy.arn)
    return {name: sorted(arns) for name, arns in found.items()}


def export_groups(groups: Iterable[Any], members: Mapping[str, Iterable[str]]) -> str:
    """The CSV of groups as GetAccountAuthorizationDetails shows them, with the users by group; `plan` reads it back."""
    return csv_rows.written(LAYOUT, (cells(group, members.get(group.group_name, ())) for group in groups))


def members_of(users: Iterable[Any]) -> dict[str, list[str]]:
    """The names of users by group, from users as GetAccountAuthorizationDetails shows them."""
    found: dict[str, list[str]] = {}
    for user in users:
        for group in user.group_list:
            found.setdefault(group, []).append(user.user_name)
    return found


def cells(group: Any, users: Iterable[str]) -> tuple[str, ...]:
    """The row of a `GroupDetail` and the names of the users in it."""
    attached = ";".join(policy.policy_arn for policy in group.attached_managed_policies)
    inline = ";".join(policy.policy_name for policy in group.group_policy_list)
    created = group.create_date.strftime("%Y-%m-%dT%H:%M:%SZ")
    return group.group_name, group.path, attached, ";".join(sorted(users)), inline, group.group_id, group.arn, created

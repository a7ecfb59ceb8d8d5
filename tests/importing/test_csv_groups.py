"""User groups in and out of CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from accounts.importing import csv_groups
from accounts.models import Attachment, Group, Membership
from iamconsole.kernel.errors import ValidationError
from tests.support.tenants import Tenant

HEAD = "GroupName,Path,Policies,Users"
ALLOW = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'


def write(place: Path, *rows: str) -> str:
    file = place / "groups.csv"
    file.write_text("\r\n".join([HEAD, *rows]), "utf-8")
    return str(file)


def held(tenant: Tenant) -> dict[str, tuple[str, set[str], set[str]]]:
    """Path, policies and users by group."""
    found = {}
    for group in Group.objects.filter(account_id=tenant.account_id):
        policies = Attachment.objects.filter(group=group).values_list("policy__name", flat=True)
        users = Membership.objects.filter(group=group).values_list("user__name", flat=True)
        found[group.name] = (group.path, set(policies), set(users))
    return found


def test_groups_come_with_path_policies_and_users(tenant: Tenant, manage: Any, tmp_path: Path) -> None:
    tenant.run("iam:CreateUser", user_name="ada")
    arn = tenant.run("iam:CreatePolicy", policy_name="Reports", path="/team/", policy_document=ALLOW).policy.arn
    file = write(tmp_path, "devs,/team/,reports; ReadOnlyAccess,ada;admin", f"ops,,{arn},", "empty,,,")
    ran = manage("import-groups", file)
    assert ran.data["Operations"] == {"CreateGroup": 3, "AttachGroupPolicy": 3, "AddUserToGroup": 2}
    assert held(tenant) == {
        "devs": ("/team/", {"Reports", "ReadOnlyAccess"}, {"ada", "admin"}),
        "ops": ("/", {"Reports"}, set()),
        "empty": ("/", set(), set()),
    }


def test_what_is_exported_is_read_back(tenant: Tenant, manage: Any, tmp_path: Path) -> None:
    tenant.run("iam:CreateUser", user_name="ada")
    manage("import-groups", write(tmp_path, "devs,/team/,ReadOnlyAccess;SecurityAudit,ada;admin", "ops,,,ada"))
    tenant.run("iam:PutGroupPolicy", group_name="ops", policy_name="inline", policy_document=ALLOW)
    before, text = held(tenant), manage("export-groups").out
    (ops,) = [row for row in csv.DictReader(io.StringIO(text)) if row["GroupName"] == "ops"]
    assert ops["InlinePolicies"] == "inline"
    tenant.run("iam:DeleteGroupPolicy", group_name="ops", policy_name="inline")
    for name, (_path, _policies, users) in before.items():
        for user in users:
            tenant.run("iam:RemoveUserFromGroup", group_name=name, user_name=user)
        for policy in tenant.run("iam:ListAttachedGroupPolicies", group_name=name).attached_policies:
            tenant.run("iam:DetachGroupPolicy", group_name=name, policy_arn=policy.policy_arn)
        tenant.run("iam:DeleteGroup", group_name=name)
    again = tmp_path / "again.csv"
    again.write_text(text, "utf-8")
    manage("import-groups", str(again))
    assert held(tenant) == before


def test_one_bad_row_leaves_nothing_and_is_named(tenant: Tenant, manage: Any, tmp_path: Path) -> None:
    ran = manage("import-groups", write(tmp_path, "fine,,,", "odd,,Nonesuch,", "fine,,,"))
    assert ran.code == 1
    assert "row 3: there is no managed policy Nonesuch" in ran.err
    assert "row 4: the group fine is in row 2 already" in ran.err
    assert "Nobody" in manage("import-groups", write(tmp_path, "fine,,,", "other,,,Nobody")).err
    assert held(tenant) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Name\nx", "GroupName among them"),
        ("GroupName,Polices\nx,", "did you mean Policies"),
        ("GroupName\nx y", "row 2"),
        ("GroupName\na,b", "row 2 has 2 cells"),
    ],
)
def test_files_that_are_no_such_thing(text: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        csv_groups.plan(text, {})


def test_a_name_that_two_policies_have_is_no_name() -> None:
    """Else whoever may create policies chose what a file grants that means one of AWS's."""

    class Policy:
        def __init__(self, arn: str) -> None:
            self.arn, self.policy_name = arn, arn.rsplit("/", 1)[-1]

    own, theirs = "arn:aws:iam::123456789012:policy/X", "arn:aws:iam::aws:policy/X"
    found = csv_groups.by_name([Policy(own), Policy(theirs)])
    assert found == {"x": [own, theirs]}
    with pytest.raises(ValidationError, match=f"x is the name of {own} and of {theirs}: give the ARN"):
        csv_groups.plan("GroupName,Policies\ndevs,x\n", found)
    (_created, attached) = csv_groups.plan(f"GroupName,Policies\ndevs,{own}\n", found).items
    assert attached.raw["PolicyArn"] == own

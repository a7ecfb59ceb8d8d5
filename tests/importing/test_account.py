"""An account out of one installation and into another."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from accounts.importing import authorization_details
from accounts.importing.present import Present
from accounts.models import Group, Role, User
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.errors import ValidationError
from iamconsole.replication.models import ChangeEntry
from tests.support.tenants import open_account

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def policy(*actions):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


def trust(*principals):
    statement = {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture
def furnished(tenant):
    """Everything that a document can hold: versions, boundaries, tags, roles that trust one another."""
    iam = tenant.client()
    arn = iam.create_policy(PolicyName="Reports", Path="/team/", PolicyDocument=json.dumps(policy("s3:Get*")))[
        "Policy"
    ]["Arn"]
    for action in ("s3:List*", "s3:Head*"):
        iam.create_policy_version(
            PolicyArn=arn, PolicyDocument=json.dumps(policy(action)), SetAsDefault=action == "s3:List*"
        )
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.create_group(GroupName="Readers", Path="/team/")
    iam.put_group_policy(GroupName="Readers", PolicyName="in", PolicyDocument=json.dumps(policy("sqs:*")))
    iam.attach_group_policy(GroupName="Readers", PolicyArn=READ_ONLY)
    iam.create_user(UserName="ada", Path="/team/", PermissionsBoundary=arn, Tags=[{"Key": "team", "Value": "red"}])
    iam.put_user_policy(UserName="ada", PolicyName="in", PolicyDocument=json.dumps(policy("sns:*")))
    iam.attach_user_policy(UserName="ada", PolicyArn=arn)
    iam.add_user_to_group(UserName="ada", GroupName="Readers")
    ada = iam.get_user(UserName="ada")["User"]["Arn"]
    first = iam.create_role(RoleName="first", AssumeRolePolicyDocument=json.dumps(trust(ada)))["Role"]["Arn"]
    tags = [{"Key": "k", "Value": "v"}]
    second = iam.create_role(
        RoleName="second", AssumeRolePolicyDocument=json.dumps(trust(first)), PermissionsBoundary=READ_ONLY, Tags=tags
    )["Role"]["Arn"]
    iam.update_assume_role_policy(
        RoleName="first", PolicyDocument=json.dumps(trust(ada, second, f"arn:aws:iam::{tenant.account_id}:root"))
    )
    iam.put_role_policy(RoleName="second", PolicyName="in", PolicyDocument=json.dumps(policy("ec2:*")))
    iam.attach_role_policy(RoleName="second", PolicyArn=arn)
    iam.create_instance_profile(InstanceProfileName="host", Path="/team/")
    iam.add_role_to_instance_profile(InstanceProfileName="host", RoleName="second")
    return tenant


def details(tenant):
    """What `aws iam get-account-authorization-details` prints."""
    found = tenant.client().get_account_authorization_details(MaxItems=1000)
    keys = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
    return json.loads(json.dumps({key: found[key] for key in keys}, default=str))


def encoded(value):
    """The same as AWS's API itself writes documents: URL-encoded JSON."""
    if isinstance(value, list):
        return [encoded(item) for item in value]
    if isinstance(value, dict):
        if "Statement" in value:
            return quote(json.dumps(value), safe="-_.~")
        return {key: encoded(item) for key, item in value.items()}
    return value


def comparable(tenant, found):
    """Details without what is new in every account: ids, dates, version numbers, the account id."""
    text = json.dumps(found).replace(tenant.account_id, "ACCOUNT")
    return _plain(json.loads(text))


def _plain(value):
    new = {
        "UserId",
        "GroupId",
        "RoleId",
        "PolicyId",
        "InstanceProfileId",
        "CreateDate",
        "UpdateDate",
        "VersionId",
        "DefaultVersionId",
    }
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in sorted(value.items()) if key not in new}
    if isinstance(value, list):
        return sorted((_plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


@pytest.mark.parametrize("form", [lambda found: found, encoded], ids=["decoded", "url-encoded"])
def test_an_account_comes_out_as_it_went_in(furnished, app, manage, tmp_path, form):
    other = open_account(app)
    other.client().detach_user_policy(UserName="admin", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    other.run("iam:DeleteAccessKey", user_name="admin", access_key_id=other.admin_key["AccessKeyId"])
    other.run("iam:DeleteUser", user_name="admin")
    file = tmp_path / "account.json"
    file.write_text(json.dumps(form(details(furnished))))
    ran = manage("import-account", str(file), "--account", other.alias)
    assert ran.code == 0, ran.err
    assert ran.data["Operations"]["CreateUser"] == 2
    assert ran.data["Operations"]["UpdateAssumeRolePolicy"] == 2
    other.admin_key = other.key("admin")
    assert comparable(other, details(other)) == comparable(furnished, details(furnished))
    assert User.objects.get(account_id=other.account_id, name="ada").boundary.account_id == other.account_id


def test_what_exists_is_refused_or_left_alone(furnished, app, manage, tmp_path):
    other = open_account(app)
    file = tmp_path / "account.json"
    file.write_text(json.dumps(details(furnished)))
    before = footprint(other)
    ran = manage("import-account", str(file), "--account", other.alias)
    assert ran.code == 1
    assert "user admin: An error occurred (EntityAlreadyExists) when calling the CreateUser operation" in ran.err
    assert footprint(other) == before
    skipped = manage("import-account", str(file), "--account", other.alias, "--on-conflict", "skip")
    assert skipped.data["LeftOut"] == ["user admin: exists already"]
    again = manage("import-account", str(file), "--account", other.alias, "--on-conflict", "skip")
    assert again.data["Operations"] == {}
    assert "role second: exists already" in again.data["LeftOut"]


def test_a_dry_run_writes_nothing(furnished, app, manage, tmp_path):
    other = open_account(app)
    file = tmp_path / "account.json"
    file.write_text(json.dumps(details(furnished)))
    before = footprint(other)
    ran = manage("import-account", str(file), "--account", other.alias, "--on-conflict", "skip", "--dry-run")
    assert ran.code == 0, ran.err
    assert ran.data["DryRun"] is True
    assert ran.data["Operations"]["CreateRole"] == 2
    assert footprint(other) == before


def test_it_runs_with_the_rights_of_whoever_imports(furnished, app, manage, tmp_path):
    other = open_account(app)
    other.user("clerk", json.dumps(policy("iam:CreateUser", "iam:TagUser", "iam:GetAccountAuthorizationDetails")))
    file = tmp_path / "account.json"
    file.write_text(json.dumps(details(furnished)))
    ran = manage("import-account", str(file), "--account", other.alias, "--as-user", "clerk")
    assert ran.code == 1
    assert "policy Reports: An error occurred (AccessDenied) when calling the CreatePolicy operation" in ran.err
    assert "user/clerk is not authorized to perform: iam:CreatePolicy" in ran.err
    assert not Group.objects.filter(account_id=other.account_id).exists()
    assert (
        "nobody cannot be found"
        in manage("import-account", str(file), "--account", other.alias, "--as-user", "nobody").err
    )


def footprint(tenant):
    account = {"account_id": tenant.account_id}
    return [model.objects.filter(**account).count() for model in (User, Group, Role, ChangeEntry)] + [
        AuditEvent.objects.filter(account_id=tenant.account_id, error_code="").count()
    ]


def test_ids_of_the_source_account_are_rewritten_or_kept():
    source, target = "111122223333", "444455556666"
    document = {
        "RoleDetailList": [
            {
                "RoleName": "r",
                "Arn": f"arn:aws:iam::{source}:role/r",
                "Path": "/",
                "AssumeRolePolicyDocument": trust(
                    f"arn:aws:iam::{source}:root", source, "arn:aws:iam::999900001111:root"
                ),
            }
        ]
    }
    (moved,) = authorization_details.plan(document, account_id=target).items
    assert source not in moved.raw["AssumeRolePolicyDocument"]
    assert moved.raw["AssumeRolePolicyDocument"].count(target) == 2
    assert "999900001111" in moved.raw["AssumeRolePolicyDocument"]
    (kept,) = authorization_details.plan(document, account_id=target, keep_account_id=True).items
    assert target not in kept.raw["AssumeRolePolicyDocument"]


def test_what_only_a_service_creates_is_left_out():
    role = {"RoleName": "AWSServiceRoleForX", "Path": "/aws-service-role/x/", "AssumeRolePolicyDocument": trust("*")}
    plan = authorization_details.plan({"RoleDetailList": [role]}, account_id="444455556666")
    assert plan.items == ()
    assert plan.left_out == ("role AWSServiceRoleForX: a service-linked role, which only its service creates",)


def test_names_are_the_same_whatever_their_case():
    present = Present({"user": {"ada": "Ada"}})
    plan = authorization_details.plan({"UserDetailList": [{"UserName": "ADA"}]}, account_id="4" * 12, present=present)
    assert plan.items == ()
    assert plan.left_out == ("user ADA: exists already",)


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ([], "must be the JSON object"),
        ({"UserDetailList": [{}]}, "userDetailList.1.member.userName"),
        (
            {"UserDetailList": [{"UserName": "a", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": "no"}]}]},
            "policyDocument",
        ),
        ({"Policies": [{"PolicyName": "p"}]}, "policy p: PolicyVersionList is empty"),
        (
            {"UserDetailList": [{"UserName": n, "Arn": f"arn:aws:iam::{n * 12}:user/x"} for n in "12"]},
            "several accounts: 111111111111, 222222222222",
        ),
    ],
)
def test_a_document_that_cannot_be_read_says_where(content, hint):
    with pytest.raises(ValidationError, match=hint):
        authorization_details.plan(content, account_id="444455556666")


def test_a_file_that_cannot_be_read_says_so(tenant, manage, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    assert "not JSON" in manage("import-account", str(broken)).err
    assert "cannot be read" in manage("import-account", str(tmp_path / "none.json")).err

"""Users in and out of CSV."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.importing import csv_users
from accounts.models import Membership, User
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.errors import ValidationError

HEAD = "UserName,Path,Groups,Tags"


def write(place, *rows, head=HEAD):
    file = place / "users.csv"
    file.write_text("\r\n".join([head, *rows]), "utf-8")
    return str(file)


def users(tenant):
    return set(User.objects.filter(account_id=tenant.account_id, is_root=False).values_list("name", flat=True))


def test_users_come_with_path_groups_and_tags(tenant, manage, tmp_path):
    for name in ("Developers", "Auditors"):
        tenant.run("iam:CreateGroup", group_name=name)
    file = write(tmp_path, "ada,/team/,Developers; Auditors,team=red;floor=2", "bob,,,")
    ran = manage("import-users", file)
    assert ran.data["Operations"] == {"CreateUser": 2, "AddUserToGroup": 2}
    assert ran.data["ConsistencyToken"]
    ada = User.objects.get(account_id=tenant.account_id, name="ada")
    assert (ada.path, ada.tags) == ("/team/", {"team": "red", "floor": "2"})
    assert Membership.objects.filter(user=ada).count() == 2


def test_one_bad_row_of_a_hundred_leaves_nothing_and_is_named(tenant, manage, tmp_path):
    rows = [f"user-{n},,," for n in range(100)]
    rows[41] = "no name,,,"
    before = users(tenant)
    ran = manage("import-users", write(tmp_path, *rows))
    assert ran.code == 1
    assert "1 of 100 rows cannot be imported: row 43: " in ran.err
    assert "Value 'no name' at 'userName'" in ran.err
    assert users(tenant) == before


def test_a_row_that_only_the_account_refuses_is_named_too(tenant, manage, tmp_path):
    rows = [f"user-{n},,," for n in range(100)]
    rows[41], rows[60] = "ADMIN,,,", "user-60,,Nobodies,"
    before = users(tenant)
    ran = manage("import-users", write(tmp_path, *rows))
    assert ran.code == 1
    assert "row 43: An error occurred (EntityAlreadyExists) when calling the CreateUser operation" in ran.err
    assert "row 62: An error occurred (NoSuchEntity) when calling the AddUserToGroup operation" in ran.err
    assert users(tenant) == before


def test_a_dry_run_writes_nothing(tenant, manage, tmp_path):
    before, records = users(tenant), AuditEvent.objects.filter(account_id=tenant.account_id).count()
    good = manage("import-users", write(tmp_path, "ada,,,"), "--dry-run")
    assert good.data == {"DryRun": True, "Operations": {"CreateUser": 1}, "LeftOut": []}
    bad = manage("import-users", write(tmp_path, "ada,,Nobodies,"), "--dry-run")
    assert "row 2: " in bad.err
    assert users(tenant) == before
    assert AuditEvent.objects.filter(account_id=tenant.account_id).count() == records


def test_it_runs_with_the_rights_of_whoever_imports(tenant, manage, tmp_path):
    tenant.user("clerk")
    ran = manage("import-users", write(tmp_path, "ada,,,"), "--as-user", "clerk")
    assert "user/clerk is not authorized to perform: iam:CreateUser" in ran.err
    assert "ada" not in users(tenant)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "must name the columns"),
        ("Name,Path\nada,/", "must name the columns, UserName among them"),
        ("UserName,Group\nada,x", "no column 'Group': did you mean Groups?"),
        ("UserName,UserName\nada,x", "given twice"),
        ("UserName\nada,extra", "row 2 has 2 cells, but there are 1 columns"),
        ("UserName,Tags\nada,team", "row 2: the tag 'team' has no value"),
        ("UserName,Path\nada,team", "row 2: .*'team' at 'path'"),
        ("UserName,Path\n,/", "row 2: .*userName.*must not be null"),
        ("UserName\nada\nbob\nADA", "row 4: the user ADA is in row 2 already"),
        ('UserName\n"ada', "is not CSV"),
        ("UserName,Groups\nada,a b", "row 2: .*groupName"),
    ],
)
def test_a_file_with_faults_says_where_they_are(text, hint):
    with pytest.raises(ValidationError, match=hint):
        csv_users.plan(text)


def test_every_fault_is_told_at_once():
    with pytest.raises(ValidationError) as refused:
        csv_users.plan(f"{HEAD}\na b,,,\nok,,,\nc d,x,,t")
    assert list(refused.value.errors) == ["row 2", "row 4"]
    assert len(refused.value.errors["row 4"]) == 2


def test_blank_lines_and_a_byte_order_mark_do_not_count():
    plan = csv_users.plan("\ufeffUserName\r\nada\r\n\r\n,,,\r\nbob\r\n".replace(",,,", ""))
    assert [item.raw["UserName"] for item in plan.items] == ["ada", "bob"]


def test_an_export_is_safe_in_a_spreadsheet_and_comes_back(tenant, app, manage, tmp_path):
    tenant.run("iam:CreateGroup", group_name="-g")
    tenant.run(
        "iam:CreateUser",
        user_name="=cmd",
        path="/a,b/",
        tags=[{"key": "+k=1", "value": "-v"}, {"key": "z", "value": ""}],
    )
    tenant.run("iam:AddUserToGroup", group_name="-g", user_name="=cmd")
    tenant.run("iam:CreateUser", user_name="@sum")
    text = manage("export-users").out
    rows = {row["UserName"]: row for row in csv.DictReader(io.StringIO(text))}
    assert set(rows) == {"admin", "'=cmd", "'@sum"}
    assert rows["'=cmd"]["Groups"] == "'-g"
    assert rows["'=cmd"]["Tags"] == "'+k%3D1=-v;z="
    assert not any(cell.startswith(csv_users.FORMULA) for row in rows.values() for cell in row.values())
    from tests.support.tenants import open_account

    other = open_account(app)
    other.run("iam:CreateGroup", group_name="-g")
    file = tmp_path / "users.csv"
    file.write_text("".join(line for line in text.splitlines(keepends=True) if not line.startswith("admin")), "utf-8")
    assert manage("import-users", str(file), "--account", other.alias).code == 0
    back = User.objects.get(account_id=other.account_id, name="=cmd")
    assert (back.path, back.tags) == ("/a,b/", {"+k=1": "-v", "z": ""})


def test_an_export_shows_what_the_caller_may_see(tenant, manage):
    tenant.user("clerk")
    assert (
        "not authorized to perform: iam:GetAccountAuthorizationDetails"
        in manage("export-users", "--as-user", "clerk").err
    )


@given(
    st.text(alphabet=st.sampled_from("=+-@\t\r\n\0'ab,;\""), max_size=6).filter(lambda text: not text.startswith("'"))
)
def test_a_guarded_cell_is_no_formula_and_reads_back(text):
    guarded = csv_users.guarded(text)
    assert not guarded.startswith(csv_users.FORMULA)
    assert csv_users.unguarded(guarded) == text
    out = io.StringIO(newline="")
    csv.writer(out).writerow([guarded, "x"])
    assert next(csv.reader(io.StringIO(out.getvalue(), newline="")))[0] == guarded


def test_documents_and_csv_share_one_report(tenant, manage, tmp_path):
    report = manage("import-users", write(tmp_path, "ada,,,")).data
    assert set(report) == {"DryRun", "Operations", "LeftOut", "ConsistencyToken"}
    assert json.dumps(report)

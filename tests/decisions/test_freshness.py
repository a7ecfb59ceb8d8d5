"""What was taken away is gone from the next request on, in every thread and process; what was rolled back never was."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from iamconsole.replication import freshness
from iamconsole.replication.freshness import Kept, Stamp
from iamconsole.replication.projection import policy_sets
from iamconsole.replication.projection.rows import HOME
from iamconsole.runtime import batch, catalogue
from tests.decisions.asking import READ_REPORTS, Doors, arn
from tests.decisions.wire import document, statement
from tests.support.product import Product
from tests.support.tenants import Tenant, open_account

X = "arn:aws:s3:::reports/x"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def committed(transactional_db: Any, app: Any) -> Tenant:
    """An account that other connections see too."""
    return open_account(app)


def decision(tenant: Tenant, user: str = "ada") -> str:
    return str(Doors.of(tenant).authorize(arn(tenant, f"user/{user}"), "s3:GetObject", X)["decision"])


def give(tenant: Tenant) -> None:
    tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="p0", policy_document=READ_REPORTS)


def take(tenant: Tenant) -> None:
    tenant.run("iam:DeleteUserPolicy", user_name="ada", policy_name="p0")


def elsewhere(work: Any) -> Any:
    """Run in another thread, on a connection of its own."""

    def closed() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(closed).result()


@pytest.mark.parametrize("where", [lambda work: work(), elsewhere], ids=["own thread", "other thread"])
def test_a_change_is_seen_by_the_next_question(committed: Tenant, where: Any) -> None:
    committed.run("iam:CreateUser", user_name="ada")
    for _ in range(5):
        assert decision(committed) == "deny"
        where(lambda: give(committed))
        assert decision(committed) == "allow"
        where(lambda: take(committed))


def test_every_kind_of_revocation(committed: Tenant) -> None:
    committed.user("ada", READ_REPORTS)
    deny = document(statement("Deny", "*"))
    edge = committed.run("iam:CreatePolicy", policy_name="edge", policy_document=document(statement("Allow", "ec2:*")))
    committed.run("iam:CreateGroup", group_name="g")
    committed.run("iam:PutGroupPolicy", group_name="g", policy_name="d", policy_document=deny)
    ada = {"user_name": "ada"}
    changes = [
        (("iam:AddUserToGroup", {"group_name": "g"}), ("iam:RemoveUserFromGroup", {"group_name": "g"})),
        (
            ("iam:PutUserPermissionsBoundary", {"permissions_boundary": edge.policy.arn}),
            ("iam:DeleteUserPermissionsBoundary", {}),
        ),
        (
            ("iam:PutUserPolicy", {"policy_name": "d", "policy_document": deny}),
            ("iam:DeleteUserPolicy", {"policy_name": "d"}),
        ),
    ]
    for (closing, with_), (opening, and_) in changes:
        assert decision(committed) == "allow"
        elsewhere(lambda closing=closing, with_=with_: committed.run(closing, **ada, **with_))
        assert decision(committed) == "deny"
        elsewhere(lambda opening=opening, and_=and_: committed.run(opening, **ada, **and_))
    elsewhere(lambda: committed.run("iam:UpdateUser", user_name="ada", new_user_name="eve"))
    assert decision(committed) == "deny"
    assert decision(committed, "eve") == "allow"


def test_a_right_ends_with_whatever_gave_it(committed: Tenant) -> None:
    """Each change is about another row than the user's own."""
    committed.run("iam:CreateUser", user_name="ada")
    committed.run("iam:CreateGroup", group_name="g")
    committed.run("iam:AddUserToGroup", user_name="ada", group_name="g")
    nothing = document(statement("Allow", "ec2:*"))
    policy = committed.run("iam:CreatePolicy", policy_name="p", policy_document=READ_REPORTS).policy.arn
    own = {"group_name": "g", "policy_name": "own"}
    changes: list[tuple[str, dict[str, Any], str]] = [
        ("iam:PutGroupPolicy", own | {"policy_document": READ_REPORTS}, "allow"),
        ("iam:DeleteGroupPolicy", own, "deny"),
        ("iam:AttachGroupPolicy", {"group_name": "g", "policy_arn": policy}, "allow"),
        (
            "iam:CreatePolicyVersion",
            {"policy_arn": policy, "policy_document": nothing, "set_as_default": True},
            "deny",
        ),
        ("iam:SetDefaultPolicyVersion", {"policy_arn": policy, "version_id": "v1"}, "allow"),
        ("iam:DetachGroupPolicy", {"group_name": "g", "policy_arn": policy}, "deny"),
    ]
    assert decision(committed) == "deny"
    for action, members, expected in changes:
        elsewhere(lambda action=action, members=members: committed.run(action, **members))
        assert decision(committed) == expected, action


def test_changes_of_other_things_let_a_principal_stand(committed: Tenant, app: Any) -> None:
    committed.user("ada", READ_REPORTS)
    committed.run("iam:CreateGroup", group_name="others")
    doors = Doors.of(committed).bearing()
    question = {"principal": arn(committed, "user/ada"), "action": "s3:GetObject", "resource": X}
    doors.post("/api/v1/authorize", question)
    changes: list[tuple[str, dict[str, Any]]] = [
        ("iam:CreateUser", {"user_name": "bob"}),
        ("iam:PutUserPolicy", {"user_name": "bob", "policy_name": "p", "policy_document": READ_REPORTS}),
        ("iam:AddUserToGroup", {"user_name": "bob", "group_name": "others"}),
        ("iam:CreateAccessKey", {"user_name": "bob"}),
        ("iam:CreatePolicy", {"policy_name": "p", "policy_document": READ_REPORTS}),
    ]
    for action, members in changes:
        committed.run(action, **members)
        with CaptureQueriesContext(connection) as queries:
            doors.post("/api/v1/authorize", question)
        assert [query["sql"] for query in queries if "projected" in query["sql"]] == [], action


def test_what_changed_is_told_apart_for_a_while(committed: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond that, what is remembered is read anew, whatever it is about."""
    monkeypatch.setattr(freshness, "RECENT", 2)
    kept: Kept[str, str] = Kept(2)

    def keep() -> None:
        stamp = freshness.view().stamp(committed.account_id)
        kept.keep("x", "old", account_id=committed.account_id, stamp=stamp, depends={("user", "AIDAX")})

    keep()
    for number, expected in enumerate(["old", "old", "old"]):
        committed.run("iam:CreateUser", user_name=f"a{number}")
        assert kept.get("x", freshness.view()) == expected
    keep()
    for number in range(6):
        committed.run("iam:CreateUser", user_name=f"b{number}")
        freshness.view()
    assert kept.get("x", freshness.view()) is None


@pytest.mark.parametrize(
    ("entity", "ident", "verb", "expected"),
    [
        ("user", "AIDA1", "updated", True),
        ("user", "AIDA2", "updated", False),
        ("attachment", "AIDA1/arn", "created", True),
        ("membership", "AGPA1/AIDA1", "deleted", True),
        ("login_profile", "AIDA1", "updated", True),
        ("service", "billing", "updated", True),
        ("mfa", "arn", "enabled", False),
        ("resource_policy", "arn:aws:s3:::reports", "created", True),
        ("account", "123456789012", "reset", True),
        ("of a later version", "x", "updated", True),
    ],
)
def test_whether_a_change_is_about_a_row(entity: str, ident: str, verb: str, expected: bool) -> None:
    depends = {("user", "AIDA1"), ("service", "123456789012/billing"), ("resource_policy", freshness.ANY)}
    entry = (1, "request", "123456789012", entity, ident, verb)
    assert freshness.concerns(entry, depends, "123456789012") is expected
    strange = (1, "request", "210987654321", entity, ident, verb)
    assert freshness.concerns(strange, depends, "123456789012") is False
    of_aws = (1, "request", "aws", "account", "aws", "projected")
    assert freshness.concerns(of_aws, depends, "123456789012") is True


def test_what_was_rolled_back_leaves_nothing(committed: Tenant) -> None:
    """Its position in the log is given to another change; remembered under the position alone, the right would stay."""
    committed.run("iam:CreateUser", user_name="ada")
    call = committed.operator()
    ident = committed.run("iam:GetUser", user_name="ada").user.user_id
    put = catalogue.find("iam", "PutUserPolicy")
    assert put

    def items() -> Any:
        yield put, {"user_name": "ada", "policy_name": "p0", "policy_document": READ_REPORTS}
        inside = policy_sets.of("user", ident, committed.account_id)
        assert len(inside.policies.identity) == 1
        yield put, {"user_name": "nobody", "policy_name": "p0", "policy_document": READ_REPORTS}

    outcomes = batch.execute_batch(call, items())  # type: ignore[arg-type]
    assert [outcome.ok for outcome in outcomes] == [True, False]
    assert decision(committed) == "deny"
    committed.run("iam:CreateUser", user_name="bob")  # takes the position that was rolled back
    assert decision(committed) == "deny"
    assert policy_sets.of("user", ident, committed.account_id).policies.identity == ()


def test_other_accounts_changes_let_what_is_remembered_stand(committed: Tenant, app: Any) -> None:
    stranger = open_account(app)
    before = freshness.view()
    stamps = before.stamp(committed.account_id), before.stamp(stranger.account_id)
    stranger.run("iam:CreateUser", user_name="eve")
    after = freshness.view()
    assert after.stamp(committed.account_id) == stamps[0]
    assert after.stamp(stranger.account_id) != stamps[1]
    assert after.position(committed.account_id) > before.stamp(stranger.account_id).position


def test_no_query_while_nothing_changes(committed: Tenant, django_assert_max_num_queries: Any) -> None:
    committed.user("ada", READ_REPORTS)
    doors = Doors.of(committed).bearing()
    question = {"principal": arn(committed, "user/ada"), "action": "s3:GetObject", "resource": X}
    doors.post("/api/v1/authorize", question)
    most = 0 if connection.vendor == "sqlite" else 1
    with django_assert_max_num_queries(most):
        assert doors.post("/api/v1/authorize", [question] * 100).status == 200


def test_a_log_that_is_another_makes_everything_be_read_anew(committed: Tenant) -> None:
    """A restored backup, or a process that slept through too many changes."""
    committed.user("ada", READ_REPORTS)
    kept: Kept[str, str] = Kept(2)
    view = freshness.view()
    kept.keep("x", "old", account_id=committed.account_id, stamp=view.stamp(committed.account_id))
    assert kept.get("x", view) == "old"
    tail = freshness._tails[0]
    tail.head = Stamp(tail.head.position, "of another history")
    committed.run("iam:CreateUser", user_name="bob")
    assert kept.get("x", freshness.view()) is None


def test_what_is_remembered_is_bounded(committed: Tenant) -> None:
    kept: Kept[int, int] = Kept(3)
    view = freshness.view()
    for number in range(10):
        kept.keep(number, number, account_id=committed.account_id, stamp=view.stamp(committed.account_id))
    assert len(kept) == 3
    assert [kept.get(number, view) for number in (0, 9)] == [None, 9]


def test_a_snapshot_is_of_one_moment(committed: Tenant) -> None:
    committed.user("ada", READ_REPORTS)
    ident = committed.run("iam:GetUser", user_name="ada").user.user_id
    with freshness.snapshot():
        assert policy_sets._load(HOME, "user", ident, committed.account_id).policies.identity
        elsewhere(lambda: take(committed))
        assert policy_sets._load(HOME, "user", ident, committed.account_id).policies.identity
    assert not policy_sets._load(HOME, "user", ident, committed.account_id).policies.identity
    with transaction.atomic(), freshness.snapshot():
        assert connection.in_atomic_block


FORK = """
import os, sys
from iamconsole.wsgi import application
from django.db import connection
from iamconsole.replication import freshness
view = freshness.view()
inherited = connection.connection
child = os.fork()
if child == 0:
    fresh = connection.connection is None and freshness.view() is not view and connection.connection is not inherited
    os._exit(0 if fresh else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or (connection.connection is not inherited))
"""


@pytest.mark.slow
def test_processes_see_each_others_changes(tables: None, tmp_path: Path) -> None:
    """Two web processes, and a command as a third that takes the right away."""
    product = Product(tmp_path)
    made = product.bootstrap("fresh")
    product.manage("iam", "create-user", "--user-name", "ada", "--account", made["AccountId"])
    with product:
        product.start()
        ask = Asking(product, made)
        for _ in range(2):
            assert ask.many() == {"deny"}
            ask.change("put-user-policy", "--policy-name", "p", "--policy-document", READ_REPORTS)
            assert ask.many() == {"allow"}
            ask.change("delete-user-policy", "--policy-name", "p")
    forked = subprocess.run([sys.executable, "-c", FORK], cwd=ROOT, env=product.environment, check=False)
    assert forked.returncode == 0


class Asking:
    """Asks a running product often enough that each of its processes answers."""

    def __init__(self, product: Product, made: dict[str, Any]) -> None:
        from iamconsole.client import AccessKey, Client

        self.product, self.account_id = product, made["AccountId"]
        self.key = AccessKey(made["Admin"]["AccessKeyId"], made["Admin"]["SecretAccessKey"])
        self.new = lambda: Client(product.url, key=self.key)

    def many(self) -> set[str]:
        principal = f"arn:aws:iam::{self.account_id}:user/ada"
        found = set()
        for _ in range(12):  # connections of their own, so that they spread over the processes
            with self.new() as client:
                found.add("allow" if client.authorize(principal, "s3:GetObject", X) else "deny")
        return found

    def change(self, operation: str, *words: str) -> None:
        self.product.manage("iam", operation, "--user-name", "ada", *words, "--account", self.account_id)

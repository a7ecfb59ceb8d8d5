"""Two transactions on one holder at the same time: the projection is what the account's tables say afterwards.

They are made to meet where it matters: both are through with their handlers before either goes on record, and neither
writes what it projected before the other had the time to read. On SQLite, which has one writer, they queue.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import combinations_with_replacement
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection

from iamconsole.kernel.errors import Fault
from iamconsole.replication.projection import projector
from iamconsole.runtime import dispatch
from tests.support.tenants import Tenant, open_account
from tests.support.write_guard import guarded

PATIENCE = 0.04  # seconds that the first waits for the second, which may be queueing for a lock of the first's
AUDIT, ADMIN = (f"arn:aws:iam::aws:policy/{name}" for name in ("SecurityAudit", "AdministratorAccess"))


def allowing(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def trusting(arn: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


READ, WRITE = allowing("s3:Get*"), allowing("s3:Put*")
TAGS = [{"key": "team", "value": "red"}]
Members = Mapping[str, Any]
Step = tuple[str, Members]

# What a holder is made of, and what may happen to it; NAME stands for its name and OTHER for what goes with it.
USER: list[Step] = [
    ("CreateUser", {"user_name": "NAME"}),
    ("CreateGroup", {"group_name": "OTHER"}),
    ("PutUserPolicy", {"user_name": "NAME", "policy_name": "old", "policy_document": READ}),
    ("AttachUserPolicy", {"user_name": "NAME", "policy_arn": ADMIN}),
]
OF_USER: list[Step] = [
    ("AttachUserPolicy", {"user_name": "NAME", "policy_arn": AUDIT}),
    ("DetachUserPolicy", {"user_name": "NAME", "policy_arn": ADMIN}),
    ("PutUserPolicy", {"user_name": "NAME", "policy_name": "new", "policy_document": WRITE}),
    ("DeleteUserPolicy", {"user_name": "NAME", "policy_name": "old"}),
    ("PutUserPermissionsBoundary", {"user_name": "NAME", "permissions_boundary": ADMIN}),
    ("AddUserToGroup", {"user_name": "NAME", "group_name": "OTHER"}),
    ("CreateLoginProfile", {"user_name": "NAME", "password": "Correct-horse-7", "password_reset_required": True}),
    ("TagUser", {"user_name": "NAME", "tags": TAGS}),
    ("UpdateUser", {"user_name": "NAME", "new_path": "/x/"}),
    ("UpdateUser", {"user_name": "NAME", "new_user_name": "NAME-renamed"}),
    ("CreateAccessKey", {"user_name": "NAME"}),
    ("DeleteUser", {"user_name": "NAME"}),
]
GROUP: list[Step] = [
    ("CreateGroup", {"group_name": "NAME"}),
    ("CreateUser", {"user_name": "OTHER"}),
    ("PutGroupPolicy", {"group_name": "NAME", "policy_name": "old", "policy_document": READ}),
    ("AttachGroupPolicy", {"group_name": "NAME", "policy_arn": ADMIN}),
]
OF_GROUP: list[Step] = [
    ("AttachGroupPolicy", {"group_name": "NAME", "policy_arn": AUDIT}),
    ("DetachGroupPolicy", {"group_name": "NAME", "policy_arn": ADMIN}),
    ("PutGroupPolicy", {"group_name": "NAME", "policy_name": "new", "policy_document": WRITE}),
    ("DeleteGroupPolicy", {"group_name": "NAME", "policy_name": "old"}),
    ("AddUserToGroup", {"user_name": "OTHER", "group_name": "NAME"}),
    ("UpdateGroup", {"group_name": "NAME", "new_group_name": "NAME-renamed"}),
    ("DeleteUser", {"user_name": "OTHER"}),
    ("DeleteGroup", {"group_name": "NAME"}),
]
ROLE: list[Step] = [
    ("CreateUser", {"user_name": "OTHER"}),
    ("CreateRole", {"role_name": "NAME", "assume_role_policy_document": trusting("arn:aws:iam::ACCOUNT:user/OTHER")}),
    ("PutRolePolicy", {"role_name": "NAME", "policy_name": "old", "policy_document": READ}),
    ("AttachRolePolicy", {"role_name": "NAME", "policy_arn": ADMIN}),
]
OF_ROLE: list[Step] = [
    ("AttachRolePolicy", {"role_name": "NAME", "policy_arn": AUDIT}),
    ("DetachRolePolicy", {"role_name": "NAME", "policy_arn": ADMIN}),
    ("PutRolePolicy", {"role_name": "NAME", "policy_name": "new", "policy_document": WRITE}),
    ("DeleteRolePolicy", {"role_name": "NAME", "policy_name": "old"}),
    ("PutRolePermissionsBoundary", {"role_name": "NAME", "permissions_boundary": ADMIN}),
    ("UpdateAssumeRolePolicy", {"role_name": "NAME", "policy_document": trusting("arn:aws:iam::ACCOUNT:root")}),
    ("UpdateUser", {"user_name": "OTHER", "new_user_name": "OTHER-renamed"}),
    ("UpdateRole", {"role_name": "NAME", "max_session_duration": 7200}),
    ("TagRole", {"role_name": "NAME", "tags": TAGS}),
]
ARN = "arn:aws:iam::ACCOUNT:policy/NAME"
POLICY: list[Step] = [
    ("CreatePolicy", {"policy_name": "NAME", "policy_document": READ}),
    ("CreatePolicyVersion", {"policy_arn": ARN, "policy_document": WRITE}),
    ("CreateUser", {"user_name": "OTHER"}),
]
OF_POLICY: list[Step] = [
    ("CreatePolicyVersion", {"policy_arn": ARN, "policy_document": READ, "set_as_default": True}),
    ("SetDefaultPolicyVersion", {"policy_arn": ARN, "version_id": "v2"}),
    ("DeletePolicyVersion", {"policy_arn": ARN, "version_id": "v2"}),
    ("AttachUserPolicy", {"user_name": "OTHER", "policy_arn": ARN}),
    ("PutUserPermissionsBoundary", {"user_name": "OTHER", "permissions_boundary": ARN}),
    ("TagUser", {"user_name": "OTHER", "tags": TAGS}),
    ("DeletePolicy", {"policy_arn": ARN}),
]


class Meeting:
    """A place where two threads wait for each other, but not for long."""

    def __init__(self) -> None:
        self._gate = Barrier(2)

    def wait(self) -> None:
        try:
            self._gate.wait(PATIENCE)
        except BrokenBarrierError:
            return


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Two more meetings from now on: before an operation goes on record, and before it writes what it projected."""
    places: list[Meeting] = []
    record, project = dispatch.trail.done, dispatch.project

    def on_record(*arguments: Any) -> None:
        if places:
            places[0].wait()
        record(*arguments)

    def projected(*arguments: Any) -> Any:
        found = project(*arguments)
        if places:
            places[1].wait()
        return found

    monkeypatch.setattr(dispatch.trail, "done", on_record)
    monkeypatch.setattr(dispatch, "project", projected)

    def begin(on: bool = True) -> None:
        places[:] = [Meeting(), Meeting()] if on else []

    return begin


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parts", "steps"),
    [(USER, OF_USER), (GROUP, OF_GROUP), (ROLE, OF_ROLE), (POLICY, OF_POLICY)],
    ids=["user", "group", "role", "policy"],
)
def test_two_at_once_leave_the_projection_as_the_tables_are(
    transactional_db: Any, app: Any, meet: Callable[..., None], parts: list[Step], steps: list[Step]
) -> None:
    tenant = open_account(app)
    done = 0
    with ThreadPoolExecutor(2) as pool:
        for number, pair in enumerate(combinations_with_replacement(steps, 2)):
            meet(False)
            for step in parts:
                assert run(tenant, step, number)
            meet()
            done += sum(pool.map(partial(elsewhere, tenant, number), pair))
            found = projector.whole(tenant.account_id)
            assert not found, f"{pair} left {sorted(found.made)} and {found.gone}"
    assert done > number  # most pairs get along with each other


def run(tenant: Tenant, step: Step, number: int) -> bool:
    """Whether it was done, rather than refused because of what the other one did."""
    action, members = step
    text = json.dumps(members).replace("ACCOUNT", tenant.account_id)
    named = text.replace("NAME", f"n{number}").replace("OTHER", f"o{number}")
    try:
        tenant.run(f"iam:{action}", **json.loads(named))
    except Fault:
        return False
    return True


def elsewhere(tenant: Tenant, number: int, step: Step) -> bool:
    try:
        with guarded():
            return run(tenant, step, number)
    finally:
        connection.close()

"""`manage.py iam wait`."""

from __future__ import annotations

import pytest

from iamconsole.interfaces.cli import waiting
from iamconsole.replication import log


def test_a_change_that_is_here_is_told_at_once(tenant, manage):
    call = tenant.operator()
    from tests.support.tenants import run

    run(call, "iam:CreateUser", user_name="ada")
    ran = manage("iam", "wait", call.consistency_token)
    assert ran.code == 0
    assert ran.data == {"Position": call.position, "Regions": [{"Region": "home", "Applied": call.position}]}


def test_a_change_that_does_not_come_is_given_up_on(tenant, manage):
    ahead = log.token(tenant.account_id, log.position_of(tenant.account_id) + 1)
    ran = manage("iam", "wait", ahead, "--timeout", "0")
    assert ran.code == 255
    assert "after 0 seconds" in ran.err


def test_it_looks_until_the_position_is_reached(tenant):
    ahead = log.token(tenant.account_id, log.position_of(tenant.account_id) + 1)
    looks = waiting.progress(ahead, timeout=30, sleep=lambda _s: tenant.run("iam:CreateUser", user_name="x"))
    assert [seen.there for (seen,) in looks] == [False, True]


@pytest.mark.parametrize("token", ["nonsense", "t1.e30.AAAA"])
def test_a_token_that_is_not_ours_is_refused(db, manage, token):
    ran = manage("iam", "wait", token)
    assert ran.code == 254
    assert "consistency token is not valid" in ran.err

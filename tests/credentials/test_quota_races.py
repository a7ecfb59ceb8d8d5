"""Ten at once: each quota is filled exactly, on SQLite by its lock, on PostgreSQL by the user's or account's row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.models import ServerCertificate, ServiceSpecificCredential, SigningCertificate, SSHPublicKey
from iamconsole.audit import verification
from iamconsole.kernel.errors import Fault
from tests.query.aws import limit
from tests.support.keys import issued, key, ssh, uploaded
from tests.support.tenants import open_account
from tests.support.write_guard import guarded

AT_ONCE = 10
Ask = Callable[[int], tuple[str, dict[str, Any]]]

# What is asked for ten times → its rows, and how many there may be.
RACES: dict[str, tuple[Any, int, Ask]] = {
    "SSH public keys": (
        SSHPublicKey,
        5,
        lambda n: ("iam:UploadSSHPublicKey", {"user_name": "ada", "ssh_public_key_body": ssh(n)}),
    ),
    "signing certificates": (
        SigningCertificate,
        2,
        lambda n: ("iam:UploadSigningCertificate", {"user_name": "ada", "certificate_body": issued().pem}),
    ),
    "server certificates": (
        ServerCertificate,
        3,
        lambda n: ("iam:UploadServerCertificate", uploaded(issued(), f"web-{n}")),
    ),
    "service-specific credentials": (
        ServiceSpecificCredential,
        2,
        lambda n: (
            "iam:CreateServiceSpecificCredential",
            {"user_name": "ada", "service_name": "codecommit.amazonaws.com"},
        ),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", RACES)
def test_ten_parallel_uploads_leave_exactly_the_quota(transactional_db: Any, app: Any, what: str) -> None:
    model, quota, ask = RACES[what]
    tenant = open_account(app)
    tenant.run("iam:CreateUser", user_name="ada")
    limit(tenant, "ServerCertificatesPerAccount", 3)
    for number in range(AT_ONCE):
        key(number)
    gate = Barrier(AT_ONCE)

    def attempt(number: int) -> str:
        action, members = ask(number)
        gate.wait()
        try:
            with guarded():
                tenant.run(action, **members)
        except Fault as refused:
            return refused.code
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = Counter(pool.map(attempt, range(AT_ONCE)))
    assert answers == {"made": quota, "LimitExceeded": AT_ONCE - quota}
    assert model.objects.filter(account_id=tenant.account_id).count() == quota
    assert verification.verify(tenant.account_id).intact

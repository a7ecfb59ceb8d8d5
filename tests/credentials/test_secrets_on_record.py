"""No secret is on record: neither those made here nor what somebody pastes into the wrong member."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.errors import Fault
from iamconsole.replication.models import ChangeEntry, ProjectedRow
from tests.support.keys import issued, private_pem, ssh, uploaded
from tests.support.tenants import Tenant

SECRET = private_pem()
LINES = SECRET.splitlines()[1:-1]  # of base64: any one of them betrays the key
GIT, BEDROCK = "codecommit.amazonaws.com", "bedrock.amazonaws.com"

# Operation → members that are refused, with a private key somewhere.
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("iam:UploadSSHPublicKey", {"user_name": "ada", "ssh_public_key_body": SECRET}),
    ("iam:UploadSSHPublicKey", {"user_name": "ada", "ssh_public_key_body": ssh() + "\n" + SECRET}),
    ("iam:UploadSSHPublicKey", {"user_name": "ada", "ssh_public_key_body": SECRET * 20}),
    ("iam:UploadSSHPublicKey", {"user_name": "ada", "ssh_public_key_body": [SECRET]}),
    ("iam:UploadSigningCertificate", {"user_name": "ada", "certificate_body": SECRET}),
    ("iam:UploadSigningCertificate", {"user_name": "ada", "certificate_body": issued().pem + SECRET}),
    ("iam:UploadServerCertificate", uploaded(issued(1), private_key=SECRET)),
    ("iam:UploadServerCertificate", uploaded(issued(), certificate_body=issued().pem + SECRET)),
    ("iam:UploadServerCertificate", uploaded(issued(), certificate_chain=SECRET)),
    ("iam:UploadServerCertificate", uploaded(issued(), private_key=SECRET + "\u0100")),
    ("iam:UploadServerCertificate", uploaded(issued(), private_key={"x": SECRET})),
    ("iam:UploadServerCertificate", uploaded(issued(), name="not a name")),
]


def everything_stored() -> str:
    rows: list[Any] = []
    for model in (AuditEvent, ChangeEntry, ProjectedRow):
        rows += model._base_manager.values_list()
    return "\n".join(str(value) for row in rows for value in row)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as entries:
        yield lambda: f"{entries}\n{caplog.text}"


def test_a_private_key_is_in_no_record_and_no_log(tenant: Tenant, logged: Any) -> None:
    tenant.run("iam:CreateUser", user_name="ada")
    tenant.run("iam:UploadServerCertificate", **uploaded(issued(), "good"))
    with pytest.raises(Fault):
        tenant.run("iam:UploadServerCertificate", **uploaded(issued(), "good"))  # the name is taken
    for action, members in REFUSED:
        with pytest.raises(Fault) as refusal:
            tenant.run(action, **members)
        assert not any(line in refusal.value.message for line in LINES), action
    seen = everything_stored() + logged()
    assert "UploadServerCertificate" in seen
    assert not any(line in seen for line in LINES)


def test_the_secrets_made_here_are_in_no_record_and_no_log(tenant: Tenant, logged: Any) -> None:
    tenant.run("iam:CreateUser", user_name="ada")
    secrets = []
    for service in (GIT, BEDROCK):
        made = tenant.run("iam:CreateServiceSpecificCredential", user_name="ada", service_name=service)
        named = made.service_specific_credential.service_specific_credential_id
        again = tenant.run(
            "iam:ResetServiceSpecificCredential", user_name="ada", service_specific_credential_id=named
        ).service_specific_credential
        for shown in (made.service_specific_credential, again):
            secrets.append(shown.service_password or shown.service_credential_secret)
        tenant.run(
            "iamconsole:VerifyServiceSpecificCredential",
            service_name=service,
            service_user_name=again.service_user_name or again.service_credential_alias,
            service_password=secrets[-1],
        )
    seen = everything_stored() + logged()
    assert "HIDDEN_DUE_TO_SECURITY_REASONS" in seen
    assert len(set(secrets)) == 4
    assert not any(secret in seen for secret in secrets)

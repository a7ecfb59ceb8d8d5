"""What an account has besides its people: a service of its own, other credentials, views, settings, and regions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from iamconsole.replication.regions import applier, lags, status
from tests.console.client import sign_in
from tests.decisions.asking import Doors
from tests.support.keys import issued, ssh
from tests.support.servers import ValkeyServer
from tests.support.tenants import Tenant

REGION = "eu"
ACTIONS = (
    ("Read", "Read", "Shows an order"),
    ("List", "List", "Lists the orders of a customer"),
    ("Place", "Write", "Places an order"),
    ("Cancel", "Write", "Cancels an order that was not sent yet"),
    ("Refund", "Permissions management", "Pays back what an order cost"),
)
ASKED = (
    ("user/ada.lovelace", "orders:Read", "order/1815"),
    ("user/alan.turing", "orders:Cancel", "order/1912"),
    ("role/report-builder", "orders:Refund", "order/2026"),
)


@contextmanager
def second_region() -> Iterator[None]:
    """A region beside home, with a server of its own; `up_to_date` brings it the changes."""
    from django.test import override_settings

    with ValkeyServer(fresh=True) as server, override_settings(IAM_REGIONS={"home": "", REGION: server.url}):
        lags.forget()
        yield


def up_to_date() -> None:
    """What the worker does every few seconds."""
    status.polled()
    applier.apply(REGION)


def service(tenant: Tenant) -> dict[str, str]:
    """Registered, with a key that asked and was told no."""
    tenant.run(
        "iamconsole:RegisterService",
        service_prefix="orders",
        service_name="Orders",
        actions=[
            {
                "name": name,
                "access_level": level,
                "resource_types": ["order"],
                "description": description,
                "condition_keys": ["orders:Reason"] if name in ("Cancel", "Refund") else [],
            }
            for name, level, description in ACTIONS
        ],
        resource_types=[{"name": "order", "arn_template": "arn:${Partition}:orders:::order/${OrderId}"}],
        condition_keys=[{"name": "orders:Reason", "description": "Why it is done, such as damaged or late"}],
    )
    made = tenant.run("iamconsole:CreateServiceAccessKey", service_prefix="orders").access_key
    door = Doors(tenant.app, {"AccessKeyId": made.access_key_id, "SecretAccessKey": made.secret_access_key})
    for who, action, resource in ASKED:
        door.authorize(f"arn:aws:iam::{tenant.account_id}:{who}", action, f"arn:aws:orders:::{resource}")
    return {"service_key": str(made.access_key_id)}


def other_credentials(tenant: Tenant) -> dict[str, str]:
    """Of ada.lovelace, one of each kind."""
    ada = {"user_name": "ada.lovelace"}
    key = tenant.run("iam:UploadSSHPublicKey", **ada, ssh_public_key_body=ssh(comment="ada@engine"))
    certificate = tenant.run("iam:UploadSigningCertificate", **ada, certificate_body=issued().pem)
    git = tenant.run("iam:CreateServiceSpecificCredential", **ada, service_name="codecommit.amazonaws.com")
    return {
        "ssh_key": key.ssh_public_key.ssh_public_key_id,
        "certificate": certificate.certificate.certificate_id,
        "git": git.service_specific_credential.service_specific_credential_id,
    }


def views(tenant: Tenant) -> dict[str, str]:
    """Of the administrator's list of users: one of his own, and one that everybody has."""
    from accounts.models import SavedView

    browser = sign_in(tenant, "admin")
    for query, form in (
        ("filter=no-mfa&size=50", {"view_name": "Ask for MFA"}),
        ("filter=old-keys&sort=-activity", {"view_name": "Stale keys", "shared": "on"}),
    ):
        assert browser.post(f"/console/views/users/save/?{query}", form).status_code == 302
    mine = SavedView.objects.across_accounts("pictures").get(name="Ask for MFA")
    return {"view": str(mine.pk)}


def settings(tenant: Tenant) -> None:
    """Who is told of what, and what becomes of keys that nobody uses."""
    channels = [{"kind": "password-expiring", "channels": ["email"]}]
    tenant.run(
        "iamconsole:PutNotificationSettings", contacts=["security@example.com"], notice_days=7, channels=channels
    )
    tenant.run(
        "iamconsole:PutStaleCredentialSettings",
        enabled=True,
        unused_days=30,
        notice_days=14,
        exempt_users=["ken.thompson"],
        exempt_tag="break-glass",
    )
    tenant.run("iamconsole:SendTestNotification")

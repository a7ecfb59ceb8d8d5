"""An account in which every list has `size` entries, and the members by which List and Get operations name them."""

from __future__ import annotations

import zlib
from typing import Any
from uuid import uuid4

from django.utils.timezone import now

from accounts.access_keys.models import AccessKey
from accounts.attachments.models import Attachment
from accounts.federation.identifiers import federation_id
from accounts.groups.models import Group, Membership
from accounts.inline_policies.models import InlinePolicy
from accounts.instance_profiles.models import InstanceProfile
from accounts.mfa.models import Kind, MFADevice
from accounts.oidc_providers.models import OpenIDConnectProvider
from accounts.outbound_federation.models import OutboundIssuer
from accounts.password_policy.models import PasswordPolicy
from accounts.passwords.models import LoginProfile
from accounts.reports.models import CredentialReport
from accounts.roles.models import Role
from accounts.saml_providers.models import SAMLPrivateKey, SAMLProvider
from accounts.server_certificates.models import ServerCertificate
from accounts.service_credentials.models import ServiceSpecificCredential
from accounts.signing_certificates.models import SigningCertificate
from accounts.ssh_keys.models import SSHPublicKey
from accounts.users.models import User
from iamconsole.kernel.operation import Operation
from iamconsole.runtime import catalogue
from iamconsole.storage.identifiers import Prefix, unique_id
from policies.documents.models import ManagedPolicy, PolicyVersion
from tests.query.aws import ANYTHING, EC2
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up


def key_id(account_id: str, number: int = 0) -> str:
    return f"AKIA{account_id}{number:04d}"


def members(tenant: Tenant) -> dict[str, str]:
    """AWS's member names → the entity that has everything."""
    return {
        "UserName": "user-0",
        "GroupName": "group-0",
        "RoleName": "role-0",
        "InstanceProfileName": "profile-0",
        "PolicyName": "inline-0",
        "PolicyArn": f"arn:aws:iam::{tenant.account_id}:policy/policy-0",
        "VersionId": "v1",
        "AccessKeyId": key_id(tenant.account_id),
        "SSHPublicKeyId": key_id(tenant.account_id),
        "Encoding": "SSH",
        "ServerCertificateName": "certificate-0",
        "SerialNumber": f"arn:aws:iam::{tenant.account_id}:mfa/phone-0",
        "OpenIDConnectProviderArn": f"arn:aws:iam::{tenant.account_id}:oidc-provider/oidc-provider-0",
        "SAMLProviderArn": f"arn:aws:iam::{tenant.account_id}:saml-provider/saml-provider-0",
    }


def required(operation: Operation) -> list[str]:
    return [field.alias or "" for field in operation.input.model_fields.values() if field.is_required()]


NOT_HERE = frozenset({"ListOrganizationsFeatures"})
"""Answers nobody, as there are no organizations."""


def reading() -> list[Operation]:
    """Every List and Get operation of IAM that can be asked with `members`, and no more."""
    known = {*members(Tenant("0", "", {}, None)), "Filter"}
    return [
        operation
        for operation in catalogue.operations()
        if operation.service == "iam"
        and not operation.mutates
        and operation.name not in NOT_HERE
        and known.issuperset(required(operation))
    ]


def paged() -> list[Operation]:
    """Those of them that come page by page."""
    return [operation for operation in reading() if operation.pages]


def furnish(tenant: Tenant, size: int) -> None:
    """`size` of each kind; the first of each has `size` of everything that it can have."""
    with setting_up():
        _furnish(tenant.account_id, size)


def _furnish(account_id: str, size: int) -> None:
    def named(kind: str, prefix: Prefix, number: int, **more: Any) -> dict[str, Any]:
        name = f"{kind}-{number}"
        return {
            "account_id": account_id,
            "unique_id": unique_id(prefix),
            "name": name,
            "name_key": name,
            "created": now(),
            **more,
        }

    numbers, first = range(size), {"account_id": account_id, "created": now()}
    tags = {f"key-{n:04d}": "v" for n in numbers}
    policies = ManagedPolicy.objects.bulk_create(
        ManagedPolicy(**named("policy", Prefix.MANAGED_POLICY, n, updated=now(), last_version=size, tags=tags))
        for n in numbers
    )
    PolicyVersion.objects.bulk_create(
        PolicyVersion(policy=policy, number=n, document=ANYTHING, **first)
        for policy in policies
        for n in (range(1, size + 1) if policy is policies[0] else [1])
    )
    users = User.objects.bulk_create(
        User(**named("user", Prefix.USER, n, tags=tags, boundary=policies[0])) for n in numbers
    )
    groups = Group.objects.bulk_create(Group(**named("group", Prefix.GROUP, n)) for n in numbers)
    roles = Role.objects.bulk_create(
        Role(**named("role", Prefix.ROLE, n, tags=tags, trust_policy=EC2, boundary=policies[0])) for n in numbers
    )
    InstanceProfile.objects.bulk_create(
        InstanceProfile(**named("profile", Prefix.INSTANCE_PROFILE, n, tags=tags, role=roles[0])) for n in numbers
    )
    PasswordPolicy.objects.create(account_id=account_id)
    OpenIDConnectProvider.objects.bulk_create(
        OpenIDConnectProvider(unique_id=federation_id(), name=f"oidc-provider-{n}", tags=tags, **first) for n in numbers
    )
    providers = SAMLProvider.objects.bulk_create(
        SAMLProvider(**named("saml-provider", Prefix.ROLE, n, tags=tags, unique_id=federation_id())) for n in numbers
    )
    SAMLPrivateKey.objects.bulk_create(
        SAMLPrivateKey(id=federation_id(), provider=providers[0], sealed_key="", **first) for _ in range(2)
    )
    CredentialReport.objects.create(account_id=account_id, ordered=now(), generated=now(), content=zlib.compress(b""))
    OutboundIssuer.objects.create(id=str(uuid4()), **first)
    LoginProfile.objects.bulk_create(LoginProfile(user=user, changed=now(), **first) for user in users)
    AccessKey.objects.bulk_create(
        AccessKey(id=key_id(account_id, n), user=users[0], slot=n + 1, sealed_secret="", **first) for n in numbers
    )
    _other_credentials(account_id, users[0], size)
    ServerCertificate.objects.bulk_create(
        ServerCertificate(**named("certificate", Prefix.SERVER_CERTIFICATE, n, tags=tags, expires=now()))
        for n in numbers
    )
    MFADevice.objects.bulk_create(_phone(account_id, n, user=users[0], tags=tags) for n in numbers)
    Membership.objects.bulk_create(
        [Membership(user=users[0], group=group, **first) for group in groups]
        + [Membership(user=user, group=groups[0], **first) for user in users[1:]]
    )
    Attachment.objects.bulk_create(
        [Attachment(**{kind: owner}, policy=policies[0], **first) for kind, owner in _each(users, groups, roles)]
        + [
            Attachment(**{kind: rows[0]}, policy=policy, **first)
            for kind, rows in (("user", users), ("group", groups), ("role", roles))
            for policy in policies[1:]
        ]
    )
    InlinePolicy.objects.bulk_create(
        InlinePolicy(**{kind: owner}, name=f"inline-{n}", document=ANYTHING, account_id=account_id, updated=now())
        for kind, owner in (("user", users[0]), ("group", groups[0]), ("role", roles[0]))
        for n in numbers
    )


def _other_credentials(account_id: str, user: User, size: int) -> None:
    ids = [key_id(account_id, number) for number in range(size)]
    his = {"account_id": account_id, "user": user}
    SSHPublicKey.objects.bulk_create(SSHPublicKey(id=i, fingerprint=i, uploaded=now(), **his) for i in ids)
    SigningCertificate.objects.bulk_create(
        SigningCertificate(id=f"CERT{i}", fingerprint=i, uploaded=now(), **his) for i in ids
    )
    ServiceSpecificCredential.objects.bulk_create(
        ServiceSpecificCredential(id=i, service_name="logs.amazonaws.com", service_user_name=i, created=now(), **his)
        for i in ids
    )


def _phone(account_id: str, number: int, **more: Any) -> MFADevice:
    serial = f"arn:aws:iam::{account_id}:mfa/phone-{number}"
    made = {"kind": Kind.VIRTUAL, "name": f"phone-{number}", "created": now(), "enabled": now()}
    return MFADevice(account_id=account_id, serial_number=serial, serial_key=serial, **made, **more)


def _each(users: list[User], groups: list[Group], roles: list[Role]) -> list[tuple[str, Any]]:
    return [("user", u) for u in users] + [("group", g) for g in groups] + [("role", r) for r in roles]

"""Everything that has tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.instance_profiles import queries as profiles
from accounts.instance_profiles.resources import INSTANCE_PROFILE
from accounts.mfa import queries as devices
from accounts.mfa.resources import MFA_DEVICE
from accounts.mfa.shapes import SerialNumber
from accounts.oidc_providers import queries as oidc_providers
from accounts.oidc_providers.resources import OIDC_PROVIDER
from accounts.roles import queries as roles
from accounts.roles.resources import ROLE
from accounts.saml_providers import queries as saml_providers
from accounts.saml_providers.resources import SAML_PROVIDER
from accounts.server_certificates import queries as certificates
from accounts.server_certificates.resources import SERVER_CERTIFICATE
from accounts.server_certificates.shapes import ServerCertificateName
from accounts.tagging.declaring import Find, Tagged, declare
from accounts.users import queries as users
from accounts.users.resources import USER
from iamconsole.kernel.shapes import Arn, ExistingUserName, InstanceProfileName, RoleName
from policies.documents import queries as documents
from policies.documents.resources import POLICY, READABLE_POLICY


def _locking(find: Callable[..., Any]) -> Find:
    return lambda account_id, name: find(account_id, name, lock=True)


TAGGED = (
    Tagged("user", "a user", "user_name", ExistingUserName, "/users/{user_name}", USER, users.find, users.lock, True),
    Tagged("role", "a role", "role_name", RoleName, "/roles/{role_name}", ROLE, roles.find, roles.lock, True),
    Tagged(
        "instance_profile",
        "an instance profile",
        "instance_profile_name",
        InstanceProfileName,
        "/instance-profiles/{instance_profile_name}",
        INSTANCE_PROFILE,
        profiles.find,
        profiles.lock,
    ),
    Tagged(
        "policy",
        "a managed policy",
        "policy_arn",
        Arn,
        "/policies/{policy_arn}",
        POLICY,
        documents.managed,
        documents.lock,
        listed=READABLE_POLICY,
    ),
    Tagged(
        "server_certificate",
        "a server certificate",
        "server_certificate_name",
        ServerCertificateName,
        "/server-certificates/{server_certificate_name}",
        SERVER_CERTIFICATE,
        certificates.find,
        certificates.lock,
    ),
    Tagged(
        "mfa_device",
        "a virtual MFA device",
        "serial_number",
        SerialNumber,
        "/virtual-mfa-devices/{serial_number}",
        MFA_DEVICE,
        devices.find_virtual,
        _locking(devices.find_virtual),
    ),
    Tagged(
        "open_id_connect_provider",
        "an OpenID Connect provider",
        "open_id_connect_provider_arn",
        Arn,
        "/oidc-provider",
        OIDC_PROVIDER,
        oidc_providers.find,
        _locking(oidc_providers.find),
    ),
    Tagged(
        "saml_provider",
        "a SAML provider",
        "saml_provider_arn",
        Arn,
        "/saml-providers/{saml_provider_arn}",
        SAML_PROVIDER,
        saml_providers.find,
        _locking(saml_providers.find),
    ),
)


for _kind in TAGGED:
    declare(_kind)

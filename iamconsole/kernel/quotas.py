"""Quotas: AWS's defaults, by AWS's names; an operator may raise them per account.

Source: reference section 2.1 and 2.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from iamconsole.kernel.errors import LimitExceeded

DEFAULTS: dict[str, int] = {
    "UsersPerAccount": 5000,
    "GroupsPerAccount": 300,
    "RolesPerAccount": 1000,
    "InstanceProfilesPerAccount": 1000,
    "PoliciesPerAccount": 1500,
    "ServerCertificatesPerAccount": 20,
    "GroupsPerUser": 10,
    "PoliciesPerUser": 10,
    "PoliciesPerRole": 10,
    "PoliciesPerGroup": 10,
    "VersionsPerPolicy": 5,
    "PolicyVersionsInUse": 10000,
    "AccessKeysPerUser": 2,
    "AccessKeysPerService": 2,
    "SigningCertificatesPerUser": 2,
    "SSHPublicKeysPerUser": 5,
    "ServiceSpecificCredentialsPerUser": 2,  # and service
    "MFADevicesPerUser": 8,
    "VirtualMFADevicesPerAccount": 5000,
    "InstanceSessionsPerInstanceProfile": 1,
    "TagsPerResource": 50,
    "PolicySize": 6144,
    "UserPolicySize": 2048,
    "GroupPolicySize": 5120,
    "RolePolicySize": 10240,
    "ACLSizePerRole": 2048,
    "ResourcePolicySize": 20480,
    "ResourcePoliciesPerAccount": 5000,
    "ServicesPerAccount": 100,
    "OpenIdConnectProvidersPerAccount": 100,
    "ClientIdsPerOpenIdConnectProvider": 100,
    "SAMLProvidersPerAccount": 100,
    "PrivateKeysPerSAMLProvider": 2,
    "WorkloadsPerAccount": 5000,
    "SavedViewsPerAccount": 5000,
    "SavedViewsPerUser": 100,
}


@dataclass(frozen=True, slots=True)
class Quota:
    """A ceiling on how many there may be."""

    name: str
    limit: int

    def check(self, present: int, adding: int = 1) -> None:
        """Refuse when `present + adding` would exceed the limit (LimitExceeded, AWS's wording)."""
        if present + adding > self.limit:
            raise LimitExceeded(f"Cannot exceed quota for {self.name}: {self.limit}")

"""GetAccountSummary: what there is, beside the quotas (reference 2.1)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef

from accounts.access_keys.models import AccessKey
from accounts.groups.models import Group
from accounts.instance_profiles.models import InstanceProfile
from accounts.mfa.models import MFADevice
from accounts.roles.models import Role
from accounts.users.models import User
from iamconsole.kernel import quotas
from iamconsole.kernel.call import Call
from policies.documents.models import ManagedPolicy, PolicyVersion

COUNTED = {"Groups": Group, "InstanceProfiles": InstanceProfile, "Policies": ManagedPolicy, "Roles": Role}
QUOTAS = {
    "UsersQuota": "UsersPerAccount",
    "GroupsQuota": "GroupsPerAccount",
    "RolesQuota": "RolesPerAccount",
    "PoliciesQuota": "PoliciesPerAccount",
    "InstanceProfilesQuota": "InstanceProfilesPerAccount",
    "ServerCertificatesQuota": "ServerCertificatesPerAccount",
    "GroupsPerUserQuota": "GroupsPerUser",
    "AttachedPoliciesPerUserQuota": "PoliciesPerUser",
    "AttachedPoliciesPerGroupQuota": "PoliciesPerGroup",
    "AttachedPoliciesPerRoleQuota": "PoliciesPerRole",
    "AccessKeysPerUserQuota": "AccessKeysPerUser",
    "SigningCertificatesPerUserQuota": "SigningCertificatesPerUser",
    "VersionsPerPolicyQuota": "VersionsPerPolicy",
    "PolicyVersionsInUseQuota": "PolicyVersionsInUse",
    "PolicySizeQuota": "PolicySize",
    "UserPolicySizeQuota": "UserPolicySize",
    "GroupPolicySizeQuota": "GroupPolicySize",
    "RolePolicySizeQuota": "RolePolicySize",
    "AssumeRolePolicySizeQuota": "ACLSizePerRole",
}


def of(call: Call) -> dict[str, int]:
    """Every key of AWS's SummaryMap; what this installation does not keep counts zero."""
    account = {"account_id": call.account_id}
    limits = quotas.DEFAULTS | call.limits_of(call.account_id)
    root = _root(call.account_id)
    devices = MFADevice.objects.filter(**account).aggregate(all=Count("pk"), in_use=Count("user"))
    return {
        "Users": User.objects.filter(is_root=False, **account).count(),
        **{name: model.objects.filter(**account).count() for name, model in COUNTED.items()},
        **{name: limits[quota] for name, quota in QUOTAS.items()},
        "PolicyVersionsInUse": PolicyVersion.objects.filter(**account).count(),
        "AccountAccessKeysPresent": int(bool(root and root.has_keys)),
        "AccountPasswordPresent": int(bool(root and root.has_usable_password())),
        "AccountMFAEnabled": int(bool(root and root.has_mfa)),
        "AccountSigningCertificatesPresent": 0,
        "MFADevices": devices["all"],
        "MFADevicesInUse": devices["in_use"],
        "Providers": 0,
        "ServerCertificates": 0,
        "GlobalEndpointTokenVersion": 1,
    }


def _root(account_id: str) -> Any:
    """The root user, and whether access keys and MFA devices are his."""
    owned = {"account_id": account_id, "user": OuterRef("pk")}
    rows = User.objects.filter(account_id=account_id, is_root=True)
    return rows.annotate(
        has_keys=Exists(AccessKey.objects.filter(**owned)), has_mfa=Exists(MFADevice.objects.filter(**owned))
    ).first()

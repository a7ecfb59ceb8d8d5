"""GetAccountSummary: what there is, beside the quotas (reference 2.1)."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef

from accounts.access_keys.models import AccessKey
from accounts.groups.models import Group
from accounts.instance_profiles.models import InstanceProfile
from accounts.mfa.models import MFADevice
from accounts.roles.models import Role
from accounts.server_certificates.models import ServerCertificate
from accounts.signing_certificates.models import SigningCertificate
from accounts.users.models import User
from iamconsole.kernel import quotas
from iamconsole.kernel.call import Call
from policies.documents.models import ManagedPolicy, PolicyVersion

COUNTED = {
    "Groups": Group,
    "InstanceProfiles": InstanceProfile,
    "Policies": ManagedPolicy,
    "Roles": Role,
    "ServerCertificates": ServerCertificate,
}
OF_ROOT = {
    "AccountAccessKeysPresent": AccessKey,
    "AccountMFAEnabled": MFADevice,
    "AccountSigningCertificatesPresent": SigningCertificate,
}
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
    has = {name: Exists(model.objects.filter(user=OuterRef("pk"), **account)) for name, model in OF_ROOT.items()}
    root = User.objects.filter(is_root=True, **account).select_related("account").annotate(**has).first()
    devices = MFADevice.objects.filter(**account).aggregate(all=Count("pk"), in_use=Count("user"))
    return {
        "Users": User.objects.filter(is_root=False, **account).count(),
        **{name: model.objects.filter(**account).count() for name, model in COUNTED.items()},
        **{name: limits[quota] for name, quota in QUOTAS.items()},
        "PolicyVersionsInUse": PolicyVersion.objects.filter(**account).count(),
        **{name: int(bool(root and getattr(root, name))) for name in OF_ROOT},
        "AccountPasswordPresent": int(bool(root and root.has_usable_password())),
        "MFADevices": devices["all"],
        "MFADevicesInUse": devices["in_use"],
        "Providers": 0,
        "GlobalEndpointTokenVersion": root.account.token_version if root else 1,
    }

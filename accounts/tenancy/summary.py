"""GetAccountSummary: what there is, beside the quotas (reference 2.1)."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Subquery

from accounts.access_keys.models import AccessKey
from accounts.groups.models import Group
from accounts.instance_profiles.models import InstanceProfile
from accounts.mfa.models import MFADevice
from accounts.oidc_providers.models import OpenIDConnectProvider
from accounts.roles.models import Role
from accounts.saml_providers.models import SAMLProvider
from accounts.server_certificates.models import ServerCertificate
from accounts.signing_certificates.models import SigningCertificate
from accounts.tenancy.models import Account
from accounts.users.models import User
from iamconsole.kernel import quotas
from iamconsole.kernel.call import Call
from policies.documents.models import ManagedPolicy, PolicyVersion

COUNTED = {
    "Groups": Group,
    "InstanceProfiles": InstanceProfile,
    "MFADevices": MFADevice,
    "Policies": ManagedPolicy,
    "Roles": Role,
    "ServerCertificates": ServerCertificate,
}
PROVIDERS = {"OpenIDConnectProviders": OpenIDConnectProvider, "SAMLProviders": SAMLProvider}
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
    counts = _counts(call.account_id)
    return {
        "Users": User.objects.filter(**account).count() - bool(root),  # an index knows all, but not who is root
        **{name: counts[name] for name in COUNTED},
        **{name: limits[quota] for name, quota in QUOTAS.items()},
        "PolicyVersionsInUse": PolicyVersion.objects.filter(**account).count(),
        **{name: int(bool(root and getattr(root, name))) for name in OF_ROOT},
        "AccountPasswordPresent": int(bool(root and root.has_usable_password())),
        "MFADevicesInUse": MFADevice.objects.filter(user__isnull=False, **account).count(),
        "Providers": sum(counts[name] for name in PROVIDERS),
        "GlobalEndpointTokenVersion": root.account.token_version if root else 1,
    }


def _counts(account_id: str) -> dict[str, int]:
    """How many there are of each kind, in one query."""
    rows = {
        name: Subquery(
            model.objects.filter(account_id=account_id)
            .order_by()
            .values("account_id")
            .annotate(number=Count("pk"))
            .values("number")
        )
        for name, model in (COUNTED | PROVIDERS).items()
    }
    found = Account.objects.filter(pk=account_id).values(**rows).get()
    return {name: number or 0 for name, number in found.items()}

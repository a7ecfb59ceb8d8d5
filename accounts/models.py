"""Every model of this app, from the nouns that own them."""

from accounts.access_keys.models import AccessKey, KeySighting
from accounts.attachments.models import Attachment
from accounts.breakglass.models import BreakglassLink
from accounts.console_sessions.models import ConsoleSession
from accounts.deactivation.models import UserDeactivation
from accounts.groups.models import Group, Membership
from accounts.inline_policies.models import InlinePolicy
from accounts.instance_profiles.models import InstanceProfile
from accounts.master_keys.models import InheritedKey, MasterKey
from accounts.mfa.models import MFADevice, RecoveryCode, SecurityKey
from accounts.notifications.models import Notification, NotificationDelivery, NotificationSettings, SignInAddress
from accounts.oidc_providers.models import OpenIDConnectProvider, OpenIDConnectSignIn
from accounts.outbound_federation.models import IssuerKey, OutboundIssuer
from accounts.password_policy.models import PasswordPolicy
from accounts.passwords.models import LoginProfile, PreviousPassword
from accounts.reports.models import CredentialReport, LastAccessedJob
from accounts.resource_policies.models import ResourcePolicy
from accounts.roles.models import Role
from accounts.rotation.models import KeyRotation, RotationSchedule, RotationStep
from accounts.saml_providers.models import SAMLPrivateKey, SAMLProvider, SpentAssertion
from accounts.saved_views.models import DefaultView, SavedView
from accounts.server_certificates.models import ServerCertificate
from accounts.service_credentials.models import ServiceSpecificCredential
from accounts.service_keys.models import ServiceAccessKey
from accounts.service_linked_roles.models import RoleDeletion
from accounts.signing_certificates.models import SigningCertificate
from accounts.ssh_keys.models import SSHPublicKey
from accounts.stale_credentials.models import StaleCredentialSettings, StaleKeyNotice
from accounts.tenancy.models import Account, AccountProperty, QuotaOverride
from accounts.tokens.models import BearerToken
from accounts.users.models import User
from accounts.workloads.models import Workload

__all__ = [
    "AccessKey",
    "Account",
    "AccountProperty",
    "Attachment",
    "BearerToken",
    "BreakglassLink",
    "ConsoleSession",
    "CredentialReport",
    "DefaultView",
    "Group",
    "InheritedKey",
    "InlinePolicy",
    "InstanceProfile",
    "IssuerKey",
    "KeyRotation",
    "KeySighting",
    "LastAccessedJob",
    "LoginProfile",
    "MFADevice",
    "MasterKey",
    "Membership",
    "Notification",
    "NotificationDelivery",
    "NotificationSettings",
    "OpenIDConnectProvider",
    "OpenIDConnectSignIn",
    "OutboundIssuer",
    "PasswordPolicy",
    "PreviousPassword",
    "QuotaOverride",
    "RecoveryCode",
    "ResourcePolicy",
    "Role",
    "RoleDeletion",
    "RotationSchedule",
    "RotationStep",
    "SAMLPrivateKey",
    "SAMLProvider",
    "SSHPublicKey",
    "SavedView",
    "SecurityKey",
    "ServerCertificate",
    "ServiceAccessKey",
    "ServiceSpecificCredential",
    "SignInAddress",
    "SigningCertificate",
    "SpentAssertion",
    "StaleCredentialSettings",
    "StaleKeyNotice",
    "User",
    "UserDeactivation",
    "Workload",
]

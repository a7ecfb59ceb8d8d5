"""Every model of this app, from the nouns that own them."""

from accounts.access_keys.models import AccessKey, MasterKey
from accounts.attachments.models import Attachment
from accounts.breakglass.models import BreakglassLink
from accounts.groups.models import Group, Membership
from accounts.inline_policies.models import InlinePolicy
from accounts.instance_profiles.models import InstanceProfile
from accounts.oidc_providers.models import OpenIDConnectProvider
from accounts.outbound_federation.models import IssuerKey, OutboundIssuer
from accounts.passwords.models import LoginProfile
from accounts.resource_policies.models import ResourcePolicy
from accounts.roles.models import Role
from accounts.saml_providers.models import SAMLPrivateKey, SAMLProvider, SpentAssertion
from accounts.tenancy.models import Account, QuotaOverride
from accounts.tokens.models import BearerToken
from accounts.users.models import User

__all__ = [
    "AccessKey",
    "Account",
    "Attachment",
    "BearerToken",
    "BreakglassLink",
    "Group",
    "InlinePolicy",
    "InstanceProfile",
    "IssuerKey",
    "LoginProfile",
    "MasterKey",
    "Membership",
    "OpenIDConnectProvider",
    "OutboundIssuer",
    "QuotaOverride",
    "ResourcePolicy",
    "Role",
    "SAMLPrivateKey",
    "SAMLProvider",
    "SpentAssertion",
    "User",
]

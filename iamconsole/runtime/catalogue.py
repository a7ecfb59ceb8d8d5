"""Every operation there is: importing this module fills the registry and refuses an incomplete one."""

from __future__ import annotations

from importlib import import_module

from iamconsole.kernel.operation import REGISTRY, Operation
from policies import catalog

MODULES = (
    "accounts.access_keys.operations",
    "accounts.attachments.operations",
    "accounts.breakglass.operations",
    "accounts.console_sessions.operations",
    "accounts.deactivation.operations",
    "accounts.federation.inspecting",
    "accounts.federation.operations",
    "accounts.federation.trusting",
    "accounts.groups.operations",
    "accounts.importing.operations",
    "accounts.inline_policies.operations",
    "accounts.instance_profiles.operations",
    "accounts.master_keys.operations",
    "accounts.mfa.enrolment",
    "accounts.mfa.operations",
    "accounts.mfa.signin",
    "accounts.notifications.operations",
    "accounts.password_policy.operations",
    "accounts.passwords.changing",
    "accounts.oidc_providers.network",
    "accounts.oidc_providers.operations",
    "accounts.oidc_providers.sign_in",
    "accounts.outbound_federation.operations",
    "accounts.passwords.operations",
    "accounts.passwords.previewing",
    "accounts.passwords.signin",
    "accounts.reports.operations",
    "accounts.resource_policies.operations",
    "accounts.roles.operations",
    "accounts.roles.revoking",
    "accounts.rotation.advancing",
    "accounts.rotation.collecting",
    "accounts.rotation.operations",
    "accounts.rotation.scheduling",
    "accounts.saml_providers.operations",
    "accounts.saved_views.operations",
    "accounts.server_certificates.operations",
    "accounts.service_credentials.operations",
    "accounts.service_credentials.verification",
    "accounts.service_keys.operations",
    "accounts.service_linked_roles.operations",
    "accounts.signing_certificates.operations",
    "accounts.simulation.operations",
    "accounts.ssh_keys.operations",
    "accounts.stale_credentials.operations",
    "accounts.sts.operations",
    "accounts.sts.root_sessions",
    "accounts.sts.saml",
    "accounts.sts.signin",
    "accounts.sts.web_identity",
    "accounts.tagging.operations",
    "accounts.tenancy.authorization_details",
    "accounts.tenancy.opening",
    "accounts.tenancy.operations",
    "accounts.tenancy.properties",
    "accounts.tenancy.resetting",
    "accounts.tokens.operations",
    "accounts.users.operations",
    "accounts.workloads.issuing",
    "accounts.workloads.operations",
    "iamconsole.audit.access.operations",
    "iamconsole.audit.decisions.operations",
    "iamconsole.audit.history.operations",
    "iamconsole.audit.last_accessed.operations",
    "iamconsole.audit.operations",
    "iamconsole.replication.regions.operations",
    "iamconsole.runtime.previews.operations",
    "policies.documents.operations",
    "policies.drafts.operations",
    "policies.services.operations",
)

OWN = "iamconsole"
"""The service prefix of what AWS has no operation for."""

for _module in MODULES:
    import_module(_module)

# Policies may name our own actions; whoever validates or searches them looks into the catalogue of services.
catalog.register(
    catalog.Service.of(
        OWN,
        "IAM Console",
        actions=[
            catalog.Action(OWN, declared.name, catalog.AccessLevel(declared.access), description=declared.summary)
            for declared in REGISTRY.values()
            if declared.service == OWN
        ],
    )
)


def operations() -> tuple[Operation, ...]:
    """Every operation, ordered by action."""
    return tuple(REGISTRY[action] for action in sorted(REGISTRY))


def find(service: str, name: str) -> Operation | None:
    """The operation `CreateUser` of service `iam`, or None."""
    return REGISTRY.get(f"{service}:{name}")

"""Every operation there is: importing this module fills the registry and refuses an incomplete one."""

from __future__ import annotations

from importlib import import_module

from iamconsole.kernel.operation import REGISTRY, Operation

MODULES = (
    "accounts.access_keys.operations",
    "accounts.attachments.operations",
    "accounts.breakglass.operations",
    "accounts.groups.operations",
    "accounts.importing.operations",
    "accounts.inline_policies.operations",
    "accounts.instance_profiles.operations",
    "accounts.passwords.operations",
    "accounts.passwords.signin",
    "accounts.roles.operations",
    "accounts.sts.operations",
    "accounts.tagging.operations",
    "accounts.tenancy.authorization_details",
    "accounts.tenancy.opening",
    "accounts.tenancy.operations",
    "accounts.tenancy.resetting",
    "accounts.tokens.operations",
    "accounts.users.operations",
    "iamconsole.audit.operations",
    "policies.documents.operations",
)

for _module in MODULES:
    import_module(_module)


def operations() -> tuple[Operation, ...]:
    """Every operation, ordered by action."""
    return tuple(REGISTRY[action] for action in sorted(REGISTRY))


def find(service: str, name: str) -> Operation | None:
    """The operation `CreateUser` of service `iam`, or None."""
    return REGISTRY.get(f"{service}:{name}")

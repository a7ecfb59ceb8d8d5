"""Trust policies: who they name must exist, and is bound by unique id."""

from __future__ import annotations

from accounts.principals.queries import bindings
from accounts.roles.models import Role
from iamconsole.kernel.call import Call
from policies.documents import checks
from policies.engine import PolicyKind


def checked(call: Call, text: str) -> dict[str, str]:
    """The unique id of every user and role that a trust policy names, by ARN.

    MalformedPolicyDocument for a document that does not parse or that names somebody unknown in an account that is
    kept here; accounts kept elsewhere cannot be looked into.
    """
    return bindings(checks.checked(call, text, kind=PolicyKind.TRUST, quota="ACLSizePerRole"))


def follow(call: Call, old: str, new: str) -> None:
    """Write the new ARN of a renamed user into the trust policies of the account's roles that name it.

    Roles of other accounts go on trusting the same unique id under the name they wrote down.
    """
    naming = Role.objects.filter(account_id=call.account_id, trust_bindings__has_key=old)
    for role in naming.select_for_update().order_by("pk"):
        role.trust_policy = role.trust_policy.replace(f'"{old}"', f'"{new}"')
        role.trust_bindings[new] = role.trust_bindings.pop(old)
        role.save(update_fields=["trust_policy", "trust_bindings"])
        call.emit("role", role.unique_id, "updated")

"""Trust policies: who they name must exist, and is bound by unique id."""

from __future__ import annotations

from accounts.roles.models import Role
from accounts.tenancy.models import Account
from accounts.users.models import User
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import MalformedPolicyDocument
from policies.documents import checks
from policies.engine import PolicyKind

KINDS = {"user": User, "role": Role}


def checked(call: Call, text: str) -> dict[str, str]:
    """The unique id of every user and role that a trust policy names, by ARN.

    MalformedPolicyDocument for a document that does not parse or that names somebody unknown in an account that is
    kept here; accounts kept elsewhere cannot be looked into.
    """
    document = checks.checked(call, text, kind=PolicyKind.TRUST, quota="ACLSizePerRole")
    named = {value for statement in document.statements for kind, value in statement.principals if kind == "AWS"}
    return {arn: _unique_id(arn) for arn in sorted(named) if _is_entity(arn) and _kept_here(arn)}


def follow(account_id: str, old: str, new: str) -> None:
    """Write the new ARN of a renamed user into the trust policies of the account's roles that name it.

    Roles of other accounts go on trusting the same unique id under the name they wrote down.
    """
    for role in Role.objects.select_for_update().filter(account_id=account_id, trust_bindings__has_key=old):
        role.trust_policy = role.trust_policy.replace(f'"{old}"', f'"{new}"')
        role.trust_bindings[new] = role.trust_bindings.pop(old)
        role.save(update_fields=["trust_policy", "trust_bindings"])


def _is_entity(value: str) -> bool:
    parts = value.split(":", 5)
    return len(parts) == 6 and parts[2] == "iam" and parts[5].split("/")[0] in KINDS


def _kept_here(arn: str) -> bool:
    return Account.objects.filter(pk=arn.split(":")[4]).exists()


def _unique_id(arn: str) -> str:
    _, _, _, _, account_id, path = arn.split(":", 5)
    kind, *_, name = path.split("/")
    row = KINDS[kind].seek(account_id, name)
    if row is None or row.arn != arn:
        raise MalformedPolicyDocument(f'Invalid principal in policy: "AWS":"{arn}"')
    return row.unique_id

"""Bringing AWS's own managed policies up to date."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import Annotated

from accounts.tenancy.operator import demand_operator
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, MalformedPolicyDocument
from iamconsole.kernel.operation import Access, operation
from iamconsole.kernel.resources import ANYTHING
from iamconsole.kernel.shapes import LATIN, Arn, Items, OneOf, PolicyName, PolicyPath, Sensitive, Shape, Text
from iamconsole.storage.named import name_key
from policies.documents import checks, importing, shapes
from policies.documents.builtin import BuiltinPolicy
from policies.documents.models import ManagedPolicy
from policies.documents.queries import AWS

OUTCOMES = {"created": "Created", "updated": "Changed"}
# AWS publishes some 1,500, several megabytes: the trail keeps the digest of each document, not its text.
# Some are longer than what CreatePolicy takes.
Unrecorded = Annotated[str, Text(1, 1_048_576, LATIN), Sensitive]


class ManagedPolicyText(Shape):
    """A policy and its document as it shall be."""

    policy_name: PolicyName
    path: PolicyPath = "/"
    policy_document: Unrecorded
    description: shapes.PolicyDescription = ""


class ManagedPolicyOutcome(Shape):
    """What became of a policy, and the SHA-256 of its document."""

    arn: Arn
    outcome: Annotated[str, OneOf(("Created", "Changed"))]
    document_sha256: str


class PutManagedPoliciesResult(Shape):
    policies: list[ManagedPolicyOutcome]
    unchanged: int


@operation(
    Access.PERMISSIONS,
    on=ANYTHING,
    service="iamconsole",
    rest=None,
    errors=(InvalidInput, MalformedPolicyDocument),
)
def put_managed_policies(
    call: Call, *, policies: Annotated[list[ManagedPolicyText], Items(1)]
) -> PutManagedPoliciesResult:
    """Make AWS managed policies present with exactly these documents, all or none.

    The local operator's alone, upon the account `aws`. A document that differs becomes the new default version.
    """
    demand_operator(call)
    if call.account_id != AWS:
        raise InvalidInput(f"AWS managed policies belong to the account {AWS}, not to {call.account_id}.")
    wanted = _distinct(policies)
    _demand_sound(policies)
    present = set(ManagedPolicy.objects.filter(account_id=AWS).values_list("name_key", flat=True))
    outcomes = []
    for row in importing.put(_imported(call, policy) for policy in policies):
        verb = "updated" if row.name_key in present else "created"
        call.emit("policy", row.unique_id, verb, revokes=verb == "updated")
        outcomes.append(_outcome(row.arn, wanted[row.name_key], verb))
    return PutManagedPoliciesResult(policies=outcomes, unchanged=len(policies) - len(outcomes))


def _distinct(policies: list[ManagedPolicyText]) -> dict[str, ManagedPolicyText]:
    found = {name_key(policy.policy_name): policy for policy in policies}
    if len(found) < len(policies):
        twice = [name for name, n in Counter(name_key(p.policy_name) for p in policies).items() if n > 1]
        raise InvalidInput(f"given more than once: {', '.join(sorted(twice))}")
    return found


def _demand_sound(policies: list[ManagedPolicyText]) -> None:
    """Parse every document before any is written, and name all that do not parse."""
    faults = []
    for policy in policies:
        try:
            checks.parsed(policy.policy_document)
        except MalformedPolicyDocument as malformed:
            faults.append(f"{policy.policy_name}: {malformed.message}")
    if faults:
        raise MalformedPolicyDocument("; ".join(faults))


def _imported(call: Call, policy: ManagedPolicyText) -> importing.ImportedPolicy:
    """The id is that of a built-in policy of the same ARN, so it is equal in every installation."""
    described = BuiltinPolicy(
        name=policy.policy_name, path=policy.path, description=policy.description, document=policy.policy_document
    )
    return importing.ImportedPolicy(
        name=described.name,
        path=described.path,
        unique_id=described.unique_id,
        description=described.description,
        document=described.document,
        created=call.time,
    )


def _outcome(arn: str, policy: ManagedPolicyText, verb: str) -> ManagedPolicyOutcome:
    digest = sha256(policy.policy_document.encode()).hexdigest()
    return ManagedPolicyOutcome(arn=arn, outcome=OUTCOMES[verb], document_sha256=digest)

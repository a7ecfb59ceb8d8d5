"""What would this change change? Asked before a policy is published, detached or deleted."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.attachments.queries import holders
from iamconsole.audit.decisions.shapes import DenialContextEntry
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, LimitExceeded, MalformedPolicyDocument, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.shapes import Arn, PolicyDocument
from iamconsole.runtime.previews import shapes
from iamconsole.runtime.previews.previewing import Found, Preview, Replacement, preview
from policies.documents import checks
from policies.documents import queries as documents
from policies.documents.resources import READABLE_POLICY
from policies.engine import Compiled, Context, compiled
from policies.engine.context import Given
from policies.previews import Effect

MOST_CHANGES = 500  # that are listed; all are counted


@operation(
    Access.READ,
    on=READABLE_POLICY,
    service="iamconsole",
    rest=Rest("POST", "/policies/{policy_arn}/preview"),
    errors=(NoSuchEntity, InvalidInput, MalformedPolicyDocument, LimitExceeded),
)
def preview_policy_change(
    call: Call, *, policy_arn: Arn, policy_document: PolicyDocument | None = None, entity_arn: Arn | None = None
) -> shapes.PreviewPolicyChangeResult:
    """Tell who would gain and who would lose what by a change of a managed policy; nothing is changed.

    With `PolicyDocument`: if it became the default version. With `EntityArn`: if the policy were detached from that
    user, group or role; with neither, from all of them. Where the policy bounds, a detachment changes nothing.
    Everything that those whom it concerns used lately, and every action that the documents name, is decided twice:
    under the policies as they are, and as they would be.
    """
    if policy_document is not None and entity_arn is not None:
        raise InvalidInput("Give PolicyDocument or EntityArn: a policy is changed, or it is detached.")
    policy = documents.managed(call.account_id, policy_arn)
    present = documents.version(policy, f"v{policy.default_version}").document
    if policy_document is not None:
        checks.checked(call, policy_document, quota="PolicySize")
    change = Replacement(
        source_id=policy.unique_id,
        before=compiled(present),
        after=compiled(policy_document) if policy_document is not None else None,
    )
    concerned = holders(call.account_id, policy)
    if entity_arn is not None:
        # Whom the policy reaches another way as well keeps it.
        concerned = [holder for holder in concerned if holder.via == (entity_arn,)]
    return _shown(preview(call.account_id, concerned, change, now=call.time), change)


def _shown(made: Preview, change: Replacement) -> shapes.PreviewPolicyChangeResult:
    keys = _keys(change.documents)
    return shapes.PreviewPolicyChangeResult(
        changes=[_change(found, keys) for found in made.found[:MOST_CHANGES]],
        gaining=len({found.principal for found in made.found if found.change.effect is Effect.GAINS}),
        losing=len({found.principal for found in made.found if found.change.effect is Effect.LOSES}),
        losing_used=len(
            {found.principal for found in made.found if found.in_use and found.change.effect is Effect.LOSES}
        ),
        principals=made.principals,
        examined=made.examined,
        questions=made.questions,
        is_complete=made.complete and len(made.found) <= MOST_CHANGES,
    )


def _keys(policies: Iterable[Compiled]) -> frozenset[str]:
    """The condition keys that the documents read: the others of a request that was explain nothing here."""
    statements = (statement for policy in policies for statement in policy.document.statements)
    return frozenset(condition.key.lower() for statement in statements for condition in statement.conditions)


def _change(found: Found, keys: frozenset[str]) -> shapes.AccessChange:
    question, usage = found.change.question, found.usage
    return shapes.AccessChange(
        principal=found.principal,
        effect=found.change.effect.value,
        action=question.action,
        resource=question.resource,
        circumstances=[
            DenialContextEntry(key=key, values=_texts(value))
            for key, value in question.circumstances
            if key.lower() in keys
        ],
        last_used=usage.time if usage and usage.allowed else None,
        last_refused=usage.time if usage and not usage.allowed else None,
    )


def _texts(value: Given) -> list[str]:
    """A value of a condition key as texts, as the engine reads it."""
    read = Context({"key": value}).find("key")
    return [] if read is None else [read] if isinstance(read, str) else list(read)

"""What would this change change? Asked before a policy is published, attached, detached, written or deleted."""

from __future__ import annotations

from typing import Any

from accounts.attachments.queries import holders
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import (
    InvalidInput,
    LimitExceeded,
    MalformedPolicyDocument,
    NoSuchEntity,
    PolicyNotAttachable,
    UnmodifiableEntity,
)
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.shapes import Arn, PolicyDocument
from iamconsole.runtime.previews import answers, lockouts, planned, shapes, trusting
from iamconsole.runtime.previews.planned import Edits
from iamconsole.runtime.previews.previewing import preview
from iamconsole.runtime.previews.resources import CHANGED
from policies.documents import checks
from policies.documents import queries as documents
from policies.documents.resources import READABLE_POLICY
from policies.engine import compiled
from policies.previews import Replacement


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
    return shapes.PreviewPolicyChangeResult(**_told(call, {holder.unique_id: [change] for holder in concerned}))


@operation(
    Access.READ,
    on=CHANGED,
    service="iamconsole",
    rest=Rest("POST", "/access/preview"),
    errors=(
        NoSuchEntity,
        InvalidInput,
        MalformedPolicyDocument,
        LimitExceeded,
        PolicyNotAttachable,
        UnmodifiableEntity,
    ),
)
def preview_access_change(call: Call, *, changes: shapes.PlannedChanges) -> shapes.PreviewAccessChangeResult:
    """Tell who would gain and who would lose what by operations that are not run yet; nothing is changed.

    Each change is an operation by its action, with its members: an inline policy that is written or deleted, a managed
    policy that is attached or detached, a permissions boundary, a membership of a group, or a role's trust policy,
    which goes alone and tells who could assume the role. They are refused as the operations would refuse them, and
    looked at together. 200 principals at most are asked, those who were active last; `IsComplete` tells whether that
    was everything. The right to preview is needed for everything that the changes name.
    """
    if not any(change.action == trusting.ACTION for change in changes):
        return shapes.PreviewAccessChangeResult(**_told(call, planned.edits(call, changes)))
    if len(changes) > 1:
        raise InvalidInput(
            "The change of a trust policy is previewed alone: who can assume a role is another question."
        )
    made = trusting.preview(call, planned.request_of(changes[0]))
    return shapes.PreviewAccessChangeResult(**answers.members(made, lockouts.of_trust(made)))


def _told(call: Call, edits: Edits) -> dict[str, Any]:
    made = preview(call.account_id, edits, now=call.time, first=call.principal.unique_id)
    return answers.members(made, lockouts.of_edits(call, edits, made))

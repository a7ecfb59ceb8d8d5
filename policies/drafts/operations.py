"""Drafts of managed policies: each caller's own, kept until they are published, discarded or forgotten."""

from __future__ import annotations

from datetime import timedelta

from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity
from iamconsole.kernel.operation import Access, Rest, operation
from iamconsole.kernel.shapes import Arn, VersionId
from policies.documents import queries as documents
from policies.documents.models import ManagedPolicy
from policies.documents.resources import POLICY
from policies.drafts.models import PolicyDraft
from policies.drafts.shapes import DraftResult, DraftText
from policies.drafts.shapes import PolicyDraft as Shown

KEPT = timedelta(days=90)  # since it was last saved


@operation(
    Access.WRITE,
    on=POLICY,
    service="iamconsole",
    rest=Rest("PUT", "/policies/{policy_arn}/draft"),
    errors=(NoSuchEntity, InvalidInput),
)
def save_draft(
    call: Call, *, policy_arn: Arn, policy_document: DraftText, based_on: VersionId | None = None
) -> DraftResult:
    """Keep the caller's text of a managed policy, finished or not, without publishing it.

    `BasedOn` tells which version was the default when the caller began; without it, that of the draft there is, or the
    one that is the default now. Nobody else sees the draft. It is forgotten 90 days after it was last saved.
    """
    policy = documents.lock(call.account_id, policy_arn)
    PolicyDraft.objects.filter(account_id=call.account_id, updated__lt=call.time - KEPT).delete()
    row = _draft(call, policy) or PolicyDraft(
        account_id=call.account_id, policy=policy, owner=call.principal.user_id, based_on=policy.default_version
    )
    row.based_on = _number(policy, based_on) if based_on else row.based_on
    row.document, row.updated = policy_document, call.time
    row.save()
    return DraftResult(draft=_shown(policy, row))


@operation(
    Access.READ,
    on=POLICY,
    service="iamconsole",
    rest=Rest("GET", "/policies/{policy_arn}/draft"),
    errors=(NoSuchEntity, InvalidInput),
)
def get_draft(call: Call, *, policy_arn: Arn) -> DraftResult:
    """Show the caller's draft of a managed policy."""
    policy = documents.managed(call.account_id, policy_arn)
    row = _draft(call, policy)
    if row is None:
        raise NoSuchEntity(f"There is no draft of policy {policy_arn}.")
    return DraftResult(draft=_shown(policy, row))


@operation(
    Access.WRITE,
    on=POLICY,
    service="iamconsole",
    rest=Rest("DELETE", "/policies/{policy_arn}/draft", status=204),
    errors=(NoSuchEntity, InvalidInput),
)
def discard_draft(call: Call, *, policy_arn: Arn) -> None:
    """Delete the caller's draft of a managed policy; where there is none, nothing changes."""
    if row := _draft(call, documents.managed(call.account_id, policy_arn)):
        row.delete()


def _draft(call: Call, policy: ManagedPolicy) -> PolicyDraft | None:
    mine = PolicyDraft.objects.filter(account_id=call.account_id, policy=policy, owner=call.principal.user_id)
    found: PolicyDraft | None = mine.first()
    return found


def _number(policy: ManagedPolicy, version_id: str) -> int:
    """The number of a version there is or was."""
    named = documents.VERSION_ID.fullmatch(version_id)
    if named is None or int(named[1]) > policy.last_version:
        raise InvalidInput(f"BasedOn: policy {policy.arn} never had a version {version_id}.")
    return int(named[1])


def _shown(policy: ManagedPolicy, row: PolicyDraft) -> Shown:
    return Shown(
        policy_arn=policy.arn,
        policy_document=row.document,
        based_on=f"v{row.based_on}",
        is_current=row.based_on == policy.default_version,
        update_date=row.updated,
    )

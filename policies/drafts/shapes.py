"""Drafts as they are shown."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import UNICODE, Arn, Sensitive, Shape, Text, Timestamp, VersionId

# Half a policy may hold anything, a secret that was pasted by mistake too: what is not published goes on no record.
DraftText = Annotated[str, Text(0, 131072, UNICODE.replace("+", "*")), Sensitive]


class PolicyDraft(Shape):
    """A draft; `BasedOn` is the version that was the default when it was begun, `IsCurrent` whether it still is."""

    policy_arn: Arn
    policy_document: DraftText
    based_on: VersionId
    is_current: bool
    update_date: Timestamp


class DraftResult(Shape):
    draft: PolicyDraft

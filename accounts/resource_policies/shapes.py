"""Resource policies as the API shows them."""

from __future__ import annotations

from typing import Annotated

from iamconsole.kernel.shapes import Paged, Shape, StoredDocument, Text, Timestamp

ResourceArn = Annotated[str, Text(1, 2000, r"[\u0021-\u007E]+")]
ArnMarker = Annotated[str, Text(1, 2700, r"[\u0020-\u00FF]+")]
"""ARNs are longer than AWS's markers."""


class ResourcePolicySummary(Shape):
    """The policy of a resource without its document."""

    resource_arn: str
    create_date: Timestamp
    update_date: Timestamp


class ResourcePolicy(ResourcePolicySummary):
    """The policy of a resource; principals are shown as they are called now, deleted ones by unique id."""

    policy_document: StoredDocument


class ResourcePolicySummaryResult(Shape):
    resource_policy: ResourcePolicySummary


class GetResourcePolicyResult(Shape):
    resource_policy: ResourcePolicy


class ListResourcePoliciesResult(Paged):
    resource_policies: list[ResourcePolicySummary]

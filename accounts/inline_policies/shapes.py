"""Inline policies as AWS shows them."""

from __future__ import annotations

from iamconsole.kernel.shapes import Paged, PolicyName, Shape, StoredDocument


class GetUserPolicyResult(Shape):
    user_name: str
    policy_name: PolicyName
    policy_document: StoredDocument


class GetGroupPolicyResult(Shape):
    group_name: str
    policy_name: PolicyName
    policy_document: StoredDocument


class GetRolePolicyResult(Shape):
    role_name: str
    policy_name: PolicyName
    policy_document: StoredDocument


class ListPolicyNamesResult(Paged):
    policy_names: list[PolicyName]


class PolicyDetail(Shape):
    """An inline policy within GetAccountAuthorizationDetails."""

    policy_name: PolicyName
    policy_document: StoredDocument

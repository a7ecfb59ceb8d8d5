"""The document that `aws iam get-account-authorization-details` prints, as far as an import needs it.

Members that an import has no use for are ignored: AWS adds some every year.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic import ValidationError as PydanticError

from accounts.importing.texts import policy_text
from iamconsole.kernel import decoding
from iamconsole.kernel.errors import ValidationError
from iamconsole.kernel.names import aws_name

ROLE_ARN = re.compile(r'"(arn:[^":]+:iam::[0-9]+:role/[^"]+)"')
PolicyText = Annotated[str, BeforeValidator(policy_text)]


class Part(BaseModel):
    """A structure of the document, under AWS's member names."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=aws_name, populate_by_name=True)


class InlinePolicy(Part):
    policy_name: str
    policy_document: PolicyText


class AttachedPolicy(Part):
    policy_arn: str


class Boundary(Part):
    permissions_boundary_arn: str


class Tag(Part):
    key: str
    value: str = ""


class Holder(Part):
    """What users, groups and roles have in common."""

    path: str = "/"
    arn: str = ""
    attached_managed_policies: list[AttachedPolicy] = []
    permissions_boundary: Boundary | None = None
    tags: list[Tag] = []

    @property
    def raw_tags(self) -> list[dict[str, str]]:
        return [{"Key": tag.key, "Value": tag.value} for tag in self.tags]


class User(Holder):
    user_name: str
    user_policy_list: list[InlinePolicy] = []
    group_list: list[str] = []


class Group(Holder):
    group_name: str
    group_policy_list: list[InlinePolicy] = []


class InstanceProfile(Part):
    instance_profile_name: str
    path: str = "/"


class Role(Holder):
    role_name: str
    assume_role_policy_document: PolicyText
    description: str = ""
    max_session_duration: int | None = None
    role_policy_list: list[InlinePolicy] = []
    instance_profile_list: list[InstanceProfile] = []

    @property
    def trusted_roles(self) -> set[str]:
        """The ARNs of roles that the trust policy names."""
        return set(ROLE_ARN.findall(self.assume_role_policy_document))


class PolicyVersion(Part):
    document: PolicyText
    version_id: str
    is_default_version: bool = False

    @property
    def number(self) -> int:
        digits = self.version_id.lstrip("v").split(".")[0]
        return int(digits) if digits.isdecimal() else 0


class Policy(Part):
    policy_name: str
    path: str = "/"
    arn: str = ""
    description: str = ""
    policy_version_list: list[PolicyVersion] = []
    tags: list[Tag] = []


class Details(Part):
    """The whole document."""

    user_detail_list: list[User] = []
    group_detail_list: list[Group] = []
    role_detail_list: list[Role] = []
    policies: list[Policy] = []

    @property
    def own_policies(self) -> list[Policy]:
        """Those of the account; AWS's own, listed as far as they are in use, are here already."""
        return [policy for policy in self.policies if not policy.arn.startswith("arn:aws:iam::aws:")]


def read(content: Any) -> Details:
    """The document, or one ValidationError that names every member at fault."""
    if not isinstance(content, Mapping):
        raise ValidationError("the document must be the JSON object of get-account-authorization-details")
    try:
        return Details.model_validate(content)
    except PydanticError as refused:
        raise decoding.validation_error(refused, Details) from None

"""Documents that a new policy may begin with, each valid as it stands; what is to be replaced in it is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from iamconsole.interfaces.console.pages.policies import requiring_mfa

PARAMETER: Final = "start"
BUCKET, ROLE = "example-bucket", "ExampleRole"
ONESELF: Final = ["arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:user/*/${aws:username}"]
ANY_DEVICE: Final = "arn:aws:iam::*:mfa/*"
OWN_DEVICES: Final = ["arn:aws:iam::*:mfa/${aws:username}", "arn:aws:iam::*:mfa/${aws:username}-*"]
"""The console suggests such names for devices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """A beginning: its title, what it is for, the name and description it suggests, and what one must replace.

    `statements` are made for an account, by its id.
    """

    key: str
    title: Any
    text: Any
    name: str
    description: str
    statements: Callable[[str], list[dict[str, Any]]]
    notice: Any = ""

    def document(self, account_id: str) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": self.statements(account_id)}, indent=2) + "\n"

    @property
    def url(self) -> str:
        return f"{reverse('console:policy-create')}?{urlencode({PARAMETER: self.key})}"


def _own_credentials(_account_id: str) -> list[dict[str, Any]]:
    return [
        {
            "Sid": "SeeOneself",
            "Effect": "Allow",
            "Action": ["iam:GetUser", "iam:GetLoginProfile", "iam:ListAccessKeys", "iam:ListMFADevices"],
            "Resource": ONESELF,
        },
        {
            "Sid": "SeeTheRules",
            "Effect": "Allow",
            "Action": ["iam:GetAccountPasswordPolicy", "iam:ListVirtualMFADevices"],
            "Resource": "*",
        },
        {"Sid": "OwnPassword", "Effect": "Allow", "Action": "iam:ChangePassword", "Resource": ONESELF},
        {
            "Sid": "OwnKeys",
            "Effect": "Allow",
            "Action": [
                "iam:CreateAccessKey",
                "iam:DeleteAccessKey",
                "iam:GetAccessKeyLastUsed",
                "iam:UpdateAccessKey",
            ],
            "Resource": ONESELF,
        },
        {"Sid": "NewDevice", "Effect": "Allow", "Action": "iam:CreateVirtualMFADevice", "Resource": ANY_DEVICE},
        {
            "Sid": "OwnDevices",
            "Effect": "Allow",
            "Action": ["iam:EnableMFADevice", "iam:GetMFADevice", "iam:ResyncMFADevice"],
            "Resource": ONESELF,
        },
        {
            "Sid": "UnusedOwnDevices",
            "Effect": "Allow",
            "Action": "iam:DeleteVirtualMFADevice",
            "Resource": OWN_DEVICES,
        },
        {
            "Sid": "LoseADeviceWithAnother",
            "Effect": "Allow",
            "Action": "iam:DeactivateMFADevice",
            "Resource": ONESELF,
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        },
    ]


def _one_bucket(_account_id: str) -> list[dict[str, Any]]:
    bucket = f"arn:aws:s3:::{BUCKET}"
    return [
        {
            "Sid": "SeeWhatIsThere",
            "Effect": "Allow",
            "Action": ["s3:GetBucketLocation", "s3:ListBucket"],
            "Resource": bucket,
        },
        {
            "Sid": "ReadIt",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": f"{bucket}/*",
        },
    ]


def _one_role(account_id: str) -> list[dict[str, Any]]:
    role = f"arn:aws:iam::{account_id}:role/{ROLE}"
    return [{"Sid": "AssumeIt", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}]


def _without_mfa(_account_id: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = json.loads(requiring_mfa.mfa_document())["Statement"]
    return statements


OWN_CREDENTIALS: Final = Starter(
    key="own-credentials",
    title=_("Let people manage their own password, keys and MFA"),
    text=_("Everybody his own and nobody another's. A device goes only after a sign-in with MFA."),
    name="ManageOwnCredentials",
    description="Everybody may change his own password and manage his own access keys and MFA devices.",
    statements=_own_credentials,
    notice=_("Nothing needs to be replaced: ${aws:username} stands for whoever asks. Attach it to a group of people."),
)
STARTERS: Final = (
    OWN_CREDENTIALS,
    Starter(
        key="read-bucket",
        title=_("Read-only on one bucket"),
        text=_("Lists one S3 bucket and reads what is in it."),
        name="ReadExampleBucket",
        description="Lists one bucket and reads its objects.",
        statements=_one_bucket,
        notice=_("Replace “%(name)s” by the name of the bucket, in both statements.") % {"name": BUCKET},
    ),
    Starter(
        key="assume-role",
        title=_("Assume one role"),
        text=_("Lets people switch to a role of this account, if its trust policy lets them in, too."),
        name="AssumeExampleRole",
        description="Allows to assume one role.",
        statements=_one_role,
        notice=_("Replace “%(name)s” by the name of the role, with its path if it has one.") % {"name": ROLE},
    ),
    Starter(
        key="deny-without-mfa",
        title=_("Deny everything without MFA"),
        text=_("Without a second factor: nothing but setting one up and changing one's own password."),
        name=requiring_mfa.REQUIRE_MFA,
        description=requiring_mfa.DESCRIPTION,
        statements=_without_mfa,
        notice=_(
            "Nothing needs to be replaced. Access keys alone do nothing any more for whoever has it: sts "
            "get-session-token with a code does."
        ),
    ),
)
BY_KEY: Final = {starter.key: starter for starter in STARTERS}


def offered(chosen: Starter | None) -> list[dict[str, Any]]:
    """The beginnings as links."""
    return [{"label": each.title, "text": each.text, "url": each.url, "current": each is chosen} for each in STARTERS]

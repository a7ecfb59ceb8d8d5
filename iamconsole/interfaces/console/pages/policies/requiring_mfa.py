"""The policy that demands a second factor: nothing but setting one up without it."""

from __future__ import annotations

import json

from iamconsole.kernel.sessions import MFA_PRESENT

REQUIRE_MFA = "RequireMFA"
DESCRIPTION = "Without a second factor: nothing but setting one up and changing one's own password."
OWN_DEVICES = ("iam:EnableMFADevice", "iam:GetMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice")
NEW_DEVICES = ("iam:CreateVirtualMFADevice", "iam:ListVirtualMFADevices")
WITHOUT_MFA = (
    *OWN_DEVICES,
    *NEW_DEVICES,
    "iam:ChangePassword",
    "iam:GetAccountPasswordPolicy",
    "iam:GetUser",
    "sts:GetSessionToken",
)
"""What a user needs before there is a second factor."""


def mfa_document() -> str:
    """One's own devices may be managed; everything else takes a second factor."""
    own = ["arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:user/*/${aws:username}"]
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "SetUpOnesOwnSecondFactor",
                    "Effect": "Allow",
                    "Action": NEW_DEVICES,
                    "Resource": "arn:aws:iam::*:mfa/*",
                },
                {
                    "Sid": "OfOneself",
                    "Effect": "Allow",
                    "Action": OWN_DEVICES,
                    "Resource": own,
                },
                {
                    "Sid": "NothingElseWithoutIt",
                    "Effect": "Deny",
                    "NotAction": WITHOUT_MFA,
                    "Resource": "*",
                    "Condition": {"BoolIfExists": {MFA_PRESENT: "false"}},
                },
            ],
        },
        indent=2,
    )

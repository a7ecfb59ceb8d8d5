"""What a message about bad input says, and what it never says."""

from __future__ import annotations

import pytest

from iamconsole.kernel.errors import ValidationError
from iamconsole.kernel.operation import REGISTRY

CANARY = "C4nary-secret"


@pytest.mark.parametrize(
    "raw",
    [
        {"UserName": "ada", "Password": CANARY * 20},
        {"user_name": "ada", "password": CANARY * 20},
        {"UserName": "ada", "Pasword": CANARY},
        {"UserName": "ada", "Password": f"{CANARY}\N{NULL}"},
    ],
)
def test_a_refused_secret_is_not_repeated(raw: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        REGISTRY["iam:CreateLoginProfile"].decode(raw)
    assert CANARY not in f"{refused.value.message} {refused.value.errors}"


@pytest.mark.parametrize("member", ["UserName", "user_name"])
def test_paths_are_written_as_aws_writes_them_whatever_the_input_calls_them(member: str) -> None:
    with pytest.raises(ValidationError) as refused:
        REGISTRY["iam:CreateUser"].decode(
            {member: "a b", "Tags": [{"Key": "k", "Value": "v"}, {"Key": "", "Value": ""}]}
        )
    assert set(refused.value.errors) == {"userName", "tags.2.member.key"}


def test_an_operation_without_input_refuses_members() -> None:
    with pytest.raises(ValidationError, match="'anything' failed to satisfy constraint: Member is not known"):
        REGISTRY["iam:GetAccountSummary"].decode({"Anything": 1})

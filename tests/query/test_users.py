"""Users through the Query API with a stock boto3."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_a_user_is_created_shown_and_listed(iam: Any) -> None:
    made = iam.create_user(UserName="ada", Path="/team/", Tags=[{"Key": "team", "Value": "red"}])["User"]
    assert made["Arn"].endswith(":user/team/ada") and made["UserId"].startswith("AIDA")
    assert iam.get_user(UserName="ada")["User"]["Tags"] == [{"Key": "team", "Value": "red"}]
    assert [u["UserName"] for u in iam.list_users(PathPrefix="/team/")["Users"]] == ["ada"]


def test_bad_input_is_refused_in_aws_words(iam: Any) -> None:
    with pytest.raises(ClientError, match="1 validation error detected: Value 'a b' at 'userName'"):
        iam.create_user(UserName="a b")

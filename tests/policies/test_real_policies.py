"""AWS's own managed policies, as moto bundles them, through our storage: every one comes back byte for byte."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from iamconsole.kernel.errors import MalformedPolicyDocument
from policies.documents import checks, importing
from policies.documents.models import ManagedPolicy, PolicyVersion
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1)
def real() -> list[importing.ImportedPolicy]:
    data: dict[str, Any] = json.loads(aws_managed_policies_data)
    return [
        importing.ImportedPolicy(
            name=name,
            path=policy["Path"],
            unique_id=f"ANPATEST{number:013d}",
            description="",
            document=json.dumps(policy["Document"], indent=number % 5 or None),
            created=NOW,
        )
        for number, (name, policy) in enumerate(sorted(data.items()))
    ]


def test_there_are_many() -> None:
    assert len(real()) > 1400


@pytest.mark.slow
def test_each_is_stored_and_comes_back_byte_for_byte(tenant: Tenant) -> None:
    with setting_up():
        importing.put(real())
    texts = {
        f"{row.policy.path}{row.policy.name}": row.document
        for row in PolicyVersion.objects.filter(account_id="aws").select_related("policy").order_by("number")
    }
    assert all(texts[f"{policy.path}{policy.name}"] == policy.document for policy in real())
    arn = ManagedPolicy.objects.get(account_id="aws", name="ReadOnlyAccess").arn
    version = tenant.client().get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    shown = tenant.client().get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    (ours,) = [policy for policy in real() if policy.name == "ReadOnlyAccess"]
    assert shown == json.loads(ours.document)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}', "line 1, column"),
        ('{"Version":"2012-10-17",\n"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}', "line 2, column"),
        (
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}]}',
            "Effect",
        ),
        ('{"Version":"2011-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}', "2011-10-17"),
        ("not json", "line 1, column 1"),
    ],
)
def test_a_malformed_one_is_refused_with_message_and_position(text: str, where: str) -> None:
    with pytest.raises(MalformedPolicyDocument) as refused:
        checks.parsed(text)
    assert where in refused.value.message

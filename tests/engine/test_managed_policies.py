"""AWS's own managed policies are all read, compiled and decided."""

import json

from moto.iam.aws_managed_policies import aws_managed_policies_data

from policies.engine import Bound, Outcome, Policies, Request, Source, authorize, compiled
from tests.engine.corpus import PRINCIPALS

MANAGED = {name: json.dumps(policy["Document"]) for name, policy in json.loads(aws_managed_policies_data).items()}


def test_all_compile():
    assert len(MANAGED) > 1_000
    for name, text in MANAGED.items():
        policy = compiled(text)
        written = json.loads(text)["Statement"]
        assert (
            len(policy.rules) == len(policy.document.statements) == (len(written) if isinstance(written, list) else 1)
        ), name


def outcome(name: str, action: str, resource: str) -> Outcome:
    policies = Policies(identity=(Bound(Source(name, "aws-managed"), compiled(MANAGED[name])),))
    return authorize(Request(PRINCIPALS["ada"], action, resource), policies).outcome


def test_what_some_of_them_say():
    user = "arn:aws:iam::111111111111:user/ada"
    assert outcome("AdministratorAccess", "iam:CreateUser", user) is Outcome.ALLOW
    assert outcome("PowerUserAccess", "s3:GetObject", "arn:aws:s3:::b/k") is Outcome.ALLOW
    assert outcome("PowerUserAccess", "iam:CreateUser", user) is Outcome.IMPLICIT_DENY
    assert outcome("PowerUserAccess", "iam:ListRoles", "*") is Outcome.ALLOW
    assert outcome("AmazonS3ReadOnlyAccess", "s3:GetObject", "arn:aws:s3:::b/k") is Outcome.ALLOW
    assert outcome("AmazonS3ReadOnlyAccess", "s3:PutObject", "arn:aws:s3:::b/k") is Outcome.IMPLICIT_DENY
    assert outcome("AWSDenyAll", "s3:GetObject", "arn:aws:s3:::b/k") is Outcome.EXPLICIT_DENY

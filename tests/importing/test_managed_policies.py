"""`manage.py import-managed-policies`: AWS's own policies, all or none."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from accounts.importing import managed_policies
from iamconsole.audit.models import AuditEvent
from iamconsole.kernel.errors import ValidationError
from iamconsole.replication.models import ChangeEntry
from policies.documents.models import ManagedPolicy, PolicyVersion

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
ARN = "arn:aws:iam::aws:policy"
AWS = {"account_id": "aws"}


def write(place, content):
    file = place / "policies.json"
    file.write_text(json.dumps(content))
    return str(file)


def test_policies_are_created_changed_and_left_alone(db, manage, tmp_path):
    content = {"NewAccess": DOCUMENT, f"{ARN}/job-function/NewJob": DOCUMENT}
    changes = ChangeEntry.objects.filter(**AWS).count()
    first = manage("import-managed-policies", write(tmp_path, content)).data
    assert first == {
        "DryRun": False,
        "Created": [f"{ARN}/NewAccess", f"{ARN}/job-function/NewJob"],
        "Changed": [],
        "Unchanged": 0,
    }
    assert ChangeEntry.objects.filter(**AWS).count() == changes + 2
    content["NewAccess"] = {**DOCUMENT, "Id": "revised"}
    second = manage("import-managed-policies", write(tmp_path, content)).data
    assert (second["Created"], second["Changed"], second["Unchanged"]) == ([], [f"{ARN}/NewAccess"], 1)
    assert ChangeEntry.objects.filter(**AWS).count() == changes + 3
    policy = ManagedPolicy.objects.get(name="NewAccess", **AWS)
    assert policy.default_version == 2
    assert json.loads(PolicyVersion.objects.get(policy=policy, number=2).document)["Id"] == "revised"


def test_it_is_on_record_with_digests_instead_of_megabytes(db, manage, tmp_path):
    manage("import-managed-policies", write(tmp_path, {"NewAccess": DOCUMENT}))
    record = json.loads(AuditEvent.objects.filter(**AWS).latest("sequence").body)
    assert record["eventName"] == "PutManagedPolicies"
    assert record["userIdentity"]["type"] == "Operator"
    assert "s3:Get*" not in json.dumps(record)
    (outcome,) = record["responseElements"]["policies"]
    assert (outcome["arn"], outcome["outcome"]) == (f"{ARN}/NewAccess", "Created")
    assert len(outcome["documentSha256"]) == 64


def test_a_dry_run_writes_nothing(db, manage, tmp_path):
    before = ManagedPolicy.objects.filter(**AWS).count()
    ran = manage("import-managed-policies", write(tmp_path, {"NewAccess": DOCUMENT}), "--dry-run").data
    assert ran["DryRun"] is True
    assert ran["Created"] == [f"{ARN}/NewAccess"]
    assert ManagedPolicy.objects.filter(**AWS).count() == before


def test_one_bad_document_keeps_all_of_them_out_and_every_bad_one_is_named(db, manage, tmp_path):
    before = ManagedPolicy.objects.filter(**AWS).count()
    bad = {"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps", "Action": "*", "Resource": "*"}]}
    ran = manage("import-managed-policies", write(tmp_path, {"Good": DOCUMENT, "BadOne": bad, "BadTwo": bad}))
    assert ran.code == 1
    assert "BadOne: " in ran.err
    assert "BadTwo: " in ran.err
    assert ManagedPolicy.objects.filter(**AWS).count() == before


def test_an_account_of_people_is_no_place_for_them(tenant, manage):
    ran = manage(
        "iam",
        "put-managed-policies",
        "--policies",
        json.dumps([{"PolicyName": "p", "PolicyDocument": json.dumps(DOCUMENT)}]),
    )
    assert ran.code == 254
    assert "belong to the account aws" in ran.err


def test_a_policy_given_twice_is_refused(db, manage, tmp_path):
    ran = manage("import-managed-policies", write(tmp_path, {"One": DOCUMENT, "ONE": DOCUMENT}))
    assert "given more than once: one" in ran.err


VERSIONS = [
    {"VersionId": "v2", "IsDefaultVersion": True, "Document": DOCUMENT},
    {"VersionId": "v1", "IsDefaultVersion": False, "Document": {}},
]


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ({"P": DOCUMENT}, "/"),
        ({"P": json.dumps(DOCUMENT)}, "/"),
        ({f"{ARN}/service-role/P": DOCUMENT}, "/service-role/"),
        ({"P": {"Path": "/x/", "Document": DOCUMENT, "DefaultVersionId": "v3", "CreateDate": "2020-01-01"}}, "/x/"),
        ({"P": {"Path": "/x/", "Document": quote(json.dumps(DOCUMENT))}}, "/x/"),
        ({"Policies": [{"PolicyName": "P", "Arn": f"{ARN}/x/P", "Path": "/x/", "PolicyVersionList": VERSIONS}]}, "/x/"),
    ],
)
def test_every_shape_of_file_means_the_same(content, path):
    (policy,) = managed_policies.parsed(content)
    assert (policy["PolicyName"], policy["Path"]) == ("P", path)
    assert json.loads(policy["PolicyDocument"]) == DOCUMENT


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ([], "JSON object of policies"),
        ({}, "JSON object of policies"),
        ({"P": 7}, "P: a policy document must be a JSON object"),
        ({"P": "nonsense"}, "P: the policy document is not JSON"),
        ({"arn:aws:iam::123456789012:policy/P": DOCUMENT}, "only policies of AWS's own"),
        ({"P": {"Path": "/"}}, "neither a Document nor a default version"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(content, hint):
    with pytest.raises(ValidationError, match=hint):
        managed_policies.parsed(content)


@pytest.mark.slow
def test_all_of_awss_policies_as_moto_has_them(db, manage, tmp_path):
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    file = tmp_path / "all.json"
    file.write_text(aws_managed_policies_data)
    ran = manage("import-managed-policies", str(file))
    assert ran.code == 0, ran.err
    known = json.loads(aws_managed_policies_data)
    assert len(ran.data["Created"]) + len(ran.data["Changed"]) + ran.data["Unchanged"] == len(known)
    again = manage("import-managed-policies", str(file)).data
    assert (again["Created"], again["Changed"], again["Unchanged"]) == ([], [], len(known))

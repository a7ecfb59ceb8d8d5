"""A stock boto3 `iam-toolbox` client explains what a stock `iam` client was refused."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.model import Shape as ModelShape

from tests.decisions_record.support import Denied
from tests.query.aws import allow, deny, document, policy, tags
from tests.support import inprocess
from tests.support.tenants import Tenant

MODEL = ServiceModel(Loader().load_service_model("iam-toolbox", "service-2"), "iam-toolbox")
NO_IAM = deny("iam:List*") | {"Sid": "NoIam"}
READ = allow("s3:GetObject", "arn:aws:s3:::reports/*") | {"Sid": "Read"}


def details(tenant: Tenant, authorization_id: str, key: dict[str, str] | None = None) -> dict[str, Any]:
    answer = tenant.client("iam-toolbox", key).get_request_authorization_details(authorizationId=authorization_id)
    answer.pop("ResponseMetadata")
    return dict(answer)


def fault_of(tenant: Tenant, operation: str, key: dict[str, str] | None = None, **members: str) -> tuple[str, int]:
    """Name and status of the fault, which the client must know as one of the operation's."""
    client = tenant.client("iam-toolbox", key)
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(**members)
    code = caught.value.response["Error"]["Code"]
    assert type(caught.value) is client.exceptions.from_code(code) is not ClientError
    assert caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    return code, caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def check_of(evaluation: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = [check for check in evaluation["checks"] if check["checkType"] == kind]
    return dict(found)


def differences(value: Any, shape: ModelShape, path: str = "") -> list[str]:
    """Where an answer is not of the model's shape."""
    if shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        strange = [f"{path}.{name}" for name in value.keys() - shape.members.keys()]
        missing = [f"{path}.{name} missing" for name in set(shape.required_members) - value.keys()]
        inner = [
            difference
            for name in value.keys() & shape.members.keys()
            for difference in differences(value[name], shape.members[name], f"{path}.{name}")
        ]
        return [*strange, *missing, *inner]
    if shape.type_name == "list":
        return [found for item in value for found in differences(item, shape.member, f"{path}[]")]
    if enum := shape.metadata.get("enum"):
        return [] if value in enum else [f"{path}: {value}"]
    return []


def test_an_explicit_deny_is_explained_with_its_sid(tenant: Tenant, ada: Denied) -> None:
    ada.may(READ, NO_IAM)
    told = details(tenant, ada.denied())
    (evaluation,) = told["evaluations"]
    users = f"arn:aws:iam::{tenant.account_id}:user/"
    assert (evaluation["action"], evaluation["resource"]) == ("iam:ListUsers", users)
    assert evaluation["evaluatedEffect"] == "EXPLICIT_DENY"
    principal = check_of(evaluation, "PRINCIPAL")
    assert principal["evaluatedEffect"] == "EXPLICIT_DENY"
    assert principal["relevantPolicyTypes"] == ["IDENTITY_BASED_POLICY"]
    (matched,) = principal["matchedPolicies"]
    assert matched["matchedStatements"] == [{"sid": "NoIam", "evaluatedEffect": "DENY"}]
    assert evaluation["matchedPolicies"] == [matched]
    (listed,) = told["policies"]
    assert listed == {
        "type": "IDENTITY_BASED_POLICY",
        "inline": True,
        "uri": matched["uri"],
        "attachedTo": [{"arn": f"{users}ada"}],
    }
    context = told["requestContext"]
    assert (context["aws:username"], context["aws:SourceIp"]) == ("ada", "127.0.0.1")
    assert evaluation["context"] == {"aws:ResourceAccount": tenant.account_id}


def test_checks_of_an_implicit_deny_come_in_order(tenant: Tenant, ada: Denied, iam: Any) -> None:
    ada.may(allow("s3:*"))
    bounding = policy(iam, "limit", document(allow("iam:List*")))
    iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=bounding)
    told = details(tenant, ada.denied())
    effects = [(check["checkType"], check["evaluatedEffect"]) for check in told["evaluations"][0]["checks"]]
    assert effects == [("PRINCIPAL", "IMPLICIT_DENY"), ("PERMISSIONS_BOUNDARY", "ALLOW")]
    assert told["evaluations"][0]["evaluatedEffect"] == "IMPLICIT_DENY"
    assert [(each["type"], each["inline"]) for each in told["policies"]] == [
        ("IDENTITY_BASED_POLICY", True),
        ("PERMISSIONS_BOUNDARY", False),
    ]
    assert told["policies"][1]["uri"] == bounding
    limit = check_of(told["evaluations"][0], "PERMISSIONS_BOUNDARY")["matchedPolicies"]
    assert limit == [{"uri": bounding, "matchedStatements": [{"sid": "Statement1", "evaluatedEffect": "ALLOW"}]}]


def test_a_request_that_needs_several_rights_shows_each_evaluation(tenant: Tenant, ada: Denied) -> None:
    ada.may(allow("iam:CreateUser"))
    told = details(tenant, ada.denied("create_user", UserName="bob", Tags=tags(team="red")))
    assert [(each["action"], each["evaluatedEffect"]) for each in told["evaluations"]] == [
        ("iam:CreateUser", "ALLOW"),
        ("iam:TagUser", "IMPLICIT_DENY"),
    ]
    assert told["requestContext"]["aws:RequestTag/team"] == "red"
    assert told["requestContext"]["aws:TagKeys"] == ["team"]


def test_answers_have_the_models_shape(tenant: Tenant, ada: Denied, iam: Any) -> None:
    ada.may(READ, NO_IAM, allow("iam:*", "*", Bool={"aws:MultiFactorAuthPresent": "true"}))
    iam.attach_user_policy(UserName="ada", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    told = raw(tenant, f"/authorization-details/{ada.denied()}")
    assert differences(told, MODEL.operation_model("GetRequestAuthorizationDetails").output_shape) == []


def test_the_policy_is_told_as_it_was(tenant: Tenant, ada: Denied, iam: Any) -> None:
    managed = policy(iam, "reads", document(READ))
    iam.attach_user_policy(UserName="ada", PolicyArn=managed)
    ada.may(NO_IAM)
    authorization_id = ada.denied()
    ada.may(allow())
    iam.create_policy_version(PolicyArn=managed, PolicyDocument=document(deny()), SetAsDefault=True)
    iam.detach_user_policy(UserName="ada", PolicyArn=managed)
    iam.delete_user_policy(UserName="ada", PolicyName="p")
    toolbox = tenant.client("iam-toolbox")
    captured = {
        each["uri"]: toolbox.get_request_authorization_policy(authorizationId=authorization_id, policyUri=each["uri"])[
            "policyDocument"
        ]
        for each in details(tenant, authorization_id)["policies"]
    }
    assert captured.pop(managed) == json.loads(document(READ))
    assert list(captured.values()) == [json.loads(document(NO_IAM))]


def test_unknown_ids_and_policies_are_not_found(tenant: Tenant, ada: Denied) -> None:
    ada.may(NO_IAM)
    authorization_id = ada.denied()
    assert fault_of(tenant, "get_request_authorization_details", authorizationId="0" * 26) == NOT_FOUND
    missing = {"authorizationId": "0" * 26, "policyUri": "x"}
    assert fault_of(tenant, "get_request_authorization_policy", **missing) == NOT_FOUND
    for uri in ("arn:aws:iam::aws:policy/ReadOnlyAccess", "x"):
        members = {"authorizationId": authorization_id, "policyUri": uri}
        assert fault_of(tenant, "get_request_authorization_policy", **members) == NOT_FOUND


NOT_FOUND = ("ResourceNotFoundException", 404)


def test_another_account_knows_nothing_of_it(tenant: Tenant, other: Tenant, ada: Denied) -> None:
    ada.may(NO_IAM)
    authorization_id = ada.denied()
    (listed,) = details(tenant, authorization_id)["policies"]
    assert fault_of(other, "get_request_authorization_details", authorizationId=authorization_id) == NOT_FOUND
    members = {"authorizationId": authorization_id, "policyUri": listed["uri"]}
    assert fault_of(other, "get_request_authorization_policy", **members) == NOT_FOUND


def test_only_who_may_troubleshoot_is_told(tenant: Tenant, ada: Denied) -> None:
    ada.may(NO_IAM)
    authorization_id = ada.denied()
    asked = {"authorizationId": authorization_id}
    assert fault_of(tenant, "get_request_authorization_details", ada.key, **asked) == ("AccessDeniedException", 403)
    ada.may(NO_IAM, allow("iam:TroubleshootAccess"))
    assert details(tenant, authorization_id, ada.key)["evaluations"]


def test_the_refusal_to_explain_can_be_explained_too(tenant: Tenant, ada: Denied) -> None:
    toolbox = tenant.client("iam-toolbox", ada.key)
    with pytest.raises(toolbox.exceptions.AccessDeniedException) as caught:
        toolbox.get_request_authorization_details(authorizationId="0" * 26)
    message = caught.value.response["message"]
    assert "is not authorized to perform: iam:TroubleshootAccess on resource: *" in message
    told = details(tenant, message.rsplit(" ", 1)[1])
    assert told["evaluations"][0]["action"] == "iam:TroubleshootAccess"


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("get_request_authorization_details", {"authorizationId": "NOT-ONE"}),
        ("get_request_authorization_details", {"authorizationId": "a" * 257}),
        ("get_request_authorization_details", {"authorizationId": "0" * 26, "nextToken": "x"}),
        ("get_request_authorization_policy", {"authorizationId": "0" * 26, "policyUri": "x" * 2049}),
    ],
)
def test_bad_input_is_a_validation_exception(tenant: Tenant, operation: str, members: dict[str, str]) -> None:
    assert fault_of(tenant, operation, **members) == ("ValidationException", 400)


def test_a_caller_nobody_knows_is_refused_in_rest_json(tenant: Tenant) -> None:
    strangers = {
        "UnrecognizedClientException": {"AccessKeyId": "AKIA" + "X" * 16, "SecretAccessKey": "x"},
        "InvalidSignatureException": {**tenant.admin_key, "SecretAccessKey": "x"},
    }
    for code, key in strangers.items():
        client = tenant.client("iam-toolbox", key)
        with pytest.raises(ClientError) as caught:
            client.get_request_authorization_details(authorizationId="0" * 26)
        assert caught.value.response["Error"]["Code"] == code
    unsigned = inprocess.request(tenant.app, "GET", f"{inprocess.ENDPOINT}/authorization-details/0", {}, b"")
    assert (unsigned.status_code, unsigned.headers["x-amzn-ErrorType"]) == (403, "MissingAuthenticationTokenException")


def test_nothing_but_get_is_taken(tenant: Tenant) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = inprocess.request(tenant.app, method, f"{inprocess.ENDPOINT}/authorization-details/0", {}, b"")
        assert answer.status_code == 405


def raw(tenant: Tenant, path: str) -> Any:
    """The answer as it is on the wire, before a client drops what it does not know."""
    request = AWSRequest("GET", inprocess.ENDPOINT + quote(path))
    key = tenant.admin_key
    SigV4Auth(Credentials(key["AccessKeyId"], key["SecretAccessKey"]), "iam", "us-east-1").add_auth(request)
    answer = inprocess.request(tenant.app, "GET", request.url, dict(request.headers), b"")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    return json.loads(answer.content)

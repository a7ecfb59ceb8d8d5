"""The AWS Query protocol on the wire: what is no request, and how answers are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest

from tests.query.wire import Answer, presigned, send, signed
from tests.support.tenants import Tenant

LIST = "Action=ListUsers&Version=2010-05-08"
Ask = Callable[..., Answer]


@pytest.fixture
def ask(tenant: Tenant) -> Ask:
    """Send a signed form."""

    def ask(body: str | bytes = "", **more: Any) -> Answer:
        return send(tenant.app, signed(tenant, body, **more))

    return ask


# --- answers --------------------------------------------------------------------------------------------------------


def test_an_answer_is_named_after_its_operation(ask: Ask) -> None:
    answer = ask(LIST)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert answer.text.startswith('<ListUsersResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">')
    assert re.search(r"<ListUsersResult>.*</ListUsersResult><ResponseMetadata><RequestId>[-0-9a-f]{36}<", answer.text)


def test_an_operation_without_a_result_answers_with_metadata_alone(ask: Ask) -> None:
    answer = ask("Action=TagUser&Version=2010-05-08&UserName=admin&Tags.member.1.Key=a&Tags.member.1.Value=b")
    assert re.fullmatch(
        r"<TagUserResponse xmlns=\S+><ResponseMetadata><RequestId>[-0-9a-f]{36}</RequestId></ResponseMetadata>"
        r"</TagUserResponse>",
        answer.text,
    )


def test_a_fault_is_an_error_response(ask: Ask) -> None:
    answer = ask("Action=GetUser&Version=2010-05-08&UserName=nobody")
    assert answer.status == 404
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert re.fullmatch(
        r'<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>'
        r"<Code>NoSuchEntity</Code><Message>The user with name nobody cannot be found.</Message></Error>"
        r"<RequestId>[-0-9a-f]{36}</RequestId></ErrorResponse>",
        answer.text,
    )


@pytest.mark.parametrize("body", [LIST, "Action=Nonsense&Version=2010-05-08", "Action=GetUser&UserName=nobody"])
def test_the_request_id_is_the_same_in_header_and_body(ask: Ask, body: str) -> None:
    first, second = ask(body), ask(body)
    assert first.headers["x-amzn-RequestId"] == first.between("RequestId")
    assert first.between("RequestId") != second.between("RequestId")


def test_changes_alone_carry_a_consistency_token(ask: Ask) -> None:
    header = "X-Iam-Consistency-Token"
    assert header in ask("Action=CreateUser&UserName=ada&Version=2010-05-08").headers
    assert header in ask("Action=UntagUser&UserName=ada&TagKeys.member.1=none").headers
    for body in (
        LIST,
        "Action=GetUser&UserName=ada",
        "Action=GetUser&UserName=nobody",
        "Action=CreateUser&UserName=ada",
    ):
        assert header not in ask(body).headers


def test_sts_answers_at_the_same_address(tenant: Tenant) -> None:
    answer = send(tenant.app, signed(tenant, "Action=GetCallerIdentity&Version=2011-06-15", service="sts"))
    assert answer.text.startswith('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">')
    assert answer.between("Account") == tenant.account_id


# --- actions and versions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ("Action=Nonsense&Version=2010-05-08", "InvalidAction", "Could not find operation Nonsense for version 2010-"),
        ("Action=listusers&Version=2010-05-08", "InvalidAction", "listusers"),
        ("Action=ListUsers&Version=2011-06-15", "InvalidAction", "ListUsers for version 2011-06-15"),
        ("Action=GetCallerIdentity&Version=2010-05-08", "InvalidAction", "GetCallerIdentity"),
        ("Action=CreateAccount&Version=2010-05-08", "InvalidAction", "CreateAccount"),
        ("Version=2010-05-08", "MissingAction", "Action"),
        ("Action=&Version=2010-05-08", "MissingAction", "Action"),
        ("", "MissingAction", "Action"),
        ('{"Action": "ListUsers"}', "MissingAction", "Action"),
    ],
)
def test_what_no_operation_answers_to(ask: Ask, body: str, code: str, message: str) -> None:
    answer = ask(body)
    assert (answer.status, answer.code) == (400, code)
    assert message in answer.between("Message")


def test_the_version_may_be_left_out_and_unknown_parameters_are_ignored(ask: Ask) -> None:
    assert ask("Action=ListUsers").status == 200
    assert ask(LIST + "&Colour=red&Tags.member.1.Key=a").status == 200


# --- parameters -----------------------------------------------------------------------------------------------------


def test_a_get_works_signed_in_headers_or_in_the_url(tenant: Tenant) -> None:
    assert "<UserName>admin</UserName>" in send(tenant.app, presigned(tenant, LIST)).text
    assert send(tenant.app, signed(tenant, method="GET", query=LIST)).status == 200


@pytest.mark.parametrize("spelt", ["a%2Bb", "a%2bb"])
def test_plus_and_percent_in_a_form(ask: Ask, spelt: str) -> None:
    assert ask(f"Action=CreateUser&UserName={spelt}").between("UserName") == "a+b"
    tag = "Action=TagUser&UserName=admin&Tags.member.1.Key=k&Tags.member.1.Value="
    for space in ("x+y", "x%20y"):
        assert ask(tag + space).status == 200
        assert ask("Action=ListUserTags&UserName=admin").between("Value") == "x y"


def test_members_are_ordered_by_number_and_may_leave_gaps(ask: Ask) -> None:
    pairs = [(10, "j"), (2, "b"), (1, "a")]
    form = "".join(f"&Tags.member.{n}.Key={key}&Tags.member.{n}.Value={n}" for n, key in pairs)
    made = ask(f"Action=CreateInstanceProfile&InstanceProfileName=p{form}")
    assert re.findall(r"<Key>(.*?)</Key>", made.text) == ["a", "b", "j"]
    wrong = ask("Action=TagUser&UserName=admin&Tags.member.1.Key=a%21&Tags.member.1.Value=&Tags.member.7.Key=a%21")
    assert "at 'tags.1.member.key'" in wrong.between("Message")
    assert "at 'tags.2.member.value' failed to satisfy constraint: Member must not be null" in wrong.between("Message")


def test_an_empty_list_is_an_empty_value(ask: Ask) -> None:
    assert ask("Action=TagUser&UserName=admin&Tags=").status == 200
    assert "Value null at 'tags'" in ask("Action=TagUser&UserName=admin").between("Message")


@pytest.mark.parametrize(
    "form",
    [
        "&UserName=a&UserName=b",
        "&UserName=a&UserName=a",
        "&UserName=a&UserName.x=b",
        "&UserName.x=a&UserName=b",
        "&Tags.member.one.Key=a",
        "&Tags.member.0.Key=a",
        "&Tags.member.-1.Key=a",
        "&Tags.member.\u0661.Key=a",
        "&Tags.member." + "1" * 5000 + ".Key=a",
        "&" + ".".join("a" * 20) + "=b",
        "&UserName=%FF",
        b"&UserName=\xff",
        "".join(f"&a{n}=" for n in range(10_001)),
    ],
)
def test_what_no_query_string_can_be(ask: Ask, form: str | bytes) -> None:
    head = "Action=CreateUser&Version=2010-05-08"
    answer = ask(head.encode() + form if isinstance(form, bytes) else head + form)
    assert (answer.status, answer.code) == (404, "MalformedQueryString")


@pytest.mark.parametrize(
    ("form", "at"),
    [
        ("Action=TagUser&UserName=admin&Tags=text", "'tags'"),
        ("Action=TagUser&UserName=admin&Tags.member.1=text", "'tags.1.member'"),
        ("Action=GetUser&UserName.First=a", "'userName'"),
        ("Action=ListUsers&MaxItems=many", "'maxItems'"),
        ("Action=ListUsers&MaxItems=", "'maxItems'"),
        ("Action=ListPolicies&OnlyAttached=perhaps", "'onlyAttached'"),
        ("Action=ListPolicies&Scope=Mine", "'scope'"),
        ("Action=GetUser&UserName=", "'userName'"),
        ("Action=GetUser&UserName=%00", "'userName'"),
    ],
)
def test_values_of_another_kind_are_refused_with_their_place(ask: Ask, form: str, at: str) -> None:
    answer = ask(form)
    assert (answer.status, answer.code) == (400, "ValidationError")
    assert f"at {at} failed to satisfy constraint: Member must" in answer.between("Message")


@pytest.mark.parametrize("bad", ["<&>\"'", "]]>", "\x00\x01\x1b", "\ufffe\uffff", "\r\n\t", "\u20ac\U0001f600"])
def test_messages_repeat_anything_in_xml_that_can_be_read(tenant: Tenant, iam: Any, bad: str) -> None:
    with pytest.raises(iam.exceptions.ClientError) as caught:
        iam.get_user(UserName=f"a{bad}z")
    readable = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", bad)
    assert f"Value 'a{readable}z' at 'userName'" in caught.value.response["Error"]["Message"]


def test_a_body_beyond_a_mebibyte_is_refused(ask: Ask) -> None:
    answer = ask(LIST + "&Padding=" + "x" * 1_048_576)
    assert (answer.status, answer.code) == (413, "RequestEntityTooLarge")
    assert ask(LIST + "&Padding=" + "x" * 1_000_000).status == 200


def test_the_longest_policy_gets_through(iam: Any, ask: Ask) -> None:
    """131,072 characters of two bytes, percent-encoded: what AWS lets a document be before it counts."""
    with pytest.raises(iam.exceptions.LimitExceededException):
        iam.create_policy(PolicyName="p", PolicyDocument="\u00ff" * 131_072)
    with pytest.raises(iam.exceptions.ClientError, match="less than or equal to 131072"):
        iam.create_policy(PolicyName="p", PolicyDocument="\u00ff" * 131_073)


# --- methods --------------------------------------------------------------------------------------------------------


def test_a_plain_get_is_a_person_who_wants_the_console(app: Any, db: None) -> None:
    for method in ("GET", "HEAD"):
        answer = send(app, AWSRequest(method=method, url="http://localhost:8000/"))
        assert (answer.status, answer.headers["Location"]) == (302, "/console/")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_not_allowed_and_do_nothing(tenant: Tenant, iam: Any, method: str) -> None:
    answer = send(tenant.app, signed(tenant, method=method, query="Action=CreateUser&UserName=ada"))
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["admin"]

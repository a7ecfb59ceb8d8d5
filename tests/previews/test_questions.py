"""What two documents make one ask."""

from __future__ import annotations

from typing import Any

import pytest

from policies.engine import compiled
from policies.previews import Question, named_by, services_of
from tests.query.aws import allow, deny, document

BUCKET, OBJECTS = "arn:aws:s3:::reports", "arn:aws:s3:::reports/*"


def asked(*texts: str) -> list[tuple[Any, ...]]:
    questions = named_by(map(compiled, texts)).questions
    return [(each.action, each.resource, *each.circumstances) for each in questions]


def test_every_action_on_every_resource_of_its_statement_once() -> None:
    one = document(allow(["s3:GetObject", "s3:ListBucket"], [BUCKET, OBJECTS]), allow("sqs:SendMessage"))
    other = document(deny("s3:GetObject", OBJECTS))
    assert asked(one, other) == [
        ("s3:GetObject", BUCKET),
        ("s3:GetObject", OBJECTS),
        ("s3:ListBucket", BUCKET),
        ("s3:ListBucket", OBJECTS),
        ("sqs:SendMessage", "*"),
    ]


def test_patterns_stand_for_the_actions_of_the_catalogue() -> None:
    found = {action for action, *_ in asked(document(allow("sqs:*Message", "*")))}
    assert {"sqs:SendMessage", "sqs:DeleteMessage", "sqs:ReceiveMessage"} <= found
    assert not {action for action in found if not action.endswith("Message")}


@pytest.mark.parametrize(
    ("statement", "some"),
    [
        (allow("*", OBJECTS), {("s3:*", OBJECTS), ("iam:*", OBJECTS)}),
        (allow("*:Get*"), {("s3:Get*", "*"), ("iam:Get*", "*")}),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, {("s3:*", "*"), ("iam:*", "*")}),
        (allow(["s3:GetObject", "*"]), {("s3:GetObject", "*"), ("s3:*", "*")}),
    ],
)
def test_what_names_every_service_is_asked_by_service(statement: dict[str, Any], some: set[tuple[str, str]]) -> None:
    assert some <= set(asked(document(statement)))


@pytest.mark.parametrize(
    ("statement", "complete"),
    [
        (allow("s3:GetObject"), True),
        (allow("sqs:*"), True),
        (allow("ec2:*"), False),
        (allow("*"), False),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": OBJECTS}, False),
        (allow([f"s3:Action{number}" for number in range(400)]), False),
    ],
)
def test_it_is_told_when_not_everything_can_be_asked(statement: dict[str, Any], complete: bool) -> None:
    found = named_by([compiled(document(statement))])
    assert found.complete is complete
    assert len(found.questions) <= 300


CIRCUMSTANCES: list[tuple[str, Any, Any]] = [
    ("StringEquals", ["a", "b"], "a"),
    ("StringLike", "a*", "a*"),
    ("ArnLike", "arn:aws:iam::*:user/ada", "arn:aws:iam::*:user/ada"),
    ("Bool", "true", "true"),
    ("IpAddress", "10.0.0.0/8", "10.0.0.0"),
    ("NumericLessThan", "3600", "3599"),
    ("NumericGreaterThan", "5", "6"),
    ("NumericLessThanEquals", "3600", "3600"),
    ("ForAnyValue:StringEquals", ["a", "b"], ("a",)),
    ("StringEqualsIfExists", "a", "a"),
    ("Null", "false", "present"),
    ("Null", "true", None),
    ("StringNotEquals", "a", None),
    ("NotIpAddress", "10.0.0.0/8", None),
]


@pytest.mark.parametrize(("operator", "wanted", "value"), CIRCUMSTANCES)
def test_a_condition_is_also_asked_where_it_holds(operator: str, wanted: Any, value: Any) -> None:
    statement = allow("s3:GetObject", OBJECTS) | {"Condition": {operator: {"s3:example": wanted}}}
    policy = compiled(document(statement))
    questions = [("s3:GetObject", OBJECTS)]
    if value is not None:
        questions.append(("s3:GetObject", OBJECTS, ("s3:example", value)))
    assert asked(document(statement)) == questions
    assert policy.rules[0].holds(_context(dict([questions[-1][2]]) if value is not None else {}))  # type: ignore[misc]


def _context(given: dict[str, Any]) -> Any:
    from policies.engine import Context

    return Context(given)


def test_the_moment_is_no_circumstance() -> None:
    dated = allow("s3:GetObject", OBJECTS, DateLessThan={"aws:CurrentTime": "2020-01-01T00:00:00Z"})
    assert asked(document(dated)) == [("s3:GetObject", OBJECTS)]


def test_a_question_to_somebody_fills_in_what_is_known_of_him() -> None:
    question = Question.of(
        "s3:GetObject",
        "arn:aws:s3:::home/${aws:username}/${aws:PrincipalTag/team, 'x'}/${*}",
        {"AWS:UserName": "bob", "s3:prefix": "a"},
    )
    assert question.about({"aws:username": "ada"}) == Question.of(
        "s3:GetObject", "arn:aws:s3:::home/ada/*/*", {"s3:prefix": "a"}
    )


@pytest.mark.parametrize(
    ("statement", "services"),
    [
        (allow(["s3:GetObject", "SQS:Send*"]), {"s3", "sqs"}),
        (allow("*"), None),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, None),
    ],
)
def test_the_services_that_documents_speak_of(statement: dict[str, Any], services: set[str] | None) -> None:
    assert services_of([compiled(document(statement))]) == services

"""Reading documents: what is refused, in whose words and where; and what comes out of the others."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.engine import Condition, Effect, Layout, MalformedPolicy, PolicyKind, Span, compiled, parse
from policies.engine.faults import Fault
from policies.engine.reader import NotJson

MALFORMED = json.loads((Path(__file__).parent / "malformed.json").read_text())
LEGAL = json.loads((Path(__file__).parent / "legal.json").read_text())


@pytest.mark.parametrize("case", MALFORMED, ids=[case["name"] for case in MALFORMED])
def test_malformed(case):
    text = case["text"] if isinstance(case["text"], str) else case["text"][0] * case["text"][1]
    with pytest.raises(MalformedPolicy) as caught:
        parse(text, PolicyKind(case["kind"]))
    fault = caught.value
    assert str(fault) == case["message"]
    assert fault.detail.startswith(case["detail"])
    assert (fault.line, fault.column, list(fault.path)) == (case["line"], case["column"], case["path"])


@pytest.mark.parametrize("case", LEGAL, ids=[case["name"] for case in LEGAL])
def test_legal(case):
    assert parse(json.dumps(case["document"]), PolicyKind(case["kind"])).statements


TEXT = """{
  "Version": "2012-10-17",
  "Id": "example",
  "Statement": [
    {"Sid": "One", "Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::b/*"},
    {
      "Effect": "Deny",
      "NotAction": "iam:*",
      "NotResource": ["*"],
      "Condition": {"NumericEquals": {"a:b": [1.50, "x", true]}, "Bool": {"a:c": false}}
    }
  ]
}"""


def places(span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
    return (span.start.line, span.start.column), (span.end.line, span.end.column)


def test_syntax_tree():
    document = parse(TEXT)
    first, second = document.statements
    assert (document.version, document.id, document.kind) == ("2012-10-17", "example", PolicyKind.IDENTITY)
    assert (first.sid, first.effect, first.actions, first.resources) == (
        "One",
        Effect.ALLOW,
        ("s3:Get*",),
        ("arn:aws:s3:::b/*",),
    )
    assert (second.sid, second.effect, second.not_actions, second.not_resources, second.actions) == (
        None,
        Effect.DENY,
        ("iam:*",),
        ("*",),
        (),
    )
    assert second.conditions == (
        Condition("NumericEquals", "a:b", ("1.50", "x", "true")),
        Condition("Bool", "a:c", ("false",)),
    )


def test_spans():
    document = parse(TEXT)
    assert places(document.statements[0].span) == ((5, 5), (5, 93))
    assert places(document.statements[1].span) == ((6, 5), (11, 6))
    span = document.statements[1].span
    assert json.loads(TEXT[span.start.offset : span.end.offset])["NotAction"] == "iam:*"
    value = document.layout.span(("Statement", 1, "Condition", "NumericEquals", "a:b", 1))
    assert TEXT[value.start.offset : value.end.offset] == '"x"'


def test_span_of_a_single_statement():
    text = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
    assert places(parse(text).statements[0].span) == ((1, 15), (1, 66))


def test_span_of_what_is_not_there():
    assert places(parse(TEXT).layout.span(("Statement", 0, "Principal", "AWS"))) == ((5, 5), (5, 93))
    assert places(Layout("").span(())) == ((1, 1), (1, 1))
    assert Layout("{}").duplicate == ()


def test_faults_tell_themselves():
    assert str(Fault("No.", "because", ())) == "No."
    assert str(NotJson("because")) == "because"
    assert MalformedPolicy("No.", line=1, column=1, path=()).detail == "No."


def test_principals():
    document = {
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"},
            {
                "Effect": "Deny",
                "NotPrincipal": {"AWS": ["111111111111"], "Service": "ec2.amazonaws.com"},
                "Action": "s3:*",
                "Resource": "*",
            },
        ]
    }
    first, second = parse(json.dumps(document), PolicyKind.RESOURCE).statements
    assert first.principals == (("*", "*"),)
    assert second.not_principals == (("AWS", "111111111111"), ("Service", "ec2.amazonaws.com"))


def test_compiled_once_per_content():
    again = json.loads(json.dumps(TEXT))
    assert compiled(TEXT) is compiled(again, PolicyKind.IDENTITY) is compiled(TEXT, kind=PolicyKind.IDENTITY)
    assert compiled(TEXT).digest == compiled(TEXT, PolicyKind.SESSION).digest != compiled(TEXT + " ").digest
    assert compiled(TEXT).document.text == TEXT


JSON_LIKE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(["Allow", "*", "s3:*", "2012-10-17", "x", ""])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["Version", "Statement", "Effect", "Action", "Resource", "Condition", "Bool", "a:b", "Principal", "AWS"]
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=15,
)


@settings(max_examples=800, deadline=None)
@given(value=JSON_LIKE, kind=st.sampled_from(PolicyKind))
def test_any_json_is_read_or_refused(value, kind):
    read_or_refused(json.dumps(value), kind)
    read_or_refused(json.dumps({"Statement": value}), kind)


@settings(max_examples=800, deadline=None)
@given(text=st.text('{}[]:,"\\ab1-.u \n', max_size=40), kind=st.sampled_from(PolicyKind))
def test_any_text_is_read_or_refused(text, kind):
    read_or_refused(text, kind)
    read_or_refused('{"a": 1, "a": 2}' + text, kind)
    read_or_refused('{"b": {"a": 1, "a": 2}' + text, kind)


def read_or_refused(text: str, kind: PolicyKind) -> None:
    try:
        answer = parse(text, kind)
    except MalformedPolicy as fault:
        answer = fault
    if isinstance(answer, MalformedPolicy):
        assert min(answer.line, answer.column) >= 1
        assert answer.detail
    else:
        assert answer.statements

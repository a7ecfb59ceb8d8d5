"""Where findings stand: the span is exactly the text that is meant."""

import pytest

from policies.validation import findings

TEXT = """\
{ "Version" : "2012-10-17",
  "Statement": [
    {"Sid": "one", "Effect": "Allow",
     "Action": ["s3:GetObject",
                "s3:GetObjct"],
     "Resource": "*",
     "Condition": {
       "StringEquals" : {"aws:User\\u006eam" :
           "a\\"da*"},
       "StringEqualz": {"aws:a\\\\\\"b": "x"}}},
    {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "\\"Extra\\\\":
      [1, 2]}
  ]
}"""


def found(code, text=TEXT):
    """The findings of a code: the text that is meant, where it begins and ends, and the path."""
    return [
        (
            text[each.span.start.offset : each.span.end.offset],
            (each.line, each.column),
            (each.end_line, each.end_column),
            each.path,
        )
        for each in findings(text)
        if each.code == code
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("INVALID_ACTION", [('"s3:GetObjct"', (5, 17), (5, 30), ("Statement", 0, "Action", 1))]),
        (
            "WILDCARD_WITHOUT_LIKE_OPERATOR",
            [('"a\\"da*"', (9, 12), (9, 20), ("Statement", 0, "Condition", "StringEquals", "aws:Usernam", 0))],
        ),
        (
            "INVALID_GLOBAL_CONDITION_KEY",
            [
                (
                    '"aws:User\\u006eam"',
                    (8, 26),
                    (8, 44),
                    ("Statement", 0, "Condition", "StringEquals", "aws:Usernam"),
                ),
                ('"aws:a\\\\\\"b"', (10, 25), (10, 37), ("Statement", 0, "Condition", "StringEqualz", 'aws:a\\"b')),
            ],
        ),
        (
            "INVALID_CONDITION_OPERATOR",
            [('"StringEqualz"', (10, 8), (10, 22), ("Statement", 0, "Condition", "StringEqualz"))],
        ),
        ("INVALID_POLICY_ELEMENT", [('"\\"Extra\\\\"', (11, 59), (11, 70), ("Statement", 1, '"Extra\\'))]),
    ],
)
def test_span(code, expected):
    assert found(code) == expected


@pytest.mark.parametrize(
    ("text", "offset", "length"),
    [
        ("", 0, 0),
        ("   ", 3, 0),
        ('{"Version": "2012-10-17"', 24, 0),
        ('{"Version": nope}', 12, 1),
        ('{"a": 1} trailing', 9, 1),
        ('{"a": "\u20ac"}', 7, 1),
        ('{"a": NaN}', 6, 1),
        ('{"a": "\\ud800"}', 7, 1),
        ("[" * 100_000, 0, 1),
        ('{"a": 1, "b": 2, "a": 3}', 17, 3),
    ],
)
def test_what_cannot_be_read_is_one_finding(text, offset, length):
    (finding,) = findings(text)
    assert finding.code == "JSON_SYNTAX_ERROR"
    assert (finding.span.start.offset, finding.span.end.offset) == (offset, offset + length)


def test_line_ends_of_every_system():
    text = '{"Version": "2012-10-17",\r\n "Statement":\r{"Effect": "Permit",\n"Action": "s3:*", "Resource": "*"}}'
    assert found("INVALID_EFFECT", text) == [('"Permit"', (3, 12), (3, 20), ("Statement", 0, "Effect"))]

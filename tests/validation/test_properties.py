"""What holds for any text."""

import json
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.engine import MalformedPolicy, PolicyKind, matches, parse
from policies.validation import Severity, findings
from policies.validation.globs import covers, overlap

KINDS = st.sampled_from(PolicyKind)
WORDS = st.sampled_from(
    [
        "*", "", "s3:GetObject", "s3:*", "iam:Pass*", "a?:b", "Allow", "Deny", "2012-10-17", "sts:AssumeRole", "x y",
        "arn:aws:s3:::photos/*", "arn:aws:iam::111122223333:role/app", "arn:*", "arn:aws:", "arn:aws:s3", "arn::::::",
        "${aws:username}", "${", "${}", "${a, 'b'}", "true", "10.0.0.0/8", "::/0", "2026-05-04", "9", "::::", "/",
        "aws:SourceIp", "aws:TagKeys", "aws:ResourceTag/x", "aws:Arn", "s3:prefix", "id.example.com:aud", "saml:aud",
        "ec2.amazonaws.com", "AROAEXAMPLEEXAMPLE12", "111122223333", "arn:aws:ec2:*:*:*?*", "\u00e4", "0", "1e400",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "Version", "Id", "Statement", "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal",
        "NotPrincipal", "Condition", "AWS", "Service", "Federated", "StringLike", "StringEquals", "Bool", "IpAddress",
        "DateLessThan", "NumericEquals", "Null", "NullIfExists", "ForAllValues:StringNotLikeIfExists", "ArnLike",
        "aws:SourceIp", "aws:TagKeys", "aws:PrincipalOrgID", "aws:userid", "s3:prefix", "id.example.com:aud", "action",
    ]
)  # fmt: skip
SCALARS = WORDS | st.text(max_size=8) | st.booleans() | st.none() | st.integers() | st.floats()
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | WORDS, inner, max_size=4),
    max_leaves=24,
)
LISTS = WORDS | st.lists(WORDS, max_size=3)
CONDITIONS = st.dictionaries(NAMES, st.dictionaries(NAMES | WORDS, LISTS, max_size=2), max_size=2)
PRINCIPALS = st.just("*") | st.dictionaries(NAMES, LISTS, max_size=2)
STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"])},
    optional={
        "Sid": WORDS,
        "Action": LISTS,
        "NotAction": LISTS,
        "Resource": LISTS,
        "NotResource": LISTS,
        "Principal": PRINCIPALS,
        "NotPrincipal": PRINCIPALS,
        "Condition": CONDITIONS,
    },
)
POLICIES = st.fixed_dictionaries(
    {"Statement": STATEMENTS | st.lists(STATEMENTS | TREES, max_size=3)}, optional={"Version": WORDS, "Id": WORDS}
)
GLOBS = st.text("ab:*?", max_size=7)
SHORT_TEXTS = ["".join(letters) for length in range(5) for letters in product("ab:", repeat=length)]


def check(text, kind):
    """No exception, spans within the text, and no error left for the engine to find."""
    found = findings(text, kind)
    for finding in found:
        assert 0 <= finding.span.start.offset <= finding.span.end.offset <= len(text)
    if all(finding.severity is not Severity.ERROR for finding in found):
        parse(text, kind)
    return found


@settings(deadline=None)
@given(text=st.text(), kind=KINDS)
def test_any_text(text, kind):
    check(text, kind)


@settings(deadline=None)
@given(text=st.text('{}[]:,"\\ \nSabt19.-u', max_size=40), kind=KINDS)
def test_any_text_like_json(text, kind):
    check(text, kind)


@settings(deadline=None)
@given(tree=TREES, kind=KINDS)
def test_any_json(tree, kind):
    check(json.dumps(tree, ensure_ascii=False), kind)


@settings(deadline=None, max_examples=300)
@given(tree=POLICIES, kind=KINDS, indent=st.none() | st.just(2))
def test_anything_like_a_policy(tree, kind, indent):
    text = json.dumps(tree, indent=indent)
    found = check(text, kind)
    try:
        parse(text, kind)
    except MalformedPolicy:
        assert any(finding.severity is Severity.ERROR for finding in found)


@settings(deadline=None)
@given(one=GLOBS, other=GLOBS)
def test_patterns_that_share_a_text_overlap(one, other):
    shared = [text for text in SHORT_TEXTS if matches(one, text) and matches(other, text)]
    if shared:
        assert overlap(one, other)
    assert overlap(one, other) == overlap(other, one)


@settings(deadline=None)
@given(one=st.text("ab*?", max_size=3), other=st.text("ab*?", max_size=3))
def test_patterns_that_overlap_share_a_text(one, other):
    texts = ["".join(letters) for length in range(7) for letters in product("abc", repeat=length)]
    assert overlap(one, other) == any(matches(one, text) and matches(other, text) for text in texts)


@settings(deadline=None)
@given(wide=GLOBS, narrow=GLOBS)
def test_what_covers_a_pattern_matches_all_of_it(wide, narrow):
    if covers(wide, narrow):
        assert all(matches(wide, text) for text in SHORT_TEXTS if matches(narrow, text))
    assert covers("*", narrow)
    assert covers(narrow, narrow)

"""The wildcard matcher against an obvious one, and against input made to hurt."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.engine import matches
from policies.engine.arns import resource_parts
from policies.engine.variables import fixed
from policies.engine.wildcard import MANY, Wild, joined, matcher

TEXT = st.text("ab?*:[\\\n.", max_size=12)
FIELDED = st.text("ab:*?", max_size=14)


def by_regex(pattern: str, text: str) -> bool:
    translated = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(translated, text, re.DOTALL) is not None


def by_regex_in_fields(pattern: str, text: str) -> bool:
    """A `*` that ends a field crosses colons, other wildcards of the first five fields do not."""
    fields = pattern.split(":", 5)
    translated = []
    for number, field in enumerate(fields):
        part = ""
        for place, character in enumerate(field):
            free = number == 5 or (character == "*" and place == len(field) - 1)
            wild = "." if free else "[^:]"
            part += {"*": wild + "*", "?": wild}.get(character, re.escape(character))
        translated.append(part)
    return re.fullmatch(":".join(translated), text, re.DOTALL) is not None


@settings(max_examples=1_500, deadline=None)
@given(pattern=TEXT, text=TEXT)
def test_same_as_a_regular_expression(pattern, text):
    assert matches(pattern, text) is by_regex(pattern, text)


@settings(max_examples=1_500, deadline=None)
@given(pattern=FIELDED, text=st.text("ab:", max_size=14))
def test_same_as_a_regular_expression_field_by_field(pattern, text):
    tokens = fixed(resource_parts(pattern, variables=False))
    assert matcher(tokens)(text) is by_regex_in_fields(pattern, text)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=30))
def test_a_star_matches_everything(text):
    assert matches("*", text)
    assert matches(f"*{text.replace('*', '').replace('?', '')}*", text.replace("*", "").replace("?", ""))


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("ab*ba", "aba", False),
        ("ab*ba", "abba", True),
        ("ab*c*ba", "abcba", True),
        ("ab*b*ba", "abba", False),
        ("a*a", "a", False),
        ("", "", True),
        ("", "a", False),
        ("*", "", True),
        ("?", "", False),
        ("**?", "ab", True),
        ("*ab*ab*", "ab", False),
        ("*ab*ab*", "xxab", False),
        ("*ab*", "abx", True),
        ("ab*", "xab", False),
        ("*ab", "abx", False),
        ("ab*c*d", "xabcd", False),
        ("a*c*de", "acdex", False),
        ("ab*ba*c", "abac", False),
        ("?a?", "xay", True),
        ("?b*c?", ":bxc:", True),
    ],
)
def test_pieces_do_not_overlap(pattern, text, expected):
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a?:b", "a::b", False),
        ("a?:b", "ax:b", True),
        ("a?:b", "axx:b", False),
        ("a?:b", "a:b", False),
        ("??:b", ":x:b", False),
        ("??:b", "x::b", False),
        ("*?:b", "a:x:b", False),
        ("a*:b", "a:x:b", True),
        ("a*?", "a:x", False),
        ("a:b:c:d:e:*?", "a:b:c:d:e:x:y", True),
    ],
)
def test_colons_of_fields(pattern, text, expected):
    assert (
        matcher(fixed(resource_parts(pattern, variables=False)))(text) is expected is by_regex_in_fields(pattern, text)
    )


def test_tokens():
    assert joined(("", MANY, "", "a", "b", "")) == (MANY, "ab")
    assert matcher(("a", "b"))("ab")
    assert matcher(())("")


@pytest.mark.parametrize(
    ("many", "colons", "shown"),
    [(True, True, "*"), (False, True, "?"), (True, False, "*[^:]"), (False, False, "?[^:]")],
)
def test_what_is_shown(many, colons, shown):
    assert repr(Wild(many=many, colons=colons)) == shown


def test_case():
    assert not matches("S3:Get*", "s3:getobject")
    assert matches("S3:Get*", "s3:getobject", ignore_case=True)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a*" * 20 + "z", "a" * 2_048),
        ("*a" * 20 + "!", "a" * 2_048),
        ("*a?b" * 20 + "!", "a" * 2_048),
        ("*" + "a" * 100 + "*" + "a?" * 900 + "b", "a" * 2_048),
        ("?*" * 20 + "z", "a" * 2_048),
        ("*" * 2_048 + "z", "a" * 2_048),
        ("*" + "ab" * 500 + "*" + "ab" * 400 + "c*", "ab" * 1_024),
        ("*[" * 20 + "]", "[" * 2_048),
    ],
)
def test_work_grows_with_the_text_and_not_with_its_power(pattern, text):
    """Twice the text may take some times as long, but backtracking would take longer than anyone can wait."""
    started = time.perf_counter()
    assert not matches(pattern, text)
    assert not matches(pattern, text * 2)
    assert time.perf_counter() - started < 5

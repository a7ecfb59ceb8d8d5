"""The index is a shortcut: it does not change an answer, so its parts are looked at one by one."""

import pytest

from policies.engine.index import _parents
from policies.engine.rule import ResourcePattern


@pytest.mark.parametrize(
    ("prefixes", "parents"),
    [
        ([], []),
        (["a", "b"], [-1, -1]),
        (["", "a", "b"], [-1, 0, 0]),
        (["a", "ab", "abc", "abd", "b"], [-1, 0, 1, 1, -1]),
        (["a", "ab", "ac", "b", "ba"], [-1, 0, 0, -1, 3]),
    ],
)
def test_parents(prefixes, parents):
    assert _parents(prefixes) == parents


def test_matcher_of_a_pattern():
    match = ResourcePattern.of("arn:aws:s3:::b/*", variables=True).matcher
    assert match is not None
    assert match("arn:aws:s3:::b/k")
    assert not match("arn:aws:s3:::c/k")
    assert ResourcePattern.of("arn:aws:s3:::b/${a:b}", variables=True).matcher is None


def test_pattern_of_nothing():
    pattern = ResourcePattern.of("", variables=True)
    assert (pattern.prefix, pattern.is_literal) == ("", True)

"""The sentences for patterns: each belongs to a pattern that operations have, and other faults stay as they are."""

from __future__ import annotations

import pytest

from accounts.saml_providers.shapes import ProviderName
from accounts.tenancy.shapes import AccountAlias
from iamconsole.interfaces.console.constraints import PATTERN, SENTENCES, in_words
from iamconsole.kernel.shapes import Path, PolicyPath, TagKey, TagValue, Text, UserName, metadata_of

FIELDS = (UserName, ProviderName, Path, PolicyPath, AccountAlias, TagKey, TagValue)


def pattern_of(shape: object) -> str | None:
    return next(each.pattern for each in metadata_of(shape) if isinstance(each, Text))


def test_every_sentence_is_of_a_field() -> None:
    assert {pattern_of(shape) for shape in FIELDS} == set(SENTENCES)


@pytest.mark.parametrize("shape", FIELDS)
def test_a_pattern_is_told_in_words(shape: object) -> None:
    said = in_words(f"{PATTERN}{pattern_of(shape)}")
    assert "regular expression" not in said
    assert said.endswith(".")


@pytest.mark.parametrize("text", [f"{PATTERN}[xyz]", "Member must have length less than or equal to 64", ""])
def test_other_faults_are_told_as_they_are(text: str) -> None:
    assert in_words(text) == text

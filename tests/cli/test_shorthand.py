"""The aws CLI's shorthand for structures."""

from __future__ import annotations

import pytest
from awscli.shorthand import ShorthandParser

from iamconsole.interfaces.cli import shorthand
from iamconsole.interfaces.cli.options import fitted
from iamconsole.kernel.shapes import Shape

SAME = [
    "Key=team,Value=red",
    "Key=team,Value=",
    "Key=aws:team/x,Value=a b c",
    "Name=a,Values=x,y,z,Kind=string",
    "Names=[a,b],Kind=k",
    "Names=[],Kind=k",
    'Key="a,b",Value="c=d"',
    r'Key="say \"hi\"",Value=x',
    "Key='a,b',Value=c",
    "Outer={Inner=1,Other={Deep=2}},Last=3",
    "List=[{A=1},{A=2}]",
    "Key=Value=twice",
]


@pytest.mark.parametrize("text", SAME)
def test_it_reads_as_the_aws_cli_reads_it(text):
    assert shorthand.parse(text) == ShorthandParser().parse(text)


@pytest.mark.parametrize("text", ["", "Key", "Key=a,Key=b", 'Key="open', "Key={A=1", "Key=[a", "Key=a]", "=a"])
def test_what_is_no_shorthand_is_refused_with_a_place(text):
    with pytest.raises(shorthand.BadShorthand, match="character"):
        shorthand.parse(text)


class Entry(Shape):
    name: str
    values: list[str] = []


class Outer(Shape):
    entries: list[Entry] = []


def test_one_word_becomes_a_list_where_a_list_is_wanted():
    read = shorthand.parse("Entries={Name=a,Values=x}")
    assert fitted(read, Outer) == {"Entries": [{"Name": "a", "Values": ["x"]}]}

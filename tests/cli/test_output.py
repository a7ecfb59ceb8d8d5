"""Results as JSON and as tables."""

from __future__ import annotations

import json

from iamconsole.interfaces.cli import output

ESCAPE = "\x1b[2J\x9b31m\x07"


def test_what_a_terminal_would_obey_is_shown_instead():
    row = {"Description": f"red{ESCAPE}", "Name": "[bold]x[/bold]"}
    table = output.as_table({"Rows": [row]}, title="t")
    text = output.as_json(row)
    for shown in (table, text):
        assert not set(ESCAPE) & {"\x1b", "\x9b", "\x07"} & set(shown)
    assert json.loads(text) == row
    assert "[bold]x[/bold]" in table


def test_a_table_that_is_too_wide_becomes_a_block_an_item(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    rows = [{f"Column{n}": "x" * 20 for n in range(8)} for _ in range(2)]
    table = output.as_table({"Rows": rows}, title="t")
    assert max(map(len, table.splitlines())) <= 60
    assert table.count("x" * 20) == 16


def test_tags_and_lists_are_readable():
    table = output.as_table([{"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}], title="t")
    assert "a=1" in table
    assert "b=2" in table
    assert "one" in output.as_table({"Names": ["one", "two"]}, title="t")
    assert output.as_table({"Rows": []}, title="ListUsers") == "ListUsers: nothing"

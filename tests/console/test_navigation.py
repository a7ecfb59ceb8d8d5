"""The side navigation: a key of its own for every page that has one."""

from __future__ import annotations

from iamconsole.interfaces.console.navigation import SECTIONS


def test_no_two_pages_have_the_same_jump_key() -> None:
    keys = [entry.jump for _title, entries in SECTIONS for entry in entries if entry.jump]
    assert len(keys) > 10
    assert sorted(keys) == sorted(set(keys))

"""What the formatting tags of the console make of a text."""

from __future__ import annotations

from iamconsole.interfaces.console.templatetags.console_format import coded


def test_backticks_become_code_and_everything_is_escaped() -> None:
    assert coded("no action `s3:<b>`, & more") == "no action <code>s3:&lt;b&gt;</code>, &amp; more"


def test_a_lone_backtick_is_a_backtick() -> None:
    assert coded("5` of it") == "5` of it"

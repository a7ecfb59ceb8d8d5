"""A select that is written at once says what Django's own would."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms

from iamconsole.interfaces.console.selects import OneField, SomeField

CHOICES = [("", "None"), ("Ours & <theirs>", [("arn:1", "One"), ("arn:2", 'Two "2"')]), ("AWS", [(3, "<Three>")])]


class Tags(HTMLParser):
    """What a browser makes of it: tags, attributes and texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, sorted(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(data.strip())


def written(field: forms.Field, value: Any) -> list[Any]:
    field.widget.attrs |= {"size": 8, "data-x": "<&>", "hidden": False, "multiple-of": True}
    form = type("Form", (forms.Form,), {"chosen": field})(initial={"chosen": value})
    return Tags(str(form["chosen"])).found


@pytest.mark.parametrize("value", [None, "", "arn:2", 3, "nothing"])
def test_one(value: Any) -> None:
    assert written(OneField(choices=CHOICES), value) == written(forms.ChoiceField(choices=CHOICES), value)


@pytest.mark.parametrize("value", [None, [], ["arn:1", "3"], ["arn:2", "<"]])
def test_some(value: Any) -> None:
    assert written(SomeField(choices=CHOICES), value) == written(forms.MultipleChoiceField(choices=CHOICES), value)

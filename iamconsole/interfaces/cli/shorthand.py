"""The aws CLI's shorthand for structures: `Key=team,Value=red`, `Name=a,Values=x,y`, `Key={Inner=1},List=[a,b]`.

structure = pair , pair …        pair = name = value
value     = word | "quoted" | { structure } | [ value , … ]        a bare comma list is a list of words
"""

from __future__ import annotations

import re
from typing import Any

NAME = re.compile(r"\s*([A-Za-z0-9_.:/-]+)\s*=")
WORD = re.compile(r"[^,\]}]*")


class BadShorthand(ValueError):
    """The text is no shorthand; the message says where and what was expected."""


def parse(text: str) -> dict[str, Any]:
    """The structure that the text spells."""
    reader = _Reader(text)
    found = reader.structure("")
    reader.demand_end()
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def structure(self, closing: str) -> dict[str, Any]:
        """Pairs up to `closing`, or to the end of the text."""
        found: dict[str, Any] = {}
        while True:
            name = self._name()
            if name in found:
                raise self._fault(f"{name} is given twice")
            found[name] = self._value_or_values()
            if not self._accept(","):
                break
        if closing and not self._accept(closing):
            raise self._fault(f"expected `{closing}`")
        return found

    def demand_end(self) -> None:
        if self.at < len(self.text):
            raise self._fault("expected `,` or the end")

    def _name(self) -> str:
        match = NAME.match(self.text, self.at)
        if not match:
            raise self._fault("expected Name=Value")
        self.at = match.end()
        return match[1]

    def _value_or_values(self) -> Any:
        """One value; commas that no further pair follows continue it as a list."""
        values = [self._value()]
        while self._at(",") and not NAME.match(self.text, self.at + 1):
            self.at += 1
            values.append(self._value())
        return values[0] if len(values) == 1 else values

    def _value(self) -> Any:
        if self._accept("{"):
            return self.structure("}")
        if self._accept("["):
            return self._list()
        for quote in "\"'":
            if self._accept(quote):
                return self._quoted(quote)
        match = WORD.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        return match[0].strip()

    def _list(self) -> list[Any]:
        values: list[Any] = []
        while not self._accept("]"):
            if values and not self._accept(","):
                raise self._fault("expected `,` or `]`")
            values.append(self._value())
        return values

    def _quoted(self, quote: str) -> str:
        match = re.compile(rf"((?:[^{quote}\\]|\\.)*){quote}", re.DOTALL).match(self.text, self.at)
        if not match:
            raise self._fault(f"the quote {quote} is never closed")
        self.at = match.end()
        return re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL)

    def _at(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def _accept(self, sign: str) -> bool:
        found = self._at(sign)
        self.at += len(sign) * found
        return found

    def _fault(self, what: str) -> BadShorthand:
        return BadShorthand(f"{what} at `{self.text[self.at : self.at + 20]}` (character {self.at + 1})")

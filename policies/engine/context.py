"""The facts of a request that conditions and variables read."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from policies.engine.errors import EngineFault

Value: TypeAlias = str | tuple[str, ...] | None
Given: TypeAlias = str | bool | int | float | Decimal | tuple[str, ...] | list[str] | None


class _Ambiguous(tuple[str, ...]):
    """The value of a key that was given twice, in different case."""

    __slots__ = ()


_AMBIGUOUS: Final = _Ambiguous(("", ""))


class Context(Mapping[str, Value]):
    """Condition keys and their values; keys are looked up without regard to case.

    A text is a single value, a tuple or list a multivalued one, None a null. Nothing is read before the first look-up,
    so a decision that needs no facts costs none; do not change the given mapping afterwards.
    """

    __slots__ = ("_given", "_values")

    def __init__(self, given: Mapping[str, Given] | None = None) -> None:
        self._given: Mapping[str, Given] = given if given is not None else {}
        self._values: dict[str, Value] | None = None

    @classmethod
    def of(cls, given: "Mapping[str, Given] | Context") -> "Context":
        """The same facts as a Context."""
        return given if isinstance(given, Context) else cls(given)

    def find(self, key: str) -> Value:
        """The value of a key in lower case; None where it is absent, null or empty."""
        values = self._values
        if values is None:
            values = self._values = self._normalised()
        value = values.get(key)
        if value is _AMBIGUOUS:
            raise EngineFault(f"condition key `{key}` is given twice with different capitalisation")
        return value

    def _normalised(self) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for key, given in self._given.items():
            lowered, value = key.lower(), _value(given)
            values[lowered] = value if values.get(lowered, value) == value else _AMBIGUOUS
        return values

    def __getitem__(self, key: str) -> Value:
        value = self.find(key.lower())
        if value is None:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._given if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"Context({dict(self._given)!r})"


def _value(given: Given) -> Value:
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, tuple | list):
        return tuple(_scalar(item) for item in given) or None
    return _scalar(given)


def _scalar(given: Given) -> str:
    if isinstance(given, str):
        return given
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, int | float | Decimal):
        return str(given)
    raise EngineFault(f"a context value must be a text, a number, a boolean or a list, not `{type(given).__name__}`")

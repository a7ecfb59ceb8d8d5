"""Context entries: condition keys with values of a declared type."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from policies.engine import values
from policies.simulator.errors import UnusableInput

Entry: TypeAlias = tuple[str | None, Sequence[str], str | None]
Facts: TypeAlias = dict[str, str | tuple[str, ...]]

_READERS: Final[dict[str, Callable[[str], object]]] = {
    "string": str,
    "numeric": values.number,
    "boolean": values.boolean,
    "ip": values.address,
    "binary": values.binary,
    "date": values.instant,
}
_LIST: Final = "List"
TYPES: Final = tuple(name + suffix for name in _READERS for suffix in ("", _LIST))
"""AWS's ContextKeyTypeEnum."""


def context(entries: Iterable[Entry]) -> Facts:
    """The facts of entries, each a key name, its values and their type.

    Raises UnusableInput for an incomplete entry, a value of another type, or a key that is given twice.
    """
    facts: Facts = {}
    seen: set[str] = set()
    for number, (name, given, kind) in enumerate(entries, start=1):
        place = f"ContextEntries.{number}"
        if name is None or kind is None:
            raise UnusableInput(f"{place}: an entry needs a ContextKeyName and a ContextKeyType.")
        if ":" not in name.strip(":"):
            raise UnusableInput(f"{place}: context key {name} names no service, as aws:SourceIp does.")
        if name.lower() in seen:
            raise UnusableInput(f"{place}: context key {name} is given twice; keys are the same in any case.")
        seen.add(name.lower())
        facts[name] = _value(name, given, kind, place=place)
    return facts


def _value(name: str, given: Sequence[str], kind: str, *, place: str) -> str | tuple[str, ...]:
    read = _READERS[kind.removesuffix(_LIST)]
    for value in given:
        if read(value) is None:
            raise UnusableInput(f"{place}: the value {value[:128]!r} of context key {name} is not of type {kind}.")
    if kind.endswith(_LIST):
        return tuple(given)
    if len(given) != 1:
        raise UnusableInput(f"{place}: context key {name} of type {kind} takes one value, not {len(given)}.")
    return given[0]

"""Strict JSON: one reading of a text, or none."""

import json
import re
from typing import Any, Final

from policies.engine.errors import Path
from policies.engine.layout import Layout

LONGEST_NUMBER: Final = 32

_FORBIDDEN: Final = re.compile(r"[^\t\n\r\x20-\xff]")
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


class NotJson(ValueError):
    """The text cannot be read; `path` or else `offset` tells where."""

    def __init__(self, detail: str, *, offset: int = 0, path: Path | None = None) -> None:
        super().__init__(detail)
        self.detail, self.offset, self.path = detail, offset, path


class _Twice(ValueError):
    pass


def read(text: str) -> Any:
    """Read a policy text into dicts, lists, texts, booleans, None and `Number`.

    Refuses what JSON readers disagree about: a key given twice, NaN, lone surrogates, enormous numbers and nesting.
    Raises NotJson.
    """
    if found := _FORBIDDEN.search(text):
        raise NotJson(f"character U+{ord(found[0]):04X} is not allowed in a policy", offset=found.start())
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=_no_constant
        )
        if (found := _SURROGATE.search(text)) and not _encodable(value):
            raise NotJson("a lone surrogate is no character", offset=found.start())
    except json.JSONDecodeError as fault:
        raise NotJson(f"not JSON: {fault.msg[:1].lower()}{fault.msg[1:]}", offset=fault.pos) from None
    except _Twice:
        path = Layout(text).duplicate
        raise NotJson(f"`{path[-1]}` is given twice", path=path) from None
    except RecursionError:
        raise NotJson("elements are nested too deeply") from None
    except _OddNumber as fault:
        raise NotJson(f"number `{fault}` is not allowed", offset=text.find(str(fault))) from None
    return value


class _OddNumber(ValueError):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _Twice
    return result


def _number(written: str) -> Number:
    if len(written) > LONGEST_NUMBER:
        raise _OddNumber(written[:LONGEST_NUMBER])
    return Number(written)


def _no_constant(written: str) -> None:
    raise _OddNumber(written)


def _encodable(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True

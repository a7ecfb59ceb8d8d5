"""The raw input of an operation out of a request's path, query string and body."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.serializers import ListField

from iamconsole.interfaces.rest.problems import SerializationException
from iamconsole.interfaces.rest.serializers import UNKNOWN, input_serializer, refusal
from iamconsole.kernel.names import message_name
from iamconsole.kernel.operation import Operation

BODILESS = frozenset({"GET", "HEAD", "DELETE"})
PARAMETER = re.compile(r"{(\w+)}")


class StrictJSONParser(JSONParser):
    """JSON as RFC 8259 has it; a name given twice is refused, since two readers would take different values."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            text = stream.read().decode()
            value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
            if "\\u" in text:
                json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no character
        except (ValueError, RecursionError) as fault:
            raise ParseError(f"the body is not JSON: {fault}") from None
        return value


def path_members(operation: Operation) -> list[str]:
    """The members that an operation's path gives."""
    return PARAMETER.findall(operation.rest.path) if operation.rest else []


def raw_input(request: Request, operation: Operation, path: Mapping[str, str]) -> dict[str, Any]:
    """The members by AWS's names; a member that path and body tell differently is refused."""
    serializer = input_serializer(operation.input)
    members = _of_query(request, serializer) if request.method in BODILESS else _of_body(request)
    for name, value in path.items():
        alias = str(operation.input.model_fields[name].alias)
        if members.setdefault(alias, value) != value:
            raise refusal([message_name(alias)], "Member must be the same in the path and beside it")
    decoded = serializer(data=members)
    decoded.is_valid(raise_exception=True)
    return dict(decoded.validated_data)


def _of_body(request: Request) -> dict[str, Any]:
    if strays := [name for name in request.query_params if not _of_signature(name)]:
        raise refusal(
            [message_name(name) for name in strays], "Member must be in the JSON body, not in the query string"
        )
    if not isinstance(request.data, Mapping):
        raise SerializationException('the body must be a JSON object of members, such as {"UserName": "ada"}')
    return dict(request.data)


def _of_query(request: Request, serializer: type[Any]) -> dict[str, Any]:
    if request._request.body:
        raise SerializationException(f"{request.method} takes its members from the query string, not from a body")
    fields = serializer().fields
    members: dict[str, Any] = {}
    for name, values in request.query_params.lists():
        if _of_signature(name):
            continue
        if name not in fields:
            raise refusal([message_name(name)], UNKNOWN)
        if isinstance(fields[name], ListField):
            members[name] = values
        elif len(values) > 1:
            raise refusal([message_name(name)], "Member must be given once")
        else:
            members[name] = values[0]
    return members


def _of_signature(name: str) -> bool:
    return name.startswith("X-Amz-")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")

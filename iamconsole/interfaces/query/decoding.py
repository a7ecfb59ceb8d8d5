"""AWS's Query form to the raw input of an operation: `Tags.member.1.Key=team` → `{"Tags": [{"Key": "team"}]}`.

Unknown parameters are ignored, as AWS ignores them; the input's shape says what is known.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from iamconsole.kernel.errors import MalformedQueryString
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.shapes import Shape

MAX_MEMBERS = 10_000
MAX_DEPTH = 12
INDEX = re.compile(r"[1-9][0-9]{0,5}")
Tree = dict[str, Any]


def raw_input(operation: Operation, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The members of an operation's input, by AWS's names."""
    return _structure(_tree(pairs), operation.input)


def _tree(pairs: Iterable[tuple[str, str]]) -> Tree:
    root: Tree = {}
    for count, (name, value) in enumerate(pairs):
        steps = name.split(".")
        if count > MAX_MEMBERS or len(steps) > MAX_DEPTH:
            raise MalformedQueryString("The request has more or deeper parameters than any operation takes.")
        node = root
        for step in steps[:-1]:
            below = node.setdefault(step, {})
            if not isinstance(below, dict):
                raise MalformedQueryString(f"The parameter {name[:128]} is given both as a value and as a structure.")
            node = below
        if steps[-1] in node:
            raise MalformedQueryString(f"The parameter {name[:128]} is given twice.")
        node[steps[-1]] = value
    return root


def _structure(tree: Tree, shape: type[Shape]) -> dict[str, Any]:
    found = {}
    for name, field in shape.model_fields.items():
        alias = field.alias or name
        if alias in tree:
            found[alias] = _value(tree[alias], field.annotation)
    return found


def _value(node: Any, annotation: Any) -> Any:
    kind = _plain(annotation)
    if get_origin(kind) is list:
        return _list(node, get_args(kind)[0])
    if get_origin(kind) is dict:
        return _map(node)
    if isinstance(kind, type) and issubclass(kind, Shape) and isinstance(node, Mapping):
        return _structure(dict(node), kind)
    return node


def _map(node: Any) -> Any:
    if not isinstance(node, Mapping) or not isinstance(node.get("entry"), Mapping):
        return {} if node == "" else node
    pairs = node["entry"].values()
    if not all(isinstance(pair, Mapping) and isinstance(pair.get("key"), str) for pair in pairs):
        raise MalformedQueryString("Map entries are numbered from 1: Name.entry.1.key and Name.entry.1.value.")
    if len({pair["key"] for pair in pairs}) < len(pairs):
        raise MalformedQueryString("A map has two entries of the same key.")
    return {pair["key"]: pair.get("value") for pair in pairs}


def _list(node: Any, item: Any) -> Any:
    if node == "":
        return []  # botocore writes an empty list as an empty value
    if not isinstance(node, Mapping) or not isinstance(node.get("member"), Mapping):
        return node
    members: Mapping[str, Any] = node["member"]
    if not all(INDEX.fullmatch(index) for index in members):
        raise MalformedQueryString("List members are numbered from 1: Name.member.1.")
    return [_value(members[index], item) for index in sorted(members, key=int)]


def _plain(annotation: Any) -> Any:
    """The type behind `Annotated` and `| None`."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(arm for arm in get_args(annotation) if arm is not type(None))
        else:
            return annotation

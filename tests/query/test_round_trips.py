"""What botocore writes we read, and what we write botocore reads: whatever the values, however deep."""

from __future__ import annotations

import types
from datetime import UTC, datetime
from functools import cache
from typing import Any, Union, get_args, get_origin
from urllib.parse import parse_qsl, quote, urlencode

from botocore.model import Shape as TheirShape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from iamconsole.interfaces.query.decoding import raw_input
from iamconsole.interfaces.query.encoding import UNSPEAKABLE, result_xml
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.shapes import EncodedDocument, Shape
from tests.contract import judge

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
TAKING = [operation for operation in judge.judged() if operation.input.model_fields]
GIVING = [operation for operation in judge.judged() if operation.output]
serializer, parser = create_serializer("query", include_validation=False), create_parser("query")


# --- inputs ---------------------------------------------------------------------------------------------------------


@cache
def given_as(shape: TheirShape) -> st.SearchStrategy[Any]:
    """Values that botocore can write for a shape."""
    match shape.type_name:
        case "structure":
            members = {name: given_as(member) for name, member in shape.members.items()}
            return st.fixed_dictionaries({}, optional=members)
        case "list":
            return st.lists(given_as(shape.member), max_size=12)
        case "map":
            return st.dictionaries(TEXT, given_as(shape.value), max_size=12)
        case "boolean":
            return st.booleans()
        case "integer" | "long":
            return st.integers(-(2**40), 2**40)
        case _:
            return TEXT


def spelt(value: Any) -> Any:
    """A value as the form spells it; None for what it cannot say: a structure without members, a list of such."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case dict():
            return {name: found for name, member in value.items() if (found := spelt(member)) is not None} or None
        case [_, *_]:
            return [found for item in value if (found := spelt(item)) is not None] or None
        case _:
            return value


@given(data=st.data(), operation=st.sampled_from(TAKING))
@settings(max_examples=300, deadline=None)
def test_a_form_that_botocore_writes_is_read_as_it_was_meant(data: st.DataObject, operation: Operation) -> None:
    model = judge.theirs(operation)
    members = data.draw(given_as(model.input_shape))
    form = urlencode(serializer.serialize_to_request(members, model)["body"], doseq=True)
    read = raw_input(operation, parse_qsl(form, keep_blank_values=True, errors="strict"))
    assert read == (spelt(members) or {})


# --- outputs --------------------------------------------------------------------------------------------------------


@cache
def results(shape: type[Shape]) -> st.SearchStrategy[Shape]:
    """Results of a shape, without regard to the bounds of its members."""
    fields = {name: member(field) for name, field in shape.model_fields.items()}
    return st.fixed_dictionaries(fields).map(lambda members: shape.model_construct(**members))


def member(field: FieldInfo) -> st.SearchStrategy[Any]:
    annotation, _ = judge.unwrapped(field.annotation)
    optional = get_origin(field.annotation) in (Union, types.UnionType)
    return st.one_of(st.none(), values(annotation)) if optional else values(annotation)


def values(annotation: Any) -> st.SearchStrategy[Any]:
    if get_origin(annotation) is list:
        return st.lists(values(judge.unwrapped(get_args(annotation)[0])[0]), max_size=2)
    if get_origin(annotation) is dict:
        return st.dictionaries(
            st.text("abc", min_size=1), values(judge.unwrapped(get_args(annotation)[1])[0]), max_size=3
        )
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return results(annotation)
    return SCALARS[annotation]


SCALARS = {
    str: TEXT,
    int: st.integers(-(2**31), 2**31),
    bool: st.booleans(),
    datetime: st.datetimes(datetime(1900, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)),
    bytes: st.binary(max_size=12),
}


def seen(value: Any, *, encoded: bool = False) -> Any:
    """A value as botocore's parser hands it on, before boto3 decodes policy documents."""
    match value:
        case Shape():
            fields = type(value).model_fields
            return {
                field.alias: seen(
                    found, encoded=EncodedDocument in (*field.metadata, *judge.unwrapped(field.annotation)[1])
                )
                for name, field in fields.items()
                if (found := getattr(value, name)) is not None
            }
        case str():
            return quote(value, safe="-_.~") if encoded else UNSPEAKABLE.sub("\ufffd", value)
        case datetime():
            return value.replace(microsecond=0)
        case list():
            return [seen(item) for item in value]
        case dict():
            return {key: seen(item) for key, item in value.items()}
        case _:
            return value


@given(data=st.data(), operation=st.sampled_from(GIVING))
@settings(max_examples=300, deadline=None)
def test_xml_that_we_write_is_read_as_it_was_meant(data: st.DataObject, operation: Operation) -> None:
    assert operation.output
    result = data.draw(results(operation.output))
    body = result_xml(operation, result, "request-1").encode()
    shape = judge.theirs(operation).output_shape
    read = parser.parse({"body": body, "headers": {}, "status_code": 200}, shape)
    assert read.pop("ResponseMetadata")["RequestId"] == "request-1"
    assert read == seen(result)

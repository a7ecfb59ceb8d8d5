"""Results and faults as the XML that boto3 and the aws CLI expect."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from iamconsole.kernel.errors import Fault
from iamconsole.kernel.names import aws_name
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.shapes import EncodedDocument, Shape, metadata_of

NAMESPACES = {
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}
# What XML 1.0 cannot carry in any form.
UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def result_xml(operation: Operation, result: Shape | None, request_id: str) -> str:
    """`<CreateUserResponse><CreateUserResult>…</CreateUserResult><ResponseMetadata>…`."""
    body = ""
    if result is not None:
        body = f"<{operation.name}Result>{''.join(_members(result))}</{operation.name}Result>"
    return (
        f'<{operation.name}Response xmlns="{NAMESPACES[operation.service]}">{body}'
        f"<ResponseMetadata><RequestId>{escape(request_id)}</RequestId></ResponseMetadata></{operation.name}Response>"
    )


def fault_xml(fault: Fault, request_id: str, service: str = "iam") -> str:
    """AWS's ErrorResponse."""
    return (
        f'<ErrorResponse xmlns="{NAMESPACES[service]}"><Error>'
        f"<Type>{'Sender' if fault.sender else 'Receiver'}</Type><Code>{escape(fault.code)}</Code>"
        f"<Message>{_text(fault.message)}</Message></Error><RequestId>{escape(request_id)}</RequestId></ErrorResponse>"
    )


def _members(shape: Shape) -> Iterator[str]:
    for name, field in type(shape).model_fields.items():
        value = getattr(shape, name)
        if value is None:
            continue
        alias = field.alias or aws_name(name)
        marks = (*field.metadata, *metadata_of(field.annotation))
        content = quote(value, safe="-_.~") if EncodedDocument in marks else _content(value)
        yield f"<{alias}>{content}</{alias}>"


def _content(value: Any) -> str:
    match value:
        case Shape():
            return "".join(_members(value))
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case bytes():
            return b64encode(value).decode()
        case list() | tuple():
            return "".join(f"<member>{_content(item)}</member>" for item in value)
        case Mapping():
            return "".join(
                f"<entry><key>{_text(str(key))}</key><value>{_content(item)}</value></entry>"
                for key, item in value.items()
            )
        case _:
            return _text(str(value))


def _text(text: str) -> str:
    return escape(UNSPEAKABLE.sub("\ufffd", text), {"\r": "&#13;"})

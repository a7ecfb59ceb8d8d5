"""A valid input for any operation, out of its serializer: what is required, with values that fit."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

from rest_framework import serializers

from iamconsole.interfaces.rest.members import BODILESS, PARAMETER
from iamconsole.interfaces.rest.serializers import input_serializer
from iamconsole.kernel.operation import Operation

DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})

# Texts that must have a form of their own; any other is a name.
TEXTS = {
    "policy_document": DOCUMENT,
    "assume_role_policy_document": DOCUMENT,
    "role_arn": "arn:aws:iam::ACCOUNT:role/none",
    "policy_arn": "arn:aws:iam::ACCOUNT:policy/team/none",
    "permissions_boundary": "arn:aws:iam::ACCOUNT:policy/none",
    "version_id": "v1",
    "authentication_code1": "123456",
    "authentication_code2": "123456",
    "base32_string_seed": "A" * 32,
    "url": "https://idp.example.com",
    "open_id_connect_provider_arn": "arn:aws:iam::ACCOUNT:oidc-provider/none.example.com",
    "saml_provider_arn": "arn:aws:iam::ACCOUNT:saml-provider/none",
    "resource_arn": "arn:aws:s3:::none",
    "aws_service_name": "autoscaling.amazonaws.com",
}


def request_of(operation: Operation, account_id: str) -> tuple[str, Any]:
    """Path, with query string, and body."""
    assert operation.rest
    members = _required(input_serializer(operation.input)(), account_id)
    fields = operation.input.model_fields
    in_path = {name: fields[name].alias for name in PARAMETER.findall(operation.rest.path)}
    for name, alias in in_path.items():
        members.setdefault(alias, _text(name, 0, account_id))
    path = PARAMETER.sub(lambda found: quote(str(members[in_path[found[1]]]), safe="/:"), operation.rest.path)
    beside = {name: value for name, value in members.items() if name not in in_path.values()}
    if operation.rest.method in BODILESS:
        return f"{path}?{urlencode(beside, doseq=True)}" if beside else path, None
    return path, beside


def _required(serializer: Any, account_id: str) -> dict[str, Any]:
    return {name: _value(field, account_id) for name, field in serializer.fields.items() if field.required}


def _value(field: serializers.Field, account_id: str) -> Any:
    match field:
        case serializers.DictField():
            return {"Team/Name": _value(field.child, account_id)}
        case serializers.ListField():
            return [_value(field.child, account_id)]
        case serializers.Serializer():
            return _required(field, account_id)
        case serializers.ChoiceField():
            return next(iter(field.choices))
        case serializers.BooleanField():
            return True
        case serializers.IntegerField():
            return field.min_value or 1
        case _:
            return _text(str(field.source), getattr(field, "min_length", None) or 0, account_id)


def _text(name: str, least: int, account_id: str) -> str:
    return TEXTS.get(name, "none").replace("ACCOUNT", account_id).ljust(least, "e")

"""Example calls of an operation for each client: the members it demands, with values that read well."""

from __future__ import annotations

import json
import shlex
from typing import Any

from django.conf import settings

from iamconsole.interfaces.cli.members import Member, is_structure, members, members_of, plain
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.shapes import Number, OneOf

AWS_SERVICES = {"iam": "iam", "sts": "sts"}
WORDS = {
    "user_name": "ada",
    "new_user_name": "ada.lovelace",
    "group_name": "Developers",
    "role_name": "Deployer",
    "policy_name": "ReadReports",
    "instance_profile_name": "WebServer",
    "account_alias": "demo",
    "access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "permissions_boundary": "arn:aws:iam::aws:policy/PowerUserAccess",
    "arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
    "target_principal": "123456789012",
    "role_arn": "arn:aws:iam::123456789012:role/Deployer",
    "role_session_name": "ada",
    "version_id": "v2",
    "virtual_mfa_device_name": "phone",
    "serial_number": "arn:aws:iam::123456789012:mfa/phone",
    "authentication_code1": "123456",
    "authentication_code2": "654321",
    "url": "https://idp.example.com",
    "client_id": "sts.amazonaws.com",
    "thumbprint_list": "9e99a48a9960b14926bb7f3b02e22da2b0ab7280",
    "open_id_connect_provider_arn": "arn:aws:iam::123456789012:oidc-provider/idp.example.com",
    "saml_provider_arn": "arn:aws:iam::123456789012:saml-provider/Corp",
    "audience": "https://service.example.com",
    "signing_algorithm": "ES384",
    "principal_arn": "arn:aws:iam::123456789012:saml-provider/Corp",
    "saml_assertion": "file:///dev/stdin",
    "web_identity_token": "file:///dev/stdin",
    "path": "/engineering/",
    "password": "file:///dev/stdin",
    "private_key": "file:///dev/stdin",
    "service_password": "file:///dev/stdin",
    "server_certificate_name": "web",
    "key": "team",
    "value": "red",
}
STRUCTURES = {"changes": {"Action": "iam:AttachUserPolicy", "UserName": "ada", "PolicyArn": WORDS["policy_arn"]}}
"""Of what its members alone do not tell."""
DOCUMENT = "file://policy.json"


def aws_cli(operation: Operation) -> str:
    """`aws iam create-user --user-name ada --endpoint-url …`; nothing for services that the aws CLI does not know."""
    service = AWS_SERVICES.get(operation.service)
    if not service:
        return ""
    return " ".join(
        ["aws", service, operation.command, *_options(operation), "--endpoint-url", settings.IAM_PUBLIC_URL]
    )


def manage_py(operation: Operation) -> str:
    return " ".join([".venv/bin/python manage.py iam", operation.command, *_options(operation)])


def boto3_call(operation: Operation) -> str:
    """`iam.create_user(UserName="ada")`."""
    service = AWS_SERVICES.get(operation.service)
    if not service:
        return ""
    given = ", ".join(f"{m.alias}={_python(_value(m))}" for m in members(operation) if m.required)
    client = f'boto3.client("{service}", endpoint_url="{settings.IAM_PUBLIC_URL}")'
    return f"{client}.{operation.slug}({given})"


def _options(operation: Operation) -> list[str]:
    words = []
    for member in members(operation):
        if member.required:
            words += [member.option, *_words(member)]
    return words


def _words(member: Member) -> list[str]:
    if member.is_flag:
        return []
    value = _value(member)
    values = value if isinstance(value, list) else [value]
    return [shlex.quote(_shorthand(each)) for each in values]


def _shorthand(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name}={_shorthand(each)}" for name, each in value.items())
    return f"[{','.join(map(_shorthand, value))}]" if isinstance(value, list) else str(value)


def _python(value: Any) -> str:
    if isinstance(value, str) and value.startswith("file://"):
        return 'open("policy.json").read()' if value == DOCUMENT else "getpass.getpass()"
    return json.dumps(value)


def _value(member: Member) -> Any:
    """A value that fits the member."""
    if member.item is not None:
        return [_of(member.item, member)]
    return _of(member.annotation, member)


def _of(annotation: Any, member: Member) -> Any:
    kind = plain(annotation)
    if isinstance(kind, type) and is_structure(kind):
        if member.name in STRUCTURES:
            return STRUCTURES[member.name]
        inside = members_of(kind)
        demanded = [inner for inner in inside if inner.required] or inside
        return {inner.alias: _value(inner) for inner in demanded}
    if is_structure(annotation):
        return {"Name": "value"}
    for mark in member.marks:
        if isinstance(mark, OneOf):
            return mark.values[0]
        if isinstance(mark, Number):
            return mark.min or 1
    if "document" in member.name:
        return DOCUMENT
    return WORDS.get(member.name) or ("team" if member.item is not None else member.alias)

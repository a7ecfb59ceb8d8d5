"""The request context: every condition key a decision may ask for (reference 3.4)."""

from __future__ import annotations

from iamconsole.kernel.call import Call, PrincipalType
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.resources import Resource
from iamconsole.kernel.shapes import Shape

Context = dict[str, str | tuple[str, ...]]
REGION = "us-east-1"  # IAM is global: AWS always says this region


def of_caller(call: Call) -> Context:
    """What is known of the caller and the request, whatever it asks for."""
    principal = call.principal
    if principal.is_vouched_for:
        return _of_request(call) | dict(principal.session)
    if principal.type is PrincipalType.SERVICE and principal.vouched is not None:
        service = {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": principal.user_id}
        return _of_request(call) | service | dict(principal.session)
    context: Context = {
        "aws:PrincipalArn": principal.issuer_arn if principal.type is PrincipalType.ROLE_SESSION else principal.arn,
        "aws:PrincipalAccount": principal.account_id,
        "aws:PrincipalType": principal.type.value,
        "aws:userid": principal.user_id,
        "aws:PrincipalIsAWSService": "false",  # registered services are none of AWS's (docs/adr/0010)
    }
    if principal.type is PrincipalType.USER:
        context["aws:username"] = principal.name
    if principal.type is PrincipalType.SERVICE:
        context["aws:PrincipalServiceName"] = principal.name
        context["aws:PrincipalServiceNamesList"] = (principal.name,)
    context |= {f"aws:PrincipalTag/{key}": value for key, value in principal.tags.items()}
    return _of_request(call) | context | dict(principal.session)


def _of_request(call: Call) -> Context:
    context: Context = {
        "aws:ViaAWSService": "false",
        "aws:SecureTransport": _flag(call.origin.secure),
        "aws:CurrentTime": call.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(call.time.timestamp())),
        "aws:RequestedRegion": REGION,
        "aws:UserAgent": call.origin.user_agent,
    }
    if call.origin.source_ip:
        context["aws:SourceIp"] = call.origin.source_ip
    if call.origin.referer:
        context["aws:referer"] = call.origin.referer
    return context


def of_input(operation: Operation, request: Shape) -> Context:
    """Keys that members of the input feed: those the operation declares, and tags."""
    context: Context = {}
    for key, member in operation.conditions.items():
        if (value := getattr(request, member)) is not None:
            context[key] = tuple(map(str, value)) if isinstance(value, list) else str(value)
    if tags := getattr(request, "tags", None):
        context |= {f"aws:RequestTag/{tag.key}": tag.value for tag in tags}
        context["aws:TagKeys"] = tuple(tag.key for tag in tags)
    if keys := getattr(request, "tag_keys", None):
        context["aws:TagKeys"] = tuple(keys)
    return context


def of_resource(resource: Resource) -> Context:
    """Keys of the resource: its account, tags and own facts."""
    context: Context = {"aws:ResourceAccount": resource.account_id}
    for key, value in resource.tags.items():
        context[f"aws:ResourceTag/{key}"] = value
        context[f"iam:ResourceTag/{key}"] = value
    return context | dict(resource.facts)


def _flag(value: bool) -> str:
    return "true" if value else "false"

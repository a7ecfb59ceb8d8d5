"""What a record says: CloudTrail's shape, so that existing tools read it, and what we add to it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from iamconsole.kernel.call import Call, Principal, PrincipalType
from iamconsole.kernel.errors import AccessDenied, Fault, ValidationError
from iamconsole.kernel.operation import Operation
from iamconsole.kernel.resources import Resource
from iamconsole.kernel.sessions import MFA_PRESENT, moment
from iamconsole.kernel.shapes import Shape, redacted

VERSION = "1.11"  # of CloudTrail's record format
TYPES = {
    PrincipalType.ROOT: "Root",
    PrincipalType.USER: "IAMUser",
    PrincipalType.ROLE_SESSION: "AssumedRole",
    PrincipalType.FEDERATED_USER: "FederatedUser",
    PrincipalType.WEB_IDENTITY: "WebIdentityUser",
    PrincipalType.SAML: "SAMLUser",
    PrincipalType.SERVICE: "AWSService",
    PrincipalType.ANONYMOUS: "Unknown",
    PrincipalType.OPERATOR: "Operator",
    PrincipalType.WORKER: "Worker",
}
SOURCE = {"arn": "aws:SourceArn", "accountId": "aws:SourceAccount"}
WIDTHS = {
    "name": 128,
    "principal": 2048,
    "access_key_id": 128,
    "source_ip": 64,
    "error_code": 128,
    "resource": 2048,
}


def identity_of(principal: Principal) -> dict[str, Any]:
    """CloudTrail's userIdentity."""
    said: dict[str, Any] = {
        "type": TYPES[principal.type],
        "principalId": principal.user_id,
        "arn": "" if principal.is_vouched_for else principal.arn,
        "accountId": "" if principal.is_vouched_for else principal.account_id,
        "accessKeyId": principal.access_key_id,
        "userName": principal.name if principal.type is not PrincipalType.ROLE_SESSION else "",
        "identityProvider": principal.arn if principal.is_vouched_for else "",
        "invokedBy": principal.user_id if principal.type is PrincipalType.SERVICE else "",
        "source": _source(principal),
        "sessionContext": _session_context(principal),
    }
    return {key: value for key, value in said.items() if value}


def _source(principal: Principal) -> dict[str, str]:
    """On whose behalf a service said that it acts."""
    if principal.type is not PrincipalType.SERVICE:
        return {}
    return {name: str(principal.session[key]) for name, key in SOURCE.items() if key in principal.session}


def _session_context(principal: Principal) -> dict[str, Any]:
    """CloudTrail's sessionContext: whose session it is, since when, and with MFA or not."""
    session = principal.temporary
    if session is None:
        return {}
    kind = "Role" if principal.type is PrincipalType.ROLE_SESSION else "IAMUser"
    issuer = {
        "type": "Root" if principal.issuer_arn.endswith(":root") else kind,
        "principalId": principal.unique_id,
        "arn": principal.issuer_arn,
        "accountId": principal.account_id,
        "userName": principal.issuer_arn.rsplit("/", 1)[-1],
    }
    attributes = {
        "creationDate": moment(session.issued),
        "mfaAuthenticated": principal.session.get(MFA_PRESENT, "false"),
    }
    said = {
        "sessionIssuer": issuer if principal.issuer_arn else {},
        "attributes": attributes,
        "sourceIdentity": session.source_identity,
    }
    return {key: value for key, value in said.items() if value}


def record_of(
    call: Call,
    operation: Operation,
    *,
    request: Shape | None,
    result: Shape | None = None,
    fault: Fault | None = None,
    resources: Sequence[Resource] = (),
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """One call as a record; sensitive members are hidden before they get here or anywhere else."""
    record: dict[str, Any] = {
        "eventVersion": VERSION,
        "eventID": str(uuid.uuid4()),
        "eventTime": call.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{operation.service}.amazonaws.com",
        "eventName": operation.name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": call.origin.source_ip or call.door,
        "userAgent": call.origin.user_agent,
        "userIdentity": identity_of(call.principal),
        "requestParameters": redacted(request) if request else None,
        "responseElements": redacted(result) if result else None,
        "requestID": call.request_id,
        "readOnly": not operation.mutates,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": call.account_id,
        "resources": _touched(call, resources),
        "door": call.door,
        **(extra or {}),
    }
    if fault:
        record |= {"errorCode": fault.code, "errorMessage": _message(fault)}
    if isinstance(fault, AccessDenied) and fault.authorization_id:
        record["authorizationId"] = fault.authorization_id
    return record


def _touched(call: Call, resources: Sequence[Resource]) -> list[dict[str, str]]:
    """What the call was about, then whom else it was done to."""
    about = {resource.arn: resource.account_id for resource in resources}
    others = {arn: call.account_id for change in call.changes for arn in change.concerns}
    return [{"ARN": arn, "accountId": account_id} for arn, account_id in (about | others).items()]


def _message(fault: Fault) -> str:
    """What was wrong; refused input is not repeated, it may be a secret in the wrong member."""
    if isinstance(fault, ValidationError) and fault.errors:
        return "; ".join(f"{path}: {', '.join(constraints)}" for path, constraints in fault.errors.items())
    return fault.message


def columns_of(record: Mapping[str, Any]) -> dict[str, str]:
    """What look-ups need beside the body, cut to what a column holds."""
    identity, resources = record["userIdentity"], record["resources"]
    said = {
        "name": record["eventName"],
        "principal": identity.get("arn", ""),
        "access_key_id": identity.get("accessKeyId", ""),
        "source_ip": record["sourceIPAddress"],
        "error_code": record.get("errorCode", ""),
        "resource": resources[0]["ARN"] if resources else "",
    }
    return {column: storable(text)[: WIDTHS[column]] for column, text in said.items()}


def storable(text: str) -> str:
    """Without what a database cannot keep: PostgreSQL refuses NUL, and no encoding has lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()

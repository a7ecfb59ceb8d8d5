"""Short words for questions to the simulator."""

from __future__ import annotations

import json
from typing import Any

OBJECT = "arn:aws:s3:::b/k"


def statement(effect: str, action: Any, resource: Any = "*", **condition: Any) -> dict[str, Any]:
    said = {"Effect": effect, "Action": action, "Resource": resource}
    return said | ({"Condition": condition} if condition else {})


def allow(action: Any = "*", resource: Any = "*", **condition: Any) -> dict[str, Any]:
    return statement("Allow", action, resource, **condition)


def deny(action: Any = "*", resource: Any = "*", **condition: Any) -> dict[str, Any]:
    return statement("Deny", action, resource, **condition)


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> str:
    return json.dumps({"Version": version, "Statement": list(statements)})


ANYTHING = policy(allow())


def admitting(principal: Any, action: str = "s3:*", resource: str = OBJECT, effect: str = "Allow") -> str:
    """A resource policy; `principal` is the Principal element, or the ARN of an AWS principal."""
    named = {"AWS": principal} if isinstance(principal, str) else principal
    return policy({"Effect": effect, "Principal": named, "Action": action, "Resource": resource})


def trusting(principal: Any, action: Any = "sts:AssumeRole", **condition: Any) -> str:
    """A trust policy."""
    named = {"AWS": principal} if isinstance(principal, str) else principal
    said = {"Effect": "Allow", "Principal": named, "Action": action}
    return policy(said | ({"Condition": condition} if condition else {}))


def entry(key: str, *values: str, type: str = "string") -> dict[str, Any]:
    return {"ContextKeyName": key, "ContextKeyValues": list(values), "ContextKeyType": type}


def custom(iam: Any, *policies: str, action: str = "s3:GetObject", resource: str = OBJECT, **members: Any) -> Any:
    """The one result of SimulateCustomPolicy."""
    asked = {"PolicyInputList": list(policies), "ActionNames": [action], "ResourceArns": [resource]}
    (result,) = iam.simulate_custom_policy(**asked | members)["EvaluationResults"]
    return result


def principal(iam: Any, source: str, *, action: str = "s3:GetObject", resource: str = OBJECT, **members: Any) -> Any:
    """The one result of SimulatePrincipalPolicy."""
    asked = {"PolicySourceArn": source, "ActionNames": [action], "ResourceArns": [resource]}
    (result,) = iam.simulate_principal_policy(**asked | members)["EvaluationResults"]
    return result


def sources(result: dict[str, Any]) -> list[tuple[str, str]]:
    """The id and type of the policies whose statements decided."""
    return [(found["SourcePolicyId"], found["SourcePolicyType"]) for found in result["MatchedStatements"]]

"""The trust policy that a choice of trusted entity stands for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from iamconsole.interfaces.console.pages.access import addresses
from iamconsole.interfaces.console.visit import Visit


def trust_policy_of(visit: Visit, data: Mapping[str, Any]) -> str:
    """The policy of one statement that the fields of TrustForm make, once they are valid."""
    return json.dumps({"Version": "2012-10-17", "Statement": [_statement(visit, data)]}, indent=2) + "\n"


def _statement(visit: Visit, data: Mapping[str, Any]) -> dict[str, Any]:
    account = visit.call.account_id
    match data["trusted"]:
        case "principal":
            return _assuming({"AWS": _arn(visit, data["principal"].strip())}, _presenting(data))
        case "other-account":
            return _assuming({"AWS": _root(data["account_id"].replace("-", ""))}, _presenting(data, external=True))
        case "service":
            return _assuming({"Service": data["service"].strip()})
        case "oidc":
            return _by_token(data["oidc_provider"], data["audience"].strip(), data["subject"].strip())
        case "saml":
            condition = {"StringEquals": {"SAML:aud": f"{settings.IAM_PUBLIC_URL}/saml"}}
            return _assuming({"Federated": data["saml_provider"]}, condition, "sts:AssumeRoleWithSAML")
    return _assuming({"AWS": _root(account)}, _presenting(data))


def _root(account_id: str) -> str:
    return f"arn:aws:iam::{account_id}:root"


def _assuming(
    principal: dict[str, str], condition: dict[str, Any] | None = None, action: str = "sts:AssumeRole"
) -> dict[str, Any]:
    said: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": action}
    return said | {"Condition": condition} if condition else said


def _presenting(data: Mapping[str, Any], *, external: bool = False) -> dict[str, Any]:
    """What the caller must bring along: an agreed value, a second factor."""
    said: dict[str, Any] = {}
    if external and data["external_id"]:
        said["StringEquals"] = {"sts:ExternalId": data["external_id"]}
    if data["require_mfa"]:
        said["Bool"] = {"aws:MultiFactorAuthPresent": "true"}
    return said


def _by_token(arn: str, audience: str, subject: str) -> dict[str, Any]:
    name = arn.partition(":oidc-provider/")[2]
    condition: dict[str, dict[str, str]] = {"StringEquals": {f"{name}:aud": audience}}
    if subject:
        operator = "StringLike" if "*" in subject or "?" in subject else "StringEquals"
        condition.setdefault(operator, {})[f"{name}:sub"] = subject
    return _assuming({"Federated": arn}, condition, "sts:AssumeRoleWithWebIdentity")


def _arn(visit: Visit, typed: str) -> str:
    """The ARN of a user or role of this account; with its path, where the asker may read that."""
    word, _slash, name = typed.rpartition("/")
    if typed.startswith("arn:") or word not in ("user", "role", ""):
        return typed
    word = word or "user"
    kind = addresses.BY_WORD[word]
    action, who = kind.action("Get{}"), kind.named(name)
    if visit.refusal(action, **who) is None and (found := visit.look(action, **who)):
        return str(getattr(found, word).arn)
    return f"arn:aws:iam::{visit.call.account_id}:{word}/{name}"

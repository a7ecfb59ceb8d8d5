"""A user who is refused, and what can be asked about it; scenarios of the engine's tests as engine objects."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from policies.engine import Policies, PolicyKind, Principal, PrincipalType, Request
from tests.engine import corpus
from tests.query.aws import document
from tests.support.tenants import Tenant

ID = re.compile(
    r"\. To see the details, call the GetRequestAuthorizationDetails API with the following authorization id: "
    r"([0-9a-z]{26})$"
)


@dataclass
class Denied:
    """User `ada` of an account, whose policy `p` is rewritten as the story goes on."""

    tenant: Tenant
    key: dict[str, str]

    @property
    def iam(self) -> Any:
        return self.tenant.client("iam", self.key)

    def may(self, *statements: dict[str, Any]) -> None:
        self.tenant.run("iam:PutUserPolicy", user_name="ada", policy_name="p", policy_document=document(*statements))

    def denied(self, operation: str = "list_users", **members: Any) -> str:
        """The authorization id out of the refusal."""
        try:
            getattr(self.iam, operation)(**members)
        except ClientError as refused:
            error = refused.response["Error"]
            assert error["Code"] == "AccessDenied", error
            found = ID.search(error["Message"])
            assert found, error
            return found[1]
        raise AssertionError(f"{operation} was not refused")

    def explained(self, authorization_id: str) -> Any:
        return self.tenant.run("iamconsole:ExplainDenial", authorization_id=authorization_id)


def engine_policies(given: dict[str, Any]) -> Policies:
    """The policies of a scenario of `tests.engine.strategies`."""
    kind = PolicyKind.TRUST if given["resource_is_trust"] else PolicyKind.RESOURCE
    session = given["session"]
    resource = [corpus.bound(policy["document"], kind, policy["id"]) for policy in given["resource"]]
    others = corpus.policies(
        {
            "identity": _documents(given["identity"]),
            **({"boundary": given["boundary"]["document"]} if given["boundary"] else {}),
            "session": None if session is None else _documents(session),
            "scps": [_documents(level) for level in given["scps"]],
            "rcps": [_documents(level) for level in given["rcps"]],
            "resource_must_allow": given["resource_must_allow"],
        }
    )
    return replace(others, resource=tuple(resource))


def engine_request(given: dict[str, Any]) -> Request:
    principal = {**given["principal"], "type": PrincipalType(given["principal"]["type"])}
    return Request(**{**given, "principal": Principal(**principal)})


def _documents(attached: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [policy["document"] for policy in attached]

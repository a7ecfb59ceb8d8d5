"""Encoded authorization messages: a signed token that names a denial, and what sts:DecodeAuthorizationMessage tells.

The token holds no secret and no detail, only the authorization id; it opens nothing to another account.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from accounts.master_keys import ring
from iamconsole.audit.chain import canonical
from iamconsole.audit.decisions.answers import values
from iamconsole.audit.decisions.explanation import sid_of
from iamconsole.audit.decisions.queries import Kept
from iamconsole.sealing import KeyRing, SealBroken, Signer
from policies.engine import PolicyKind, Statement, parse


def _signer() -> Signer:
    return _signer_of(ring.current())


@lru_cache(maxsize=1)
def _signer_of(ring: KeyRing) -> Signer:
    return Signer.from_ring(ring, "authorization-message")


def encoded(authorization_id: str) -> str:
    """The message that stands for a denial."""
    return _signer().sign(authorization_id.encode())


def authorization_id_of(message: str) -> str | None:
    """The denial that a message stands for; None for a message that is not ours."""
    try:
        return _signer().verify(message).decode()
    except SealBroken:
        return None


def decoded(kept: Kept, texts: Mapping[str, str]) -> str:
    """The JSON text that AWS's DecodeAuthorizationMessage gives, for a kept denial and its policies by URI."""
    denied, principal = kept.denied, kept.body["principal"]
    return canonical(
        {
            "allowed": False,
            "explicitDeny": denied["evaluatedEffect"] == "EXPLICIT_DENY",
            "matchedStatements": _items(_statements(kept, texts)),
            "failures": _items([]),
            "context": {
                "principal": {"id": principal["id"], "arn": principal["arn"]},
                "action": denied["action"],
                "resource": denied["resource"],
                "conditions": _items([_condition(key, values(kept.context[key])) for key in sorted(kept.context)]),
            },
        }
    )


def _statements(kept: Kept, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The statements that matched, as their policies had them."""
    principal = kept.body["principal"]
    kinds = {each["uri"]: PolicyKind(each["kind"]) for each in kept.body["policies"]}
    documents = {uri: parse(text, kinds[uri]) for uri, text in texts.items()}
    found = [
        documents[policy["uri"]].statements[each["index"]]
        for check in kept.denied.get("checks", ())
        for policy in check["matchedPolicies"]
        for each in policy["matchedStatements"]
    ]
    return [_statement(each, attached_to=principal["uniqueId"] or principal["id"]) for each in found]


def _statement(statement: Statement, *, attached_to: str) -> dict[str, Any]:
    named = [name for _, name in statement.principals or statement.not_principals] or [attached_to]
    return {
        "statementId": sid_of(statement.sid, statement.index),
        "effect": statement.effect.value.upper(),
        "principals": _values(named),
        "principalGroups": _items([]),
        "actions": _values(statement.actions or statement.not_actions),
        "resources": _values(statement.resources or statement.not_resources),
        "conditions": _items([_condition(each.key, each.values) for each in statement.conditions]),
    }


def _condition(key: str, wanted: Any) -> dict[str, Any]:
    return {"key": key, "values": _values(wanted)}


def _values(texts: Any) -> dict[str, Any]:
    return _items([{"value": text} for text in texts])


def _items(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"items": items}

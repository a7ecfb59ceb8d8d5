"""A second evaluator, naive and slow: every rule is a small function over plain JSON, written from AWS's rules alone.

It shares no code with `policies.engine` and was written without reading it, so that where the two agree, the rules do.
Policies and requests are plain dictionaries; `strategies.py` shows their shape. What AWS leaves open is decided here:

- A null (None, an empty list) is as good as an absent key; an empty text is a text, though ForAllValues passes it.
- A list satisfies no operator that wants one value, negated or not; a value of the wrong type matches nothing, so
  negated operators hold.
- A variable that is a whole ARN pattern may hold a whole ARN; within one of the first five fields it brings no colons.
- Binary values are base64 on both sides. Bool takes `true` in any case. Variables work in String and ARN operators.
- IfExists wins over ForAnyValue when the key is absent.
- A variable that is unresolved, or names a list, spoils its own pattern and not its neighbours: NotResource excludes
  nothing by it. A default stands in for an absent key only.
- `Principal: "*"` means everybody, but lets no token of an identity provider in. A boundary and a session policy limit
  it unless the statement asks for aws:PrincipalArn.
- NotPrincipal with Allow passes over whoever is named in any way; with Deny it spares only whom it names in full.
- Across accounts the requester's own side is asked first.
"""

from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any, NamedTuple

from tests.engine.reference_matching import NEGATIONS, action_matches, as_list, condition_holds, resource_matches

EVERYBODY = ("AWS", "*")
PROVIDER_TOKENS = ("WebIdentity", "SAML")


class Grant(IntEnum):
    """How much an Allow of a resource policy gives, by how it names the principal (same account)."""

    NONE = 0
    DELEGATED = 1
    LIMITED = 2
    FULL = 3


class Answer(NamedTuple):
    """`layers` are those with a matching Deny, or the one that lacks an Allow; `statements` are (policy id, Sid)."""

    outcome: str
    layers: frozenset[str]
    statements: frozenset[tuple[str, str]]


def statement_grant(statement: dict[str, Any], version: str, request: dict[str, Any]) -> Grant:
    """NONE unless every element matches; for a statement that names principals, how it names this one."""
    context = request["context"]

    def covers(element: str, test: Callable[[str], bool]) -> bool:
        if f"Not{element}" in statement:
            return not any(map(test, as_list(statement[f"Not{element}"])))
        return element not in statement or any(map(test, as_list(statement[element])))

    matches = (
        covers("Action", lambda pattern: action_matches(pattern, request["action"]))
        and covers("Resource", lambda pattern: resource_matches(pattern, request["resource"], version, context))
        and all(
            condition_holds(operator, key, as_list(wanted), version, context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )
    return principal_grant(statement, request["principal"]) if matches else Grant.NONE


def principal_grant(statement: dict[str, Any], principal: dict[str, Any]) -> Grant:
    """The strongest way in which Principal names the requester; NotPrincipal names whoever it does not spare."""
    if "NotPrincipal" in statement:
        entries = principal_entries(statement["NotPrincipal"])
        if statement["Effect"] == "Deny":
            spared = is_named_in_full(entries, principal) and not principal["has_boundary"]
        else:
            spared = any(entry_grant(*entry, principal) for entry in entries)
        return Grant.NONE if spared else Grant.LIMITED
    if "Principal" not in statement:
        return Grant.FULL
    entries = principal_entries(statement["Principal"])
    if EVERYBODY in entries and asks_principal_arn(statement) and principal["account"]:
        return Grant.FULL
    return max(entry_grant(*entry, principal) for entry in entries)


def principal_entries(element: Any) -> list[tuple[str, str]]:
    """`"*"` is short for {"AWS": "*"}."""
    if element == "*":
        return [EVERYBODY]
    return [(kind, name) for kind, names in element.items() for name in as_list(names)]


def asks_principal_arn(statement: dict[str, Any]) -> bool:
    """Whether a condition lets nobody pass but by their ARN; negated and modified operators do not see to that."""
    return any(
        operator.startswith(("String", "Arn"))
        and operator not in NEGATIONS
        and not operator.endswith("IfExists")
        and "aws:principalarn" in map(str.lower, keys)
        for operator, keys in statement.get("Condition", {}).items()
    )


def account_names(principal: dict[str, Any]) -> set[str]:
    """The account ID and the ARN of its root mean the same: the whole account."""
    if principal["account"] is None:
        return set()
    partition = principal["arn"].split(":")[1]
    return {principal["account"], f"arn:{partition}:iam::{principal['account']}:root"}


def entry_grant(kind: str, name: str, principal: dict[str, Any]) -> Grant:
    """The table of resource-based policies and implicit denies."""
    if kind == "Service":
        return Grant.FULL if principal["type"] == "Service" and name == principal["id"] else Grant.NONE
    if kind == "Federated":
        is_it = principal["type"] in PROVIDER_TOKENS and name == principal["arn"]
        return Grant.FULL if is_it else Grant.NONE
    if kind != "AWS":
        return Grant.NONE
    if name == "*":
        return Grant.LIMITED
    if principal["account"] is None:
        return Grant.NONE
    if name in account_names(principal):
        return Grant.DELEGATED
    if name == principal["arn"] or (principal["type"] == "User" and name == principal["unique_id"]):
        return Grant.FULL
    if name in (principal["role_arn"], principal["issuer_arn"], principal["unique_id"]):
        return Grant.LIMITED
    return Grant.NONE


def is_named_in_full(entries: list[tuple[str, str]], principal: dict[str, Any]) -> bool:
    """NotPrincipal must list a user and the account; a session, its role and the account."""
    if EVERYBODY in entries:
        return True
    if principal["account"] is None:
        return any(entry_grant(*entry, principal) for entry in entries)
    names = {name for kind, name in entries if kind == "AWS"}
    links = [account_names(principal)]
    if principal["type"] == "User":
        links += [{principal["arn"], principal["unique_id"]}]
    if principal["type"] == "AssumedRole":
        links += [{principal["arn"]}, {principal["role_arn"], principal["unique_id"]}]
    if principal["type"] == "FederatedUser":
        links += [{principal["arn"]}]
    return all(link & names for link in links)


def matching(policies: list[dict[str, Any]], effect: str, request: dict[str, Any]) -> dict[tuple[str, str], Grant]:
    """The statements of an effect that match, with what they give."""
    found = {}
    for policy in policies:
        version = policy["document"].get("Version", "2008-10-17")
        for statement in as_list(policy["document"]["Statement"]):
            if statement["Effect"] == effect and (grant := statement_grant(statement, version, request)):
                found[policy["id"], statement["Sid"]] = grant
    return found


def decide(request: dict[str, Any], policies: dict[str, Any]) -> Answer:
    """An explicit deny anywhere is final; otherwise the first layer that had to allow and did not."""
    resource = "trust" if policies["resource"] and policies["resource_is_trust"] else "resource"
    layers = {
        "rcp": [policy for level in policies["rcps"] for policy in level],
        "scp": [policy for level in policies["scps"] for policy in level],
        resource: policies["resource"],
        "identity": policies["identity"],
        "boundary": [policies["boundary"]] if policies["boundary"] else [],
        "session": policies["session"] or [],
    }
    denies = {layer: found for layer, bound in layers.items() if (found := matching(bound, "Deny", request))}
    if denies:
        return Answer("EXPLICIT_DENY", frozenset(denies), frozenset().union(*denies.values()))
    for lacking in lacking_allows(request, policies):
        return Answer("IMPLICIT_DENY", frozenset({resource if lacking == "resource" else lacking}), frozenset())
    allows = matching(policies["identity"], "Allow", request) | resource_allows(request, policies)
    return Answer("ALLOW", frozenset(), frozenset(allows))


def resource_allows(request: dict[str, Any], policies: dict[str, Any]) -> dict[tuple[str, str], Grant]:
    """What resource policies give; a token is let in only by the name of the provider that issued it."""
    found = matching(policies["resource"], "Allow", request)
    least = Grant.FULL if request["principal"]["type"] in PROVIDER_TOKENS else Grant.DELEGATED
    return {statement: grant for statement, grant in found.items() if grant >= least}


def lacking_allows(request: dict[str, Any], policies: dict[str, Any]) -> Iterator[str]:
    """The layers that have to allow and do not; across accounts both sides have to, the requester's own comes first."""
    for layer in ("rcp", "scp"):
        if not all(matching(level, "Allow", request) for level in policies[f"{layer}s"]):
            yield layer
    account = request["principal"]["account"]
    grant = max(resource_allows(request, policies).values(), default=Grant.NONE)
    if account is not None and request["resource_account"] not in (None, account):
        yield from lacking_on_own_side(request, policies, Grant.NONE)
        if not grant:
            yield "resource"
        return
    if not grant and (account is None or policies["resource_must_allow"]):
        yield "resource"
    yield from lacking_on_own_side(request, policies, grant)


def lacking_on_own_side(request: dict[str, Any], policies: dict[str, Any], grant: Grant) -> Iterator[str]:
    """Identity policies, boundary and session policies, as far as the resource policy leaves it to them.

    The root user needs none, and services, tokens of providers and the anonymous have none.
    """
    kind, boundary, session = request["principal"]["type"], policies["boundary"], policies["session"]
    if kind not in ("User", "AssumedRole", "FederatedUser"):
        return
    if grant <= Grant.DELEGATED and not matching(policies["identity"], "Allow", request):
        yield "identity"
    if grant <= Grant.LIMITED:
        if boundary and not matching([boundary], "Allow", request):
            yield "boundary"
        if session is None and kind == "FederatedUser":
            yield "session"
        if session is not None and not matching(session, "Allow", request):
            yield "session"

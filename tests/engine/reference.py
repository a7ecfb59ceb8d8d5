"""A second evaluator, naive and slow: every rule is a small function over plain JSON, written from AWS's rules alone.

It shares no code with `policies.engine` and was written without reading it, so that where the two agree, the rules do.
Policies and requests are plain dictionaries; `strategies.py` shows their shape. What AWS leaves open is decided here:

- A null (None, empty text, empty list) is as good as an absent key; a list satisfies no operator that wants one value,
  so a negated one holds.
- A value of the wrong type matches nothing, so a negated operator holds. Binary values are base64 on both sides.
- IfExists wins over ForAnyValue when the key is absent. Variables work in String and ARN operators, not in Bool.
- An unresolved variable spoils its own pattern, not its neighbours: NotResource then excludes nothing by it.
- `Principal: "*"` means everybody. It is limited by boundary and session unless the statement asks aws:PrincipalArn.
- NotPrincipal with Allow excludes whoever is named in any way; with Deny it spares only whom it names in full.
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Any, NamedTuple

NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
EVERYBODY = ("AWS", "*")
PROVIDER_TOKENS = ("WebIdentity", "SAML")
COMPARISONS = {
    "Equals": lambda found, wanted: found == wanted,
    "LessThan": lambda found, wanted: found < wanted,
    "LessThanEquals": lambda found, wanted: found <= wanted,
    "GreaterThan": lambda found, wanted: found > wanted,
    "GreaterThanEquals": lambda found, wanted: found >= wanted,
}
W3C_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
VARIABLE = re.compile(r"\$\{(?:(?P<escape>[*?$])|(?P<key>[^${}',]+)(?:, '(?P<default>[^']*)')?)\}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Token(NamedTuple):
    """One character of a pattern; `literal` None is a wildcard, which may be kept from taking colons."""

    literal: str | None
    many: bool = False
    colons: bool = True

    def accepts(self, char: str) -> bool:
        return char == self.literal if self.literal is not None else self.colons or char != ":"


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


# --- Patterns


def glob(pattern: list[Token], text: str) -> bool:
    """`*` is any run of characters including none, `?` exactly one: the set of places that each token can reach."""
    reached = {0}
    for token in pattern:
        if token.many:
            for at in range(len(text)):
                if at in reached and token.accepts(text[at]):
                    reached.add(at + 1)
        else:
            reached = {at + 1 for at in reached if at < len(text) and token.accepts(text[at])}
    return len(text) in reached


def tokens(text: str, *, wild: bool) -> list[Token]:
    """The characters, `*` and `?` as wildcards where the element knows them."""
    return [Token(None, many=char == "*") if wild and char in "*?" else Token(char) for char in text]


def substituted(text: str, version: str, context: dict[str, Any], *, wild: bool) -> list[Token] | None:
    """Policy variables: `${key}`, `${key, 'default'}`, `${*}` `${?}` `${$}`; since 2012-10-17; None if unresolved.

    What is put in is literal text: it never acts as a wildcard. What is no variable stands for itself.
    """
    if version != "2012-10-17":
        return tokens(text, wild=wild)
    result, done = [], 0
    for found in VARIABLE.finditer(text):
        value = found["escape"] or variable(found["key"], found["default"], context)
        if value is None:
            return None
        result += tokens(text[done : found.start()], wild=wild) + tokens(value, wild=False)
        done = found.end()
    return result + tokens(text[done:], wild=wild)


def variable(key: str, default: str | None, context: dict[str, Any]) -> str | None:
    """The value of a single-valued key; the default in single quotes where the key is absent; else None."""
    found = look_up(context, key)
    if is_null(found):
        return default
    return None if isinstance(found, list) else as_text(found)


def action_matches(pattern: str, action: str) -> bool:
    """Prefix and name match without regard to case."""
    return glob(tokens(pattern.lower(), wild=True), action.lower())


def resource_matches(pattern: str, resource: str, version: str, context: dict[str, Any]) -> bool:
    """Field by field: only a `*` that ends a field runs on across colons; missing fields are `*`.

    Variables work after the fifth colon. `*` matches everything, and alone matches the request's `*`.
    """
    if "*" in (pattern, resource):
        return pattern == "*"
    fields = pattern.split(":", 5)
    *first, last = fields + ["*"] * (6 - len(fields))
    head = []
    for field in first:
        for place, char in enumerate(field, start=1):
            if char in "*?":
                head.append(Token(None, many=char == "*", colons=char == "*" and place == len(field)))
            else:
                head.append(Token(char))
        head.append(Token(":"))
    tail = substituted(last, version, context, wild=True)
    return tail is not None and glob(head + tail, resource)


# --- Conditions


def look_up(context: dict[str, Any], key: str) -> Any:
    """Condition keys are named without regard to case."""
    return next((value for name, value in context.items() if name.lower() == key.lower()), None)


def is_null(found: Any) -> bool:
    """Absent, null, or a list of nothing."""
    return found is None or found == []


def as_text(value: Any) -> str:
    """Numbers and booleans may stand unquoted."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def condition_holds(operator: str, key: str, wanted: list[Any], version: str, context: dict[str, Any]) -> bool:
    """The truth tables of modifiers, absent keys and several values."""
    found = look_up(context, key)
    *quantifier, name = operator.split(":")
    name, if_exists = name.removesuffix("IfExists"), name.endswith("IfExists")
    negated = name in NEGATIONS
    if quantifier == ["ForAllValues"] and (is_null(found) or all(one == "" for one in as_list(found))):
        return True
    if is_null(found):
        return if_exists or ("true" in map(as_text, wanted) if name == "Null" else negated) and not quantifier
    if name == "Null":
        return "false" in map(as_text, wanted)
    if isinstance(found, list) and not quantifier:
        return negated

    def satisfied(one: Any) -> bool:
        test = NEGATIONS.get(name, name)
        return negated != any(value_matches(test, as_text(one), as_text(value), version, context) for value in wanted)

    each = [satisfied(one) for one in (found if isinstance(found, list) else [found])]
    return any(each) if quantifier == ["ForAnyValue"] else all(each)


def value_matches(name: str, found: str, wanted: str, version: str, context: dict[str, Any]) -> bool:
    """One value of the request against one of the policy, by a positive operator."""
    if name.startswith(("String", "Arn")):
        pattern = substituted(wanted, version, context, wild=name.endswith("Like") or name.startswith("Arn"))
        return pattern is not None and text_matches(name, found, pattern)
    for family, read in (("Numeric", number), ("Date", moment)):
        if name.startswith(family):
            left, right = read(found), read(wanted)
            comparison = COMPARISONS[name.removeprefix(family)]
            return left is not None and right is not None and comparison(left, right)
    return {"Bool": same_truth, "BinaryEquals": same_bytes, "IpAddress": in_network}[name](found, wanted)


def text_matches(name: str, found: str, pattern: list[Token]) -> bool:
    """String operators compare the whole text, ARN operators six fields one by one."""
    if name == "StringEqualsIgnoreCase":
        return [char.lower() for char in found] == [str(token.literal).lower() for token in pattern]
    if name.startswith("String"):
        return glob(pattern, found)
    fields: list[list[Token]] = [[]]
    for token in pattern:
        if token.literal == ":" and len(fields) < 6:
            fields.append([])
        else:
            fields[-1].append(token)
    values = found.split(":", 5)
    is_arn = len(fields) == len(values) == 6 and values[0] == "arn"
    return is_arn and all(glob(field, value) for field, value in zip(fields, values, strict=True))


def number(text: str) -> Decimal | None:
    """An integer or a decimal."""
    return Decimal(text) if DECIMAL.fullmatch(text) else None


def moment(text: str) -> Decimal | None:
    """The W3C profile of ISO 8601 (a time needs its zone), otherwise epoch seconds; in seconds."""
    if not W3C_DATE.fullmatch(text):
        return number(text)
    try:
        read = datetime.fromisoformat(text + "0001-01-01"[len(text) :])
    except ValueError:
        return None
    return Decimal((read.replace(tzinfo=read.tzinfo or UTC) - EPOCH) // timedelta(microseconds=1)) / 1_000_000


def same_truth(found: str, wanted: str) -> bool:
    """`true` and `false` in any case, nothing else."""
    return found.lower() == wanted.lower() and found.lower() in ("true", "false")


def same_bytes(found: str, wanted: str) -> bool:
    """Byte for byte, what the base64 texts stand for."""
    try:
        return base64.b64decode(found, validate=True) == base64.b64decode(wanted, validate=True)
    except (binascii.Error, ValueError):
        return False


def in_network(found: str, wanted: str) -> bool:
    """IPv4 or IPv6 in CIDR notation; without a prefix it is one address."""
    try:
        address, network = ipaddress.ip_address(found), ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False
    return bool(re.fullmatch(r"[^/]+(/\d+)?", wanted)) and address in network


# --- Statements


def as_list(value: Any) -> list[Any]:
    """A one-element array may drop its brackets."""
    return value if isinstance(value, list) else [value]


def statement_grant(statement: dict[str, Any], version: str, request: dict[str, Any]) -> Grant:
    """NONE unless every element matches; for a statement that names principals, how it names this one."""
    context = request["context"]

    def covers(element: str, test: Any) -> bool:
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
    names = naming(principal)
    if "NotPrincipal" in statement:
        listed = principal_entries(statement["NotPrincipal"])
        if statement["Effect"] == "Deny":
            spared = is_named_in_full(listed, principal) and not principal["has_boundary"]
        else:
            spared = any(entry in names for entry in listed)
        return Grant.NONE if spared else Grant.LIMITED
    if "Principal" not in statement:
        return Grant.FULL
    listed = principal_entries(statement["Principal"])
    if EVERYBODY in listed and principal["account"] and asks_principal_arn(statement):
        return Grant.FULL
    return max(names.get(entry, Grant.NONE) for entry in listed)


def principal_entries(element: Any) -> list[tuple[str, str]]:
    """`"*"` is short for {"AWS": "*"}."""
    if element == "*":
        return [EVERYBODY]
    return [(kind, name) for kind, names in element.items() for name in as_list(names)]


def asks_principal_arn(statement: dict[str, Any]) -> bool:
    """`Principal: "*"` that a condition narrows to ARNs of principals."""
    return any(key.lower() == "aws:principalarn" for keys in statement.get("Condition", {}).values() for key in keys)


def naming(principal: dict[str, Any]) -> dict[tuple[str, str], Grant]:
    """What can be written to mean a principal, by the table of resource-based policies and implicit denies.

    The account's ID and the ARN of its root mean the whole account; a unique ID means its user or role.
    """
    names = {EVERYBODY: Grant.LIMITED}
    kind, account, arn, unique_id = (principal[field] for field in ("type", "account", "arn", "unique_id"))
    if kind == "Service":
        names["Service", principal["id"]] = Grant.FULL
    elif kind in PROVIDER_TOKENS:
        names["Federated", arn] = Grant.FULL
    elif kind != "Anonymous":
        names |= {("AWS", name): Grant.DELEGATED for name in account_names(principal)}
        names |= {("AWS", name): Grant.LIMITED for name in (principal["role_arn"], principal["issuer_arn"], unique_id)}
        names["AWS", arn] = Grant.FULL
        names["AWS", unique_id if kind == "User" else arn] = Grant.FULL
        names["AWS", account if kind == "Account" else arn] = Grant.FULL
    return names


def account_names(principal: dict[str, Any]) -> set[str]:
    """The account ID and the ARN of its root mean the same: the whole account."""
    partition = principal["arn"].split(":")[1]
    return {principal["account"], f"arn:{partition}:iam::{principal['account']}:root"}


def is_named_in_full(listed: list[tuple[str, str]], principal: dict[str, Any]) -> bool:
    """NotPrincipal must list a user and the account; a session, its role and the account."""
    if EVERYBODY in listed:
        return True
    if principal["account"] is None:
        return any(entry in naming(principal) for entry in listed)
    links = [account_names(principal)]
    if principal["type"] == "User":
        links += [{principal["arn"], principal["unique_id"]}]
    if principal["type"] == "AssumedRole":
        links += [{principal["arn"]}, {principal["role_arn"], principal["unique_id"]}]
    if principal["type"] == "FederatedUser":
        links += [{principal["arn"]}]
    return all(any(("AWS", name) in listed for name in link) for link in links)


# --- Layers


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

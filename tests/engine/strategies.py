"""Scenarios for the two evaluators: a principal, the policies that bind it, and some requests.

`scenarios()` gives plain JSON, {"policies": ..., "requests": [...]}, as `reference.py` reads it. Policies and requests
draw from the same small pools, and patterns are cut out of real resources, so that statements match often.
"""

from typing import Any

from hypothesis import strategies as st

from tests.engine import pools

FULL_ACCESS = {"Sid": "Full", "Effect": "Allow", "Action": "*", "Resource": "*"}
NARROWING = ["ArnLike", "ArnEquals", "StringLike", "ArnNotLike", "StringLikeIfExists", "ForAnyValue:ArnLike"]
ASKED = {family: st.sampled_from(pools.asked(family)) for family in pools.FAMILIES}
CONTEXTS = st.fixed_dictionaries(
    {key: st.sampled_from(pools.held(family)) for key, family in pools.KEYS.items()},
).map(lambda keys: {key: value for key, value in keys.items() if value is not ...})


def one_in(count: int) -> st.SearchStrategy[bool]:
    """True in about one of `count` draws; shrinks to False."""
    return st.integers(0, count - 1).map(lambda drawn: drawn == count - 1)


def some(pool: list[Any], *, most: int = 3) -> st.SearchStrategy[Any]:
    """A value of a pool or a short list of them."""
    return st.one_of(st.sampled_from(pool), st.lists(st.sampled_from(pool), min_size=1, max_size=most))


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    """One or two operators about one or two keys, most often of the operator's type."""
    block: dict[str, Any] = {}
    for _ in range(draw(st.sampled_from([1, 1, 2]))):
        operator = draw(st.sampled_from(pools.OPERATORS))
        family = next((name for name, (operators, _, _) in pools.FAMILIES.items() if operator in operators), None)
        fitting = [key for key, of in pools.KEYS.items() if of == family]
        key = draw(st.sampled_from(fitting * 8 + list(pools.KEYS)))
        if family is None:
            values = draw(some(["true", "false", True, False], most=2))
        else:
            values = draw(ASKED[family])
            prefix, suffix = draw(st.sampled_from(pools.MODIFIERS))
            operator = f"{prefix}{operator}{suffix}"
        written = key.swapcase() if draw(one_in(4)) else key
        if key.lower() not in map(str.lower, block.get(operator, {})):
            block.setdefault(operator, {})[written] = values
    return block


@st.composite
def cut_patterns(draw: st.DrawFn) -> str:
    """A resource with a part after its service replaced by wildcards; S3 has neither region nor account."""
    text = draw(st.sampled_from([name for name in pools.RESOURCES[:-1] if ":iam:" not in name]))
    fixed = text.index(":", len("arn:aws:")) + (3 if ":s3:" in text else 1)
    start = draw(st.integers(fixed, len(text)))
    end = start + draw(st.integers(0, 8))
    return text[:start] + draw(st.sampled_from(["*", "?", "*:", ":*", "*?", "**"])) + text[end:]


ONE_RESOURCE = st.one_of(st.sampled_from(pools.RESOURCE_PATTERNS), st.sampled_from(pools.RESOURCES), cut_patterns())
RESOURCE_ELEMENTS = st.one_of(st.just("*"), ONE_RESOURCE, st.lists(ONE_RESOURCE, min_size=1, max_size=3))


@st.composite
def principals(draw: st.DrawFn) -> dict[str, Any]:
    """A requester of any type, complete with what its type leaves empty."""
    kinds = pools.PRINCIPALS
    known = draw(st.sampled_from([*kinds, *kinds[1:5], *kinds[3:5]]))
    return {
        "account": None if known["type"] in pools.WITHOUT_ACCOUNT else pools.HERE,
        "unique_id": "",
        "role_arn": None,
        "issuer_arn": None,
        "has_boundary": known["type"] in pools.WITH_POLICIES and draw(one_in(3)),
        **known,
    }


@st.composite
def named_principals(draw: st.DrawFn, principal: dict[str, Any]) -> dict[str, Any]:
    """Some names, most often with one or all that mean the principal."""
    account = principal["account"]
    own = {principal[field] for field in ("arn", "id", "unique_id", "role_arn", "issuer_arn")}
    own |= {account, f"arn:aws:iam::{account}:root"}
    meaning = [entry for entry in pools.NAMES if entry[1] in own]
    chosen = draw(st.lists(st.sampled_from(pools.NAMES), min_size=1, max_size=2))
    chosen += draw(st.sampled_from([[], meaning, meaning, meaning[:1], meaning[-1:]]))
    element: dict[str, list[str]] = {}
    for kind, name in chosen:
        element.setdefault(kind, []).append(name)
    return element


@st.composite
def statements(draw: st.DrawFn, kind: str, principal: dict[str, Any]) -> dict[str, Any]:
    """A statement that is valid in a policy of a kind, its Sid apart."""
    denies = kind == "rcp" or draw(one_in(7))
    statement: dict[str, Any] = {"Effect": "Deny" if denies else "Allow"}
    if kind == "rcp" or draw(one_in(3)):
        statement["Condition"] = draw(conditions())
    if kind in ("trust", "resource"):
        if draw(one_in(3)):
            statement["Principal"] = draw(st.sampled_from(["*", {"AWS": "*"}]))
            if draw(st.booleans()):
                statement["Condition"] = {draw(st.sampled_from(NARROWING)): {"aws:PrincipalArn": "arn:*:*:*:*:*"}}
        else:
            element = "NotPrincipal" if kind == "resource" and draw(one_in(6)) else "Principal"
            statement[element] = draw(named_principals(principal))
            if element == "NotPrincipal" and draw(st.booleans()):
                statement["Effect"] = "Deny"
    elif kind == "rcp":
        statement["Principal"] = "*"
    actions = {"trust": pools.TRUST_PATTERNS, "scp": pools.ACTION_PREFIXES, "rcp": pools.ACTION_PREFIXES}
    element = "NotAction" if kind not in ("trust", "rcp") and draw(one_in(6)) else "Action"
    statement[element] = draw(some(actions.get(kind, pools.ACTION_PATTERNS)))
    if kind != "trust":
        statement["NotResource" if draw(one_in(6)) else "Resource"] = draw(RESOURCE_ELEMENTS)
    return statement


@st.composite
def documents(draw: st.DrawFn, kind: str, principal: dict[str, Any]) -> dict[str, Any]:
    """A policy of a kind; of those that only limit, many allow everything besides."""
    drawn = draw(st.lists(statements(kind, principal), min_size=1, max_size=3))
    body = [{"Sid": f"S{place}", **statement} for place, statement in enumerate(drawn)]
    if kind == "rcp" and not draw(one_in(5)):
        body.append({"Principal": "*", **FULL_ACCESS})
    if kind in ("scp", "boundary", "session") and draw(st.booleans()):
        body.append(FULL_ACCESS)
    versions = ["2012-10-17"] if kind in ("scp", "rcp") else ["2012-10-17", "2012-10-17", "2008-10-17", None]
    version = draw(st.sampled_from(versions))
    written = {"Version": version} if version else {}
    return {**written, "Statement": body[0] if len(body) == 1 and draw(st.booleans()) else body}


@st.composite
def attached(draw: st.DrawFn, kind: str, principal: dict[str, Any], *, name: str = "") -> list[dict[str, Any]]:
    """None, one or two policies of a kind with their ids."""
    drawn = draw(st.lists(documents(kind, principal), max_size=2))
    return [{"id": f"{name or kind}-{place}", "document": document} for place, document in enumerate(drawn)]


@st.composite
def levels(draw: st.DrawFn, kind: str, principal: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Often no organization; else the root, a unit, the account."""
    count = draw(st.sampled_from([0, 0, 0, 0, 0, 1, 2, 3]))
    return [draw(attached(kind, principal, name=f"{kind}-{level}")) for level in range(count)]


@st.composite
def policy_sets(draw: st.DrawFn, principal: dict[str, Any], *, trust: bool) -> dict[str, Any]:
    """What binds a principal: only what its type can have. Session None means that no session policy was passed."""
    bound = principal["type"] in pools.WITH_POLICIES
    passes = principal["type"] in ("AssumedRole", "FederatedUser") and draw(st.booleans())
    boundary = (
        {"id": "boundary", "document": draw(documents("boundary", principal))} if principal["has_boundary"] else None
    )
    return {
        "identity": draw(attached("identity", principal)) if bound else [],
        "boundary": boundary,
        "session": draw(attached("session", principal)) if passes else None,
        "scps": draw(levels("scp", principal)) if principal["account"] else [],
        "rcps": draw(levels("rcp", principal)),
        "resource": draw(attached("trust" if trust else "resource", principal, name="resource")),
        "resource_must_allow": trust or draw(one_in(5)),
        "resource_is_trust": trust,
    }


@st.composite
def scenarios(draw: st.DrawFn, *, asks: int = 2, contexts: int = 2) -> dict[str, Any]:
    """A principal with its policies, and requests to decide: each of some asks in each of some contexts.

    A token of a provider is only ever changed for a role.
    """
    principal = draw(principals())
    trust = principal["type"] in pools.PROVIDER_TOKENS or draw(one_in(4))
    ask = st.fixed_dictionaries(
        {
            "principal": st.just(principal),
            "action": st.sampled_from(pools.TRUST_ACTIONS if trust else pools.ACTIONS),
            "resource": st.just(pools.ROLE) if trust else st.sampled_from(pools.RESOURCES),
            "resource_account": st.sampled_from([None, pools.HERE, pools.THERE]),
        }
    )
    asked = [draw(ask) for _ in range(asks)]
    found = [draw(CONTEXTS) for _ in range(contexts)]
    return {
        "policies": draw(policy_sets(principal, trust=trust)),
        "requests": [{**each, "context": context} for each in asked for context in found],
    }

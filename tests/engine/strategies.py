"""Scenarios for the two evaluators: a principal, the policies that bind it, and some requests.

Conditions and contexts draw from the same small pools, and patterns are cut out of real resources, so that statements
match often. Everything is plain JSON: `scenarios()` gives {"policies": ..., "requests": [...]} as `reference.py` reads.
"""

from itertools import combinations
from typing import Any

from hypothesis import strategies as st

HERE, THERE = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{HERE}:role/app"

PRINCIPALS: list[dict[str, Any]] = [
    {"type": "Account", "arn": f"arn:aws:iam::{HERE}:root", "id": HERE},
    {
        "type": "User",
        "arn": f"arn:aws:iam::{HERE}:user/ann",
        "id": "AIDAANNANNANNANNANNAN",
        "unique_id": "AIDAANNANNANNANNANNAN",
    },
    {
        "type": "User",
        "arn": f"arn:aws:iam::{HERE}:user/team/bob",
        "id": "AIDABOBBOBBOBBOBBOBBO",
        "unique_id": "AIDABOBBOBBOBBOBBOBBO",
    },
    {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{HERE}:assumed-role/app/one",
        "id": "AROAAPPAPPAPPAPPAPPAP:one",
        "unique_id": "AROAAPPAPPAPPAPPAPPAP",
        "role_arn": ROLE,
    },
    {
        "type": "FederatedUser",
        "arn": f"arn:aws:sts::{HERE}:federated-user/fay",
        "id": f"{HERE}:fay",
        "issuer_arn": f"arn:aws:iam::{HERE}:user/ann",
    },
    {"type": "Service", "arn": "", "id": "ec2.amazonaws.com"},
    {"type": "WebIdentity", "arn": f"arn:aws:iam::{HERE}:oidc-provider/id.example.com", "id": "subject"},
    {"type": "SAML", "arn": f"arn:aws:iam::{HERE}:saml-provider/corp", "id": "subject"},
    {"type": "Anonymous", "arn": "", "id": "anonymous"},
]
WITHOUT_ACCOUNT = ("Service", "WebIdentity", "SAML", "Anonymous")
WITH_POLICIES = ("User", "AssumedRole", "FederatedUser")

NAMES = [
    ("AWS", HERE),
    ("AWS", THERE),
    ("AWS", f"arn:aws:iam::{HERE}:root"),
    ("AWS", f"arn:aws-cn:iam::{HERE}:root"),
    ("AWS", f"arn:aws:iam::{HERE}:user/ann"),
    ("AWS", f"arn:aws:iam::{HERE}:user/team/bob"),
    ("AWS", f"arn:aws:iam::{HERE}:user/Ann"),
    ("AWS", "AIDAANNANNANNANNANNAN"),
    ("AWS", ROLE),
    ("AWS", "AROAAPPAPPAPPAPPAPPAP"),
    ("AWS", f"arn:aws:sts::{HERE}:assumed-role/app/one"),
    ("AWS", f"arn:aws:sts::{HERE}:assumed-role/app/two"),
    ("AWS", f"arn:aws:sts::{HERE}:federated-user/fay"),
    ("Service", "ec2.amazonaws.com"),
    ("Service", "lambda.amazonaws.com"),
    ("Federated", f"arn:aws:iam::{HERE}:oidc-provider/id.example.com"),
    ("Federated", f"arn:aws:iam::{HERE}:saml-provider/corp"),
]

ACTIONS = ["s3:GetObject", "s3:GetBucketTagging", "s3:PutObject", "S3:getobject", "sqs:SendMessage", "iam:PassRole"]
ACTION_PATTERNS = ["*", "s3:*", "s3:Get*", "S3:GETOBJECT", "s3:?etObject", "s3:*Object", "sqs:*", "iam:Pass*"]
ACTION_PREFIXES = ["*", "s3:*", "s3:Get*", "S3:GETOBJECT", "sqs:SendMessage", "sqs:*"]
TRUST_ACTIONS = ["sts:AssumeRole", "sts:TagSession", "STS:assumerole", "sts:AssumeRoleWithWebIdentity"]
TRUST_PATTERNS = ["sts:AssumeRole", "sts:AssumeRole", "sts:TagSession", "sts:*", "STS:assume*"]

RESOURCES = [
    "arn:aws:s3:::bucket",
    "arn:aws:s3:::bucket/ann",
    "arn:aws:s3:::bucket/blue/report:1",
    "arn:aws:s3:::bucket/*",
    f"arn:aws:sqs:eu-west-1:{HERE}:queue",
    f"arn:aws:logs:eu-west-1:{HERE}:log-group:app:stream",
    f"arn:aws:iam::{HERE}:role/app",
    "*",
]
RESOURCE_PATTERNS = [
    "arn:aws:s3:::*",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3",
    "arn:aws:sqs:*",
    "arn:aws:logs:*:*:log-group:*:?tream",
    f"arn:aws:sqs:*:{HERE}:*",
    "arn:aws:sqs:*queue",
    "arn:aws:logs:*stream",
    "arn:aws:s3:::bucket/${aws:username}",
    "arn:aws:s3:::bucket/${AWS:PrincipalTag/Team}/*",
    "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'blue'}/*",
    "arn:aws:s3:::bucket/${aws:TagKeys, 'ann'}",
    "arn:aws:s3:::bucket/${*}",
    "arn:aws:s3:::bucke${?}",
    "arn:aws:s3:::${s3:prefix}",
    "arn:aws:sqs:${aws:RequestedRegion}:*:*",
]

TEXTS = ["ann", "Ann", "blue", "b*", "", "ann$", "true", "5", "iam"]
TEXT_PATTERNS = [
    *TEXTS,
    "a*",
    "?nn",
    "*",
    "b${*}",
    "ann${$}",
    "${aws:username}",
    "${aws:username}*",
    "${aws:username, 'ann'}",
    "${aws:PrincipalTag/missing}",
    "${aws:PrincipalTag/missing, '*'}",
]
NUMBERS = ["5", "5e0", "5.0", "-1", "10", "+5", "007", "1.5"]
DATES = [
    "2024",
    "2024-01",
    "2024-01-01",
    "2024-01-01T00:00Z",
    "2024-01-01T01:00:00+01:00",
    "2024-06-30T12:00:00.5Z",
    "1704067200",
    "1719748800",
    "0",
]
BYTES = ["QUJD", "QQ==", "QR==", "AAAA"]
ADDRESSES = ["10.0.0.1", "10.0.1.7", "192.0.2.9", "2001:db8::1", "2001:DB8:0::1", "2001:db8:1::1"]
NETWORKS = [
    "10.0.0.0/8",
    "10.0.0.1",
    "10.0.0.5/30",
    "0.0.0.0/0",
    "192.0.2.9/32",
    "2001:db8::/48",
    "2001:db8::1",
    "::/0",
]
ARNS = [
    f"arn:aws:iam::{HERE}:user/ann",
    f"arn:aws:iam::{HERE}:role/app",
    f"arn:aws:logs:eu-west-1:{HERE}:log-group:app:stream",
    "arn:aws:s3:::bucket/*",
]
ARN_PATTERNS = [
    *ARNS,
    "arn:aws:iam::*:user/*",
    "arn:*:logs:*:*:log-group:*",
    "arn:aws:iam:*:role/app",
    "arn:aws:i?m::*:*/a*",
    "arn:aws:iam::" + HERE + ":user/${aws:username}",
    "${aws:PrincipalArn}",
    f"arn:aws:iam::${{aws:PrincipalTag/missing, '{HERE}'}}:user/ann",
    "arn:aws:${s3:prefix}::*:*",
    "arn:aws:s3:::bucket/${*}",
    "arn:*",
    "*:*:*:*:*:*",
]
WRONG = ["abc", "2024-02-30", "2024-01-01T00:00", "10.0.0.0/33", "300.0.0.1", "NaN", "QQ=", "arn:aws:iam"]

COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
EQUALITIES = ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike")

# The operators of a family, what requests hold, what policies hold.
FAMILIES: dict[str, tuple[list[str], list[str], list[str]]] = {
    "String": ([f"String{kind}" for kind in EQUALITIES], TEXTS, TEXT_PATTERNS),
    "Numeric": ([f"Numeric{kind}" for kind in COMPARISONS], NUMBERS, NUMBERS),
    "Date": ([f"Date{kind}" for kind in COMPARISONS], DATES, DATES),
    "Bool": (["Bool"], ["true", "false", "False"], ["true", "false", "TRUE"]),
    "Binary": (["BinaryEquals"], BYTES, BYTES),
    "Ip": (["IpAddress", "NotIpAddress"], ADDRESSES, NETWORKS),
    "Arn": ([f"Arn{kind}" for kind in ("Equals", "NotEquals", "Like", "NotLike")], ARNS, ARN_PATTERNS),
}
KEYS = {
    "aws:username": "String",
    "aws:PrincipalTag/team": "String",
    "aws:TagKeys": "String",
    "s3:prefix": "String",
    "s3:max-keys": "Numeric",
    "aws:CurrentTime": "Date",
    "aws:MultiFactorAuthPresent": "Bool",
    "app:Digest": "Binary",
    "aws:SourceIp": "Ip",
    "aws:SourceArn": "Arn",
    "aws:PrincipalArn": "Arn",
}
OPERATORS = frozenset(name for names, _, _ in FAMILIES.values() for name in names) | {"Null"}
MODIFIERS = ("", " IfExists", "ForAllValues: ", "ForAnyValue: ", "ForAllValues: IfExists", "ForAnyValue: IfExists")
KEYS_SWAPPED = {key.swapcase(): family for key, family in KEYS.items()}


def one_in(count: int) -> st.SearchStrategy[bool]:
    """True in about one of `count` draws; shrinks to False."""
    return st.integers(0, count - 1).map(lambda drawn: drawn == count - 1)


def some(pool: list[Any], *, most: int = 3) -> st.SearchStrategy[Any]:
    """A value of a pool or a short list of them."""
    return st.one_of(st.sampled_from(pool), st.lists(st.sampled_from(pool), min_size=1, max_size=most))


def unquoted(text: str) -> Any:
    """Numbers and booleans may stand in JSON as such."""
    return {"true": True, "false": False, "5": 5, "10": 10, "1.5": 1.5, "1704067200": 1704067200}.get(text, text)


def policy_values(family: str) -> list[Any]:
    """What a condition may ask: one value, unquoted, several, of the wrong type unless the grammar refuses that."""
    _, _, pool = FAMILIES[family]
    several = [list(pair) for pair in combinations(pool, 2)]
    wrong = [] if family == "Date" else [*WRONG, [WRONG[0], unquoted(pool[0])]]
    return [*pool, *map(unquoted, pool), *several, *wrong, []]


def request_values(family: str) -> list[Any]:
    """What a key may hold: absent (an ellipsis), null, empty, one value, several."""
    _, pool, _ = FAMILIES[family]
    several = [list(pair) for pair in combinations(pool, 2)]
    return [*pool, *map(unquoted, pool), *several[:8], [pool[0]], WRONG[0], *[...] * 8, None, [], [WRONG[0], pool[0]]]


ASKED = {family: st.sampled_from(policy_values(family)) for family in FAMILIES}
CONTEXTS = st.fixed_dictionaries({key: st.sampled_from(request_values(family)) for key, family in KEYS.items()}).map(
    lambda keys: {key: value for key, value in keys.items() if value is not ...}
)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    """One or two operators about one or two keys, most often of the operator's type."""
    block: dict[str, Any] = {}
    for _ in range(draw(st.sampled_from([1, 1, 2]))):
        key = draw(st.sampled_from([*KEYS, *map(str.swapcase, KEYS)]))
        family = draw(st.sampled_from([KEYS.get(key, KEYS_SWAPPED.get(key))] * 14 + list(FAMILIES)))
        operator = draw(st.sampled_from([*FAMILIES[family][0], "Null"]))
        values = draw(some(["true", "false", True, False], most=2) if operator == "Null" else ASKED[family])
        prefix, _, suffix = draw(st.sampled_from(MODIFIERS)).rpartition(" ") if operator != "Null" else ("", "", "")
        asked = block.setdefault(f"{prefix}{operator}{suffix}", {})
        if key.lower() not in map(str.lower, asked):
            asked[key] = values
    return block


@st.composite
def cut_patterns(draw: st.DrawFn) -> str:
    """A resource with a part after its service replaced by wildcards; S3 has neither region nor account."""
    text = draw(st.sampled_from([name for name in RESOURCES[:-1] if ":iam:" not in name]))
    fixed = text.index(":", 8) + (3 if ":s3:" in text else 1)
    start = draw(st.integers(fixed, len(text)))
    length = draw(st.integers(0, 8))
    return text[:start] + draw(st.sampled_from(["*", "?", "*:", ":*", "*?", "**"])) + text[start + length :]


RESOURCE_ELEMENTS = st.one_of(
    st.just("*"),
    st.lists(
        st.one_of(st.sampled_from(RESOURCE_PATTERNS), st.sampled_from(RESOURCES), cut_patterns()),
        min_size=1,
        max_size=3,
    ),
    some(RESOURCE_PATTERNS),
)


@st.composite
def principal_elements(draw: st.DrawFn, principal: dict[str, Any], *, everybody: bool) -> Any:
    """Everybody, or some of the names, most often with one that means the principal."""
    if everybody and draw(one_in(4)):
        return draw(st.sampled_from(["*", {"AWS": "*"}]))
    meaning = [name for name in NAMES if name[1] in names_of(principal)]
    chosen = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2))
    if meaning and not draw(one_in(4)):
        chosen += draw(st.lists(st.sampled_from(meaning), min_size=1, max_size=4))
    element: dict[str, list[str]] = {}
    for kind, name in chosen:
        element.setdefault(kind, []).append(name)
    return element


def names_of(principal: dict[str, Any]) -> set[str]:
    """Whatever can be written to mean a principal."""
    account = principal["account"]
    names = {principal[field] for field in ("arn", "id", "unique_id", "role_arn", "issuer_arn")}
    return (names | {account, f"arn:aws:iam::{account}:root"}) - {None, ""}


@st.composite
def statements(draw: st.DrawFn, kind: str, principal: dict[str, Any], *, sid: str) -> dict[str, Any]:
    """A statement that is valid in a policy of a kind."""
    effect = "Deny" if draw(one_in(5)) else "Allow"
    if kind == "rcp":
        effect = "Deny"
    statement: dict[str, Any] = {"Sid": sid, "Effect": effect}
    if kind in ("trust", "resource"):
        element = "NotPrincipal" if kind == "resource" and draw(one_in(6)) else "Principal"
        statement[element] = draw(principal_elements(principal, everybody=element == "Principal"))
    if kind == "rcp":
        statement["Principal"] = "*"
    actions = {"trust": TRUST_PATTERNS, "scp": ACTION_PREFIXES, "rcp": ACTION_PREFIXES}.get(kind, ACTION_PATTERNS)
    element = "NotAction" if kind not in ("trust", "rcp") and draw(one_in(6)) else "Action"
    statement[element] = draw(some(actions))
    if kind != "trust":
        element = "NotResource" if draw(one_in(6)) else "Resource"
        statement[element] = draw(RESOURCE_ELEMENTS)
    if draw(st.booleans()):
        statement["Condition"] = draw(conditions())
    return statement


FULL_ACCESS = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@st.composite
def documents(draw: st.DrawFn, kind: str, principal: dict[str, Any]) -> dict[str, Any]:
    """A policy of a kind, often beginning with an Allow of everything where limits are what is interesting."""
    count = draw(st.integers(1, 3))
    body = [draw(statements(kind, principal, sid=f"S{place}")) for place in range(count)]
    if kind == "rcp" and not draw(one_in(5)):
        body.append({"Sid": "Full", "Principal": "*", **FULL_ACCESS})
    if kind in ("scp", "boundary", "session") and draw(st.booleans()):
        body.append({"Sid": "Full", **FULL_ACCESS})
    versions = ["2012-10-17"] if kind in ("scp", "rcp") else ["2012-10-17", "2012-10-17", "2008-10-17", None]
    version = draw(st.sampled_from(versions))
    document: dict[str, Any] = {"Version": version} if version else {}
    document["Statement"] = body[0] if len(body) == 1 and draw(st.booleans()) else body
    return document


@st.composite
def attached(
    draw: st.DrawFn, kind: str, principal: dict[str, Any], *, name: str, most: int = 2
) -> list[dict[str, Any]]:
    """Policies of a kind with their ids."""
    count = draw(st.integers(0, most))
    return [{"id": f"{name}-{place}", "document": draw(documents(kind, principal))} for place in range(count)]


@st.composite
def levels(draw: st.DrawFn, kind: str, principal: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Often no organization; else the root, a unit, the account."""
    count = draw(st.sampled_from([0, 0, 0, 1, 2, 3]))
    return [draw(attached(kind, principal, name=f"{kind}-{level}")) for level in range(count)]


@st.composite
def principals(draw: st.DrawFn) -> dict[str, Any]:
    """A requester of any type, complete with what its type leaves empty."""
    known = draw(st.sampled_from([*PRINCIPALS, *PRINCIPALS[1:5], *PRINCIPALS[3:5]]))
    return {
        "account": None if known["type"] in WITHOUT_ACCOUNT else HERE,
        "unique_id": "",
        "role_arn": None,
        "issuer_arn": None,
        "has_boundary": known["type"] in WITH_POLICIES and draw(one_in(3)),
        **known,
    }


@st.composite
def policy_sets(draw: st.DrawFn, principal: dict[str, Any], *, trust: bool) -> dict[str, Any]:
    """What binds a principal: only what its type can have."""
    bound = principal["type"] in WITH_POLICIES
    passes = principal["type"] in ("AssumedRole", "FederatedUser") and draw(st.booleans())
    return {
        "identity": draw(attached("identity", principal, name="identity")) if bound else [],
        "boundary": {"id": "boundary", "document": draw(documents("boundary", principal))}
        if principal["has_boundary"]
        else None,
        "session": draw(attached("session", principal, name="session")) if passes else None,
        "scps": draw(levels("scp", principal)) if principal["account"] else [],
        "rcps": draw(levels("rcp", principal)),
        "resource": draw(attached("trust" if trust else "resource", principal, name="resource")),
        "resource_must_allow": trust or draw(one_in(5)),
        "resource_is_trust": trust,
    }


@st.composite
def scenarios(draw: st.DrawFn, *, requests: int = 4) -> dict[str, Any]:
    """A principal with its policies, and requests to decide."""
    principal = draw(principals())
    trust = principal["type"] in ("WebIdentity", "SAML") or draw(one_in(4))
    return {
        "policies": draw(policy_sets(principal, trust=trust)),
        "requests": [
            {
                "principal": principal,
                "action": draw(st.sampled_from(TRUST_ACTIONS if trust else ACTIONS)),
                "resource": ROLE if trust else draw(st.sampled_from(RESOURCES)),
                "resource_account": draw(st.sampled_from([None, HERE, THERE])),
                "context": draw(CONTEXTS),
            }
            for _ in range(requests)
        ],
    }

"""The small pools that `strategies.py` draws from: what policies ask and requests hold comes from the same ones."""

from itertools import combinations
from typing import Any

HERE, THERE = "111122223333", "444455556666"
ANN, BOB, APP = "AIDAANNANNANNANNANNAN", "AIDABOBBOBBOBBOBBOBBO", "AROAAPPAPPAPPAPPAPPAP"
ROLE = f"arn:aws:iam::{HERE}:role/app"

PRINCIPALS: list[dict[str, Any]] = [
    {"type": "Account", "arn": f"arn:aws:iam::{HERE}:root", "id": HERE},
    {"type": "User", "arn": f"arn:aws:iam::{HERE}:user/ann", "id": ANN, "unique_id": ANN},
    {"type": "User", "arn": f"arn:aws:iam::{HERE}:user/team/bob", "id": BOB, "unique_id": BOB},
    {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{HERE}:assumed-role/app/one",
        "id": f"{APP}:one",
        "unique_id": APP,
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
PROVIDER_TOKENS = ("WebIdentity", "SAML")
WITHOUT_ACCOUNT = ("Service", *PROVIDER_TOKENS, "Anonymous")
WITH_POLICIES = ("User", "AssumedRole", "FederatedUser")

NAMES = [
    ("AWS", HERE),
    ("AWS", THERE),
    ("AWS", f"arn:aws:iam::{HERE}:root"),
    ("AWS", f"arn:aws-cn:iam::{HERE}:root"),
    ("AWS", f"arn:aws:iam::{HERE}:user/ann"),
    ("AWS", f"arn:aws:iam::{HERE}:user/team/bob"),
    ("AWS", f"arn:aws:iam::{HERE}:user/Ann"),
    ("AWS", ANN),
    ("AWS", ROLE),
    ("AWS", APP),
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
    ROLE,
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
    "arn:aws:logs:*:log-group:app:*",
    "arn:aws:logs:*log-group:app:stream",
    f"arn:aws:logs:eu-west-1?{HERE}:log-group:app:stream",
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
NETWORKS = ["10.0.0.0/8", "10.0.0.1", "10.0.0.2/30", "0.0.0.0/0", "192.0.2.9/32", "2001:db8::/48", "2001:db8::1"]
ARNS = [f"arn:aws:iam::{HERE}:user/ann", ROLE, RESOURCES[5], "arn:aws:s3:::bucket/*", "a:b:c:d:e:f"]
ARN_PATTERNS = [
    *ARNS,
    "arn:aws:iam::*:user/*",
    "arn:*:logs:*:*:log-group:*",
    "arn:aws:iam:*:role/app",
    "arn:aws:i?m::*:*/a*",
    f"arn:aws:iam::{HERE}:user/${{aws:username}}",
    f"arn:aws:iam::${{aws:PrincipalTag/missing, '{HERE}'}}:user/ann",
    "${aws:PrincipalArn}",
    "arn:aws:${s3:prefix}::*:*",
    "arn:aws:s3:::bucket/${*}",
    "arn:*",
    "*:*:*:*:*:*",
]
WRONG = ["abc", "2024-02-30", "2024-01-01T00:00", "10.0.0.0/33", "300.0.0.1", "NaN", "QQ=", "arn:aws:iam"]

COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
EQUALITIES = ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike")

# The operators of a family, what requests hold, what policies ask.
FAMILIES: dict[str, tuple[list[str], list[str], list[str]]] = {
    "String": ([f"String{kind}" for kind in EQUALITIES], TEXTS, TEXT_PATTERNS),
    "Numeric": ([f"Numeric{kind}" for kind in COMPARISONS], NUMBERS, NUMBERS),
    "Date": ([f"Date{kind}" for kind in COMPARISONS], DATES, DATES),
    "Bool": (["Bool"], ["true", "false", "False"], ["true", "false", "TRUE"]),
    "Binary": (["BinaryEquals"], BYTES, BYTES),
    "Ip": (["IpAddress", "NotIpAddress"], ADDRESSES, [*NETWORKS, "::/0"]),
    "Arn": ([f"Arn{kind}" for kind in ("Equals", "NotEquals", "Like", "NotLike")], ARNS, ARN_PATTERNS),
}
OPERATORS = [name for names, _, _ in FAMILIES.values() for name in names] + ["Null"]
MODIFIERS = [
    ("", ""),
    ("", "IfExists"),
    *((f"For{each}:", end) for each in ("AllValues", "AnyValue") for end in ("", "IfExists")),
]
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


def unquoted(text: str) -> Any:
    """Numbers and booleans may stand in JSON as such."""
    return {"true": True, "false": False, "5": 5, "10": 10, "1.5": 1.5, "1704067200": 1704067200}.get(text, text)


def asked(family: str) -> list[Any]:
    """What a condition may ask: one value, unquoted, several, none, a wrong one unless the grammar refuses that."""
    _, _, pool = FAMILIES[family]
    wrong = [] if family == "Date" else [*WRONG, [WRONG[0], unquoted(pool[0])]]
    return [*pool, *map(unquoted, pool), *map(list, combinations(pool, 2)), *wrong, []]


def held(family: str) -> list[Any]:
    """What a key may hold: one value, several, one of the wrong type, null, nothing; often absent (an ellipsis)."""
    _, pool, _ = FAMILIES[family]
    several = [*map(list, combinations(pool, 2))][:8]
    return [*pool, *map(unquoted, pool), *[...] * 8, None, [], [pool[0]], *several, WRONG[0], [WRONG[0], pool[0]]]

"""The managed policies that every account finds ready, at the ARNs that AWS gives them.

Each JSON file beside this module is one policy in our own words. It decides as AWS's document of that ARN does on every
known action; `tests/policies/test_builtin_managed_policies.py` holds the two against each other. Action lists are
sorted, so that a service finds its place and a difference reads well.

A wildcard such as `ec2:Describe*` stands where AWS's own document has one, or where each of at least two known actions
it covers is allowed and only reads. In policies that keep clear of data (SecurityAudit, ViewOnlyAccess) the second kind
stops at `List*` and `Describe*`: a `Get` that a service adds later may well return content.
"""

import json
from base64 import b32encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

_CREATE_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltinPolicy:
    """A managed policy that belongs to nobody's account and cannot be changed.

    `document` is the JSON text of its only version, the same bytes in every process.
    """

    name: str
    path: str
    description: str
    document: str
    default_version_id: str = "v1"
    create_date: datetime = _CREATE_DATE

    @property
    def arn(self) -> str:
        """Its ARN, in which `aws` takes the place of an account id."""
        return f"arn:aws:iam::aws:policy{self.path}{self.name}"

    @property
    def unique_id(self) -> str:
        """`ANPA` and 17 characters of A-Z and 2-7, derived from the ARN: equal in every installation."""
        return "ANPA" + b32encode(sha256(self.arn.encode()).digest()).decode()[:17]


@cache
def builtin_policies() -> tuple[BuiltinPolicy, ...]:
    """Every built-in policy in the order of its name, read from disk at the first call."""
    texts = (entry.read_text("utf-8") for entry in files(__name__).iterdir() if entry.name.endswith(".json"))
    return tuple(sorted(map(_parse, texts), key=lambda policy: policy.name))


def _parse(text: str) -> BuiltinPolicy:
    policy = json.loads(text)
    return BuiltinPolicy(
        name=policy["Name"],
        path=policy["Path"],
        description=policy["Description"],
        document=json.dumps(policy["Document"], indent=2),
    )

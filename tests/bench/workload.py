"""The same permissions and the same questions, in the language of each engine."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

SIZES = (1, 10, 100, 1000)
SERVICES = 50
TEAM = "red"


class Grant(NamedTuple):
    """Reading a service and one write action, on the objects of one bucket; one grant in five is for a team."""

    service: str
    write: str
    bucket: str
    team: str

    @property
    def resource(self) -> str:
        return f"arn:aws:{self.service}:::{self.bucket}/*"


class Asked(NamedTuple):
    """A question and its answer."""

    action: str
    resource: str
    allowed: bool


def grants(size: int) -> list[Grant]:
    return [Grant(f"svc{n % SERVICES}", f"Put{n}", f"bucket{n}", TEAM if n % 5 == 0 else "") for n in range(size)]


def questions(size: int) -> list[Asked]:
    """Half of them allowed; the caller is of the team."""
    last = grants(size)[-1]
    at_last = last.resource.replace("*", "key")
    return [
        Asked(f"{last.service}:GetThing", at_last, True),
        Asked(f"{last.service}:DeleteThing", at_last, False),
        Asked("svc0:Put0", "arn:aws:svc0:::bucket0/key", True),
        Asked("other:GetThing", "arn:aws:svc0:::bucket0/key", False),
    ]


def iam(size: int) -> str:
    """One IAM policy document."""
    statements: list[dict[str, Any]] = []
    for n, grant in enumerate(grants(size)):
        statement: dict[str, Any] = {
            "Sid": f"S{n}",
            "Effect": "Allow",
            "Action": [f"{grant.service}:Get*", f"{grant.service}:{grant.write}"],
            "Resource": grant.resource,
        }
        if grant.team:
            statement["Condition"] = {"StringEquals": {"aws:PrincipalTag/team": grant.team}}
        statements.append(statement)
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def cedar(size: int) -> str:
    """A Cedar policy a grant; Cedar's own action groups know no patterns, so action and resource are strings."""
    return "\n".join(
        "permit(principal, action, resource) when { "
        f'(context.action like "{grant.service}:Get*" || context.action == "{grant.service}:{grant.write}") '
        f'&& context.resource like "{grant.resource}"'
        + (f' && context.team == "{grant.team}"' if grant.team else "")
        + " };"
        for grant in grants(size)
    )


CASBIN = """
[request_definition]
r = team, obj, act
[policy_definition]
p = team, obj, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = (p.team == "any" || r.team == p.team) && keyMatch(r.obj, p.obj) && keyMatch(r.act, p.act)
"""


def casbin(size: int) -> list[list[str]]:
    """Two rules a grant: patterns for the read actions, the write action as it stands."""
    return [
        [grant.team or "any", grant.resource, f"{grant.service}:{action}"]
        for grant in grants(size)
        for action in ("Get*", grant.write)
    ]

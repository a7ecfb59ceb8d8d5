"""Decisions in process, by the number of statements, beside moto's evaluator in the same run."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from moto.iam.access_control import IAMPolicy

from policies.engine import Bound, Policies, PolicyKind, Principal, PrincipalType, Request, Source, authorize, compiled

SIZES = (1, 10, 100, 1000)
RUNS = 5
ACCOUNT = "123456789012"


def document(size: int) -> str:
    """Exact actions, prefixes, resource wildcards, and a condition on one statement in five."""
    statements: list[dict[str, Any]] = []
    for n in range(size):
        statement: dict[str, Any] = {
            "Sid": f"S{n}",
            "Effect": "Allow",
            "Action": [f"svc{n % 50}:Get*", f"svc{n % 50}:Put{n}"],
            "Resource": f"arn:aws:svc{n % 50}:::bucket{n}/*",
        }
        if n % 5 == 0:
            statement["Condition"] = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
        statements.append(statement)
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def questions(size: int) -> list[tuple[str, str]]:
    """Half of them allowed."""
    last = size - 1
    return [
        (f"svc{last % 50}:GetThing", f"arn:aws:svc{last % 50}:::bucket{last}/key"),
        (f"svc{last % 50}:DeleteThing", f"arn:aws:svc{last % 50}:::bucket{last}/key"),
        ("svc0:Put0", "arn:aws:svc0:::bucket0/key"),
        ("other:GetThing", "arn:aws:svc0:::bucket0/key"),
    ]


def ours(size: int) -> Callable[[], None]:
    principal = Principal(
        type=PrincipalType.USER, account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:user/ada", id="AIDA", unique_id="AIDA"
    )
    policies = Policies(identity=(Bound(Source(id="p", type="user"), compiled(document(size), PolicyKind.IDENTITY)),))
    context = {"aws:PrincipalTag/team": "red"}
    requests = [
        Request(principal=principal, action=action, resource=resource, context=context, resource_account=ACCOUNT)
        for action, resource in questions(size)
    ]
    for request, allowed in zip(requests, (True, False, True, False), strict=True):
        assert authorize(request, policies).allowed is allowed

    def run() -> None:
        for request in requests:
            authorize(request, policies)

    return run


def motos(size: int) -> Callable[[], None]:
    policy = IAMPolicy({"policy_document": document(size)})
    asked = questions(size)

    def run() -> None:
        for action, resource in asked:
            policy.is_action_permitted(action, resource)

    return run


def microseconds(run: Callable[[], None], *, per_run: int = 4) -> float:
    """The median of a decision, warm."""
    run()
    found = []
    for _ in range(RUNS):
        count, begin = 0, time.perf_counter()
        while time.perf_counter() - begin < 0.3:
            run()
            count += per_run
        found.append((time.perf_counter() - begin) / count * 1e6)
    return statistics.median(found)


def calibration() -> float:
    """A fixed loop, so that figures of different hours can be compared."""
    begin = time.perf_counter()
    total = 0
    for n in range(2_000_000):
        total += n & 7
    return (time.perf_counter() - begin) * 1000


def table() -> str:
    """Markdown: microseconds a decision."""
    lines = ["| statements | IAM Console | moto's evaluator | ratio |", "|---|---|---|---|"]
    for size in SIZES:
        mine, peer = microseconds(ours(size)), microseconds(motos(size))
        lines.append(f"| {size:,} | {mine:.1f} | {peer:,.1f} | {peer / mine:,.0f} times |")
    return "\n".join(lines)

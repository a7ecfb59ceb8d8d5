"""What documents cost: compiling them, keeping them, and the largest and the nastiest of them decided."""

from __future__ import annotations

import gc
import json
import random
import tracemalloc
from functools import partial
from itertools import count

from moto.iam.aws_managed_policies import aws_managed_policies_data

from policies.engine import Compiled, Policies, PolicyKind, Request, authorize, parse
from policies.engine.wildcard import matcher, tokenize
from tests.bench.decisions import ADA, bound
from tests.bench.measuring import microseconds, milliseconds, number, table

QUOTA = 6_144  # characters of a managed policy
READ_ONLY_CHARACTERS, READ_ONLY_PATTERNS = 94_000, 2_900  # AWS's ReadOnlyAccess
NASTY = ("a*" * 20 + "z", "*a" * 20 + "!", "*a?b" * 20 + "!", "?*" * 20 + "z")
LONGEST = 2_048  # characters of what is matched
OBJECT = "arn:aws:s3:::reports/2024/x"


def managed() -> list[str]:
    """AWS's managed policies, as moto bundles them."""
    known = json.loads(aws_managed_policies_data)
    return [text if isinstance(text := policy["Document"], str) else json.dumps(text) for policy in known.values()]


def filled(characters: int) -> str:
    """A policy of distinct statements, as long as it may be."""
    statements: list[dict[str, object]] = []
    while len(text := json.dumps({"Version": "2012-10-17", "Statement": statements})) < characters - 160:
        n = len(statements)
        statements.append(
            {
                "Effect": "Allow",
                "Action": [f"s3:GetObject{n}", "s3:List*"],
                "Resource": f"arn:aws:s3:::bucket{n}/*",
                "Condition": {"StringEquals": {"aws:PrincipalTag/team": f"t{n}"}},
            }
        )
    return text


def read_only() -> str:
    """One statement of 2,900 action patterns in 94 kB."""
    draw = random.Random(94)  # the same names in every run
    letters = "abcdefghijklmnopqrstuvwxyz"
    actions = ["s3:Get*", "s3:List*"]
    while len(actions) < READ_ONLY_PATTERNS:
        service = "".join(draw.choices(letters, k=6))
        actions += [f"{service}:{verb}{'x' * draw.randint(8, 22)}*" for verb in ("Get", "List", "Describe")]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    text = json.dumps(document)
    assert abs(len(text) - READ_ONLY_CHARACTERS) < 8_000, len(text)
    return text


def memory() -> float:
    """Bytes a distinct statement."""
    texts = managed()
    gc.collect()
    tracemalloc.start()
    kept = [Compiled(parse(text, PolicyKind.IDENTITY)) for text in texts]
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / sum(len(each.document.statements) for each in kept)


def compile_all(texts: list[str]) -> None:
    for text in texts:
        Compiled(parse(text, PolicyKind.IDENTITY))


def asked_anew(policies: Policies) -> float:
    """Microseconds a decision when no action comes twice, so that nothing found for one serves another."""
    numbers = count()

    def run() -> None:
        authorize(Request(ADA, f"s3:Get{next(numbers)}", OBJECT), policies)

    return microseconds(run)


def nasty(pattern: str) -> float:
    """Milliseconds to learn that a pattern does not match, nothing remembered."""
    text = ("ab" * LONGEST)[:LONGEST] if "b" in pattern else "a" * LONGEST
    assert not matcher(tokenize(pattern))(text)
    return milliseconds(lambda: matcher(tokenize(pattern))(text))


def report() -> str:
    """The section of the report."""
    texts, largest, reading = managed(), filled(QUOTA), read_only()
    policies = bound(reading)
    allowed, denied = Request(ADA, "s3:GetObject", OBJECT), Request(ADA, "s3:PutObject", OBJECT)
    assert (authorize(allowed, policies).allowed, authorize(denied, policies).allowed) == (True, False)
    rows = [
        (f"compile a policy of {len(largest):,} characters", milliseconds(partial(compile_all, [largest])), "ms", 1),
        (f"compile AWS's {len(texts):,} managed policies", milliseconds(partial(compile_all, texts)), "ms", 2_000),
        ("memory of a distinct statement", memory() / 1_000, "kB", 10),
        (
            f"decide by {len(reading) / 1_000:.0f} kB with {READ_ONLY_PATTERNS:,} patterns, allowed",
            microseconds(partial(authorize, allowed, policies)),
            "µs",
            50,
        ),
        ("the same, an action never asked before", asked_anew(policies), "µs", 50),
        ("the same, denied", microseconds(partial(authorize, denied, policies)), "µs", 50),
        ("20 stars against 2,048 characters, worst of four", max(map(nasty, NASTY)), "ms", 20),
    ]
    shown = [[what, f"{number(value)} {unit}", f"≤ {target:,} {unit}"] for what, value, unit, target in rows]
    return f"""## Documents

{table(["what", "measured", "target"], shown)}
"""

"""Questions about access in words: `can alice s3:GetObject reports`, `who can s3:DeleteObject arn:…`, `why <id>`.

Pure: names are told apart by the catalogue of services alone, nothing stored is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policies import catalog

# Where an action is spelled in words without its service, these are asked in this order.
SPOKEN = ("s3", "iam", "sts", "dynamodb", "sqs", "sns", "lambda", "kms", "secretsmanager", "ssm", "ecr", "rds", "ec2")
MOST_WORDS = 5  # of an action's name: "put bucket public access block"
FILLERS = frozenset({"a", "an", "the", "on", "in", "of", "to", "from", "for"})
AUTHORIZATION_ID = re.compile(r"[0-9A-Za-z_-]{8,128}")


@dataclass(frozen=True, slots=True)
class Can:
    """Whether somebody may do something; `action` is in full, `resource` as it was typed or empty."""

    who: str
    action: str
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """Everybody who may do something."""

    action: str
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """What became of a request that was denied."""

    authorization_id: str


Question = Can | Who | Why


def parse(text: str) -> Question | None:
    """The question that was typed, or None where it is none, or not finished yet."""
    words = text.strip().rstrip("?").split()
    match [word.lower() for word in words]:
        case ["why", _]:
            return Why(words[1]) if AUTHORIZATION_ID.fullmatch(words[1]) else None
        case ["who", "can", _, *_]:
            found = _demand(words[2:])
            return Who(*found) if found else None
        case ["can", "i", _, *_]:
            found = _demand(words[2:])
            return Can("", *found) if found else None
        case ["can", _, _, *_]:
            found = _demand(words[2:])
            return Can(words[1], *found) if found else None
    return None


def _demand(words: Sequence[str]) -> tuple[str, str] | None:
    """Action and resource: `s3:GetObject reports`, or `delete bucket reports` with the longest action that there is."""
    if ":" in words[0]:
        action = catalog.action(words[0])
        return _with_resource(action, words[1:]) if action else None
    spoken = [word for word in words if word.lower() not in FILLERS]
    for length in range(min(MOST_WORDS, len(spoken)), 0, -1):
        name = "".join(spoken[:length])
        for service in SPOKEN:
            if action := catalog.action(f"{service}:{name}"):
                return _with_resource(action, spoken[length:])
    return None


def _with_resource(action: catalog.Action, rest: Sequence[str]) -> tuple[str, str] | None:
    named = [word for word in rest if word.lower() not in FILLERS]
    return (action.full_name, "".join(named)) if len(named) < 2 else None

"""What is asked, checked: every fault of every member in one ValidationError."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from iamconsole.kernel.errors import MalformedPolicyDocument, ValidationError
from iamconsole.runtime.decisions.names import PrincipalName, principal_name
from policies.engine import Compiled, MalformedPolicy, PolicyKind, compiled

MAX_QUESTIONS: Final = 1_000
MAX_RESOURCE: Final = 2_048
MAX_POLICY: Final = 20_480  # characters of a resource policy, S3's bound
MAX_KEYS = MAX_VALUES = 256  # set operators compare every value of a key with every value of a condition
MEMBERS: Final = frozenset({"principal", "action", "resource", "context", "resourcePolicy", "atLeast"})

_ACTION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}:[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
_ACCOUNT_PART: Final = 4  # of an ARN
_ACCOUNT: Final = re.compile(r"[0-9]{12}")

# A principal's own keys: what the projection says of them counts, what a question says does not.
OWN_KEYS: Final = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:userid",
        "aws:username",
    }
)
OWN_TAGS: Final = "aws:principaltag/"
# Keys that are filled in where a question does not state them, by the spelling under which that is done.
FILLED_IN: Final[Mapping[str, str]] = {
    key.lower(): key for key in ("aws:CurrentTime", "aws:EpochTime", "aws:ViaAWSService", "aws:ResourceAccount")
}

Value = str | tuple[str, ...]
Errors = dict[str, list[str]]


@dataclass(slots=True)
class Question:
    """May `principal` do `action` on `resource`? `context` has no key of the principal's own and no key twice.

    `at_least` is a consistency token: the answer must know what that change did.
    """

    principal: PrincipalName
    action: str
    resource: str
    context: Mapping[str, Value] = field(default_factory=dict)
    resource_policy: Compiled | None = None
    resource_account: str | None = None
    at_least: str | None = None


def questions(given: Any) -> list[Question]:
    """Read one question or a list of up to 1,000; faults of the third are at `2.principal` and so on."""
    if not isinstance(given, list):
        return [question(given)]
    if not 1 <= len(given) <= MAX_QUESTIONS:
        raise ValidationError(f"a list must hold 1 to {MAX_QUESTIONS} questions, not {len(given)}")
    errors: Errors = {}
    asked = [_question(item, errors, f"{number}.") for number, item in enumerate(given)]
    _demand_none(errors)
    return [one for one in asked if one is not None]


def question(given: Any) -> Question:
    """Read one question."""
    errors: Errors = {}
    asked = _question(given, errors, "")
    _demand_none(errors)
    assert asked is not None
    return asked


def _question(given: Any, errors: Errors, at: str) -> Question | None:
    if not isinstance(given, dict):
        errors[at.rstrip(".") or "."] = ["must be an object with `principal`, `action` and `resource`"]
        return None
    before = len(errors)
    if not given.keys() <= MEMBERS:
        for name in given.keys() - MEMBERS:
            errors[at + name] = [f"is not a member: take {', '.join(sorted(MEMBERS))}"]
    principal = _principal(given.get("principal"), errors, at)
    action = _action(given.get("action"), errors, at)
    resource = _resource(given.get("resource"), errors, at)
    context = context_of(given.get("context"), errors, f"{at}context")
    policy = _policy(given.get("resourcePolicy"), errors, at)
    at_least = given.get("atLeast")
    if at_least is not None and not isinstance(at_least, str):
        errors[f"{at}atLeast"] = ["must be the value of X-Iam-Consistency-Token"]
    if len(errors) > before or principal is None:
        return None
    owner = resource_owner(resource, context)
    return Question(principal, action, resource, context, policy, owner, at_least)


def _principal(given: Any, errors: Errors, at: str) -> PrincipalName | None:
    found = principal_name(given) if isinstance(given, str) else None
    if found is None:
        errors[f"{at}principal"] = [
            "must be the ARN of a user, a role, a role session, a registered service or the root user"
        ]
    return found


def _action(given: Any, errors: Errors, at: str) -> str:
    if isinstance(given, str) and is_action(given):
        return given
    errors[f"{at}action"] = ["must be one action, such as `s3:GetObject`"]
    return ""


@lru_cache(maxsize=4096)
def is_action(text: str) -> bool:
    """Whether a text names one action; patterns do not."""
    return _ACTION.fullmatch(text) is not None


def _resource(given: Any, errors: Errors, at: str) -> str:
    if isinstance(given, str) and 0 < len(given) <= MAX_RESOURCE:
        return given
    errors[f"{at}resource"] = [f"must be a text of 1 to {MAX_RESOURCE} characters, usually an ARN"]
    return ""


def context_of(given: Any, errors: Errors, at: str) -> dict[str, Value]:
    """Condition keys and values that a caller states, without the principal's own keys."""
    if not given and (given is None or isinstance(given, dict)):
        return {}
    if not isinstance(given, dict) or len(given) > MAX_KEYS:
        errors[at] = [f"must be an object of at most {MAX_KEYS} condition keys"]
        return {}
    context: dict[str, Value] = {}
    lowered: set[str] = set()
    for key, value in given.items():
        low = key.lower()
        if low in lowered:
            errors[f"{at}.{key}"] = ["is given twice: the case of a condition key does not count"]
        lowered.add(low)
        stated = _value(value)
        if stated is None:
            errors[f"{at}.{key}"] = [f"must be a text, number, boolean or a list of at most {MAX_VALUES} of them"]
        elif low not in OWN_KEYS and not low.startswith(OWN_TAGS):
            context[FILLED_IN.get(low, key)] = stated
    return context


def _value(given: Any) -> Value | None:
    if isinstance(given, list):
        if len(given) > MAX_VALUES:
            return None
        texts = tuple(text for item in given if (text := _scalar(item)) is not None)
        return texts if len(texts) == len(given) else None
    return _scalar(given)


def _scalar(given: Any) -> str | None:
    if isinstance(given, str):
        return given
    if isinstance(given, bool):
        return "true" if given else "false"
    return str(given) if isinstance(given, int | float) else None


def _policy(given: Any, errors: Errors, at: str) -> Compiled | None:
    if given is None:
        return None
    if not isinstance(given, str) or len(given) > MAX_POLICY:
        errors[f"{at}resourcePolicy"] = [f"must be the policy as a text of at most {MAX_POLICY} characters"]
        return None
    try:
        return compiled(given, PolicyKind.RESOURCE)
    except MalformedPolicy as refused:
        raise MalformedPolicyDocument(f"{at}resourcePolicy: {refused.detail}") from refused


def resource_owner(resource: str, context: Mapping[str, Value]) -> str | None:
    """The account a resource belongs to: that of its ARN, else what the caller states; None means the principal's."""
    if resource.startswith("arn:"):
        parts = resource.split(":", 5)
        if len(parts) > _ACCOUNT_PART + 1 and _ACCOUNT.fullmatch(parts[_ACCOUNT_PART]):
            return parts[_ACCOUNT_PART]
    stated = context.get("aws:ResourceAccount")
    return stated if isinstance(stated, str) else None


def _demand_none(errors: Mapping[str, Sequence[str]]) -> None:
    if errors:
        count = f"{len(errors)} validation error{'' if len(errors) == 1 else 's'} detected"
        first = "; ".join(f"Value at '{path}' {texts[0]}" for path, texts in list(errors.items())[:5])
        raise ValidationError(f"{count}: {first}", errors=errors)

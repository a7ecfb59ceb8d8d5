"""What two documents make one ask: every action they name, on what they name, and where their conditions hold."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final

from policies import catalog
from policies.engine import Compiled, Statement
from policies.engine.context import Given
from policies.previews.circumstances import satisfying

MOST: Final = 300  # questions that two documents make one ask
MOST_BY_SERVICE: Final = 60  # of them, where statements are about all services
MOST_OF_PATTERN: Final = 60  # actions that one pattern stands for
SAMPLED: Final = (
    "iam", "sts", "s3", "ec2", "lambda", "dynamodb", "sqs", "sns", "rds", "kms", "secretsmanager", "ssm", "logs",
    "cloudwatch", "cloudformation", "ecs", "eks", "ecr", "events", "states", "apigateway", "route53", "iamconsole",
)  # fmt: skip
"""The services that a pattern for all of them is asked about."""
_VARIABLE: Final = re.compile(r"\$\{([^{}',]*)(?:,\s*'[^']*')?\}")
_ESCAPES: Final = frozenset("*?$")


@dataclass(frozen=True, slots=True)
class Question:
    """May he do `action` on `resource`? `circumstances` are condition keys of the request beside those of its moment.

    A `resource` with wildcards stands for any that it covers, and for no particular one.
    """

    action: str
    resource: str
    circumstances: tuple[tuple[str, Given], ...] = ()

    @classmethod
    def of(cls, action: str, resource: str, circumstances: Mapping[str, Any]) -> "Question":
        """The question in these circumstances."""
        return cls(action, resource, tuple((key, _frozen(value)) for key, value in circumstances.items()))

    def about(self, facts: Mapping[str, Given]) -> "Question":
        """The same question to a principal: variables filled in; what is known of him is no circumstance."""
        known = {key.lower(): value for key, value in facts.items()}
        left = tuple(each for each in self.circumstances if each[0].lower() not in known)
        return Question(self.action, _filled(self.resource, known), left)


@dataclass(frozen=True, slots=True)
class Named:
    """The questions that documents make one ask; not `complete` where patterns name more than can be asked."""

    questions: tuple[Question, ...]
    complete: bool


def named_by(policies: Iterable[Compiled]) -> Named:
    """Every action that a statement names on every resource it names: as such, and where its conditions hold.

    Patterns of actions are looked up in the catalogue. `*` and NotAction name too many to ask for each: they are asked
    for as `s3:*`, which is allowed to whoever may do all of a service, of the services that matter most.
    """
    statements = [statement for policy in policies for statement in policy.document.statements]
    by_service = (question for statement in statements for question in _of(statement, _of_services))
    questions = (question for statement in statements for question in _of(statement, _named))
    asked = dict.fromkeys(chain(islice(by_service, MOST_BY_SERVICE), islice(questions, MOST * 4)))
    complete = len(asked) <= MOST and next(questions, None) is None and not any(map(_exceeds, statements))
    return Named(tuple(islice(asked, MOST)), complete)


def _of(statement: Statement, actions: Callable[[Statement], Iterable[str]]) -> Iterator[Question]:
    where = satisfying(statement.conditions)
    for action in dict.fromkeys(actions(statement)):
        for resource in statement.resources or ("*",):
            yield Question(action, resource)
            if where:
                yield Question.of(action, resource, where)


def _named(statement: Statement) -> Iterator[str]:
    for pattern in statement.actions:
        if not _is_wild(pattern):
            yield pattern
        elif not _is_wild(pattern.partition(":")[0]):
            yield from (action.full_name for action in islice(catalog.actions_matching(pattern), MOST_OF_PATTERN))


def _of_services(statement: Statement) -> Iterator[str]:
    patterns = ["*:*"] if statement.not_actions else statement.actions
    for pattern in patterns:
        if _is_wild(pattern.partition(":")[0]):
            action = pattern.partition(":")[2] or "*"
            yield from (f"{service}:{action}" for service in SAMPLED)


def _exceeds(statement: Statement) -> bool:
    """Whether a statement is about more actions than are asked for."""
    return bool(statement.not_actions or statement.not_resources) or any(map(_is_too_wide, statement.actions))


def _is_too_wide(pattern: str) -> bool:
    if not _is_wild(pattern):
        return False
    if _is_wild(pattern.partition(":")[0]):
        return True
    return next(islice(catalog.actions_matching(pattern), MOST_OF_PATTERN, None), None) is not None


def _is_wild(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern


def _frozen(value: Any) -> Given:
    return tuple(value) if isinstance(value, list) else value


def _filled(resource: str, known: Mapping[str, Given]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] in _ESCAPES:
            return found[1]
        value = known.get(found[1].lower())
        return value if isinstance(value, str) else "*"

    return _VARIABLE.sub(value, resource) if "${" in resource else resource


def services_of(policies: Iterable[Compiled]) -> frozenset[str] | None:
    """The services that policies speak of, in lower case; None where they speak of all."""
    statements = [statement for policy in policies for statement in policy.document.statements]
    found = {pattern.partition(":")[0].lower() for statement in statements for pattern in statement.actions}
    everything = any(statement.not_actions for statement in statements) or any(map(_is_wild, found))
    return None if everything else frozenset(found)

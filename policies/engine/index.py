"""Finding the statements that can match without looking at those that cannot."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from policies.engine.context import Context
from policies.engine.rule import Rule
from policies.engine.wildcard import Matcher, matches


class ActionIndex:
    """Statements by action: exact names, patterns of one service, and what crosses services. Names are lower case."""

    __slots__ = ("_by_service", "_everywhere", "_exact", "_exclusions")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._exact: defaultdict[str, list[int]] = defaultdict(list)
        self._by_service: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self._everywhere: list[tuple[str, int]] = []
        self._exclusions: list[tuple[tuple[str, ...], int]] = []
        for number, rule in enumerate(rules):
            for action in rule.statement.actions:
                self._add(action.lower(), number)
            if rule.statement.not_actions:
                self._exclusions.append((tuple(map(str.lower, rule.statement.not_actions)), number))

    def _add(self, action: str, number: int) -> None:
        service, _, _ = action.partition(":")
        if "*" not in action and "?" not in action:
            self._exact[action].append(number)
        elif "*" in service:
            self._everywhere.append((action, number))
        else:
            self._by_service[service].append((action, number))

    def numbers(self, action: str) -> tuple[int, ...]:
        """The numbers of the statements about an action, in their order."""
        found = set(self._exact.get(action, ()))
        for patterns in (self._by_service.get(action.partition(":")[0], ()), self._everywhere):
            found.update(number for pattern, number in patterns if matches(pattern, action))
        found.update(
            number for excluded, number in self._exclusions if not any(matches(pattern, action) for pattern in excluded)
        )
        return tuple(sorted(found))


class ResourceIndex:
    """Statements by resource: about everything, about one exact resource, or by the literal prefix of their patterns.

    Of the prefixes in sorted order, the only ones that can begin a resource are the one just before it and the parents
    of that: the longest shorter prefixes that begin it. So one binary search finds them all.
    """

    __slots__ = ("_always", "_candidates", "_exact", "_parents", "_prefixes", "rules")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self._always: list[Rule] = []
        self._exact: defaultdict[str, list[Rule]] = defaultdict(list)
        by_prefix: defaultdict[str, list[tuple[Matcher | None, Rule]]] = defaultdict(list)
        for rule in rules:
            if rule.not_resources:
                by_prefix[""].append((None, rule))
            elif not rule.resources:
                self._always.append(rule)
            for pattern in rule.resources:
                if pattern.is_everything:
                    self._always.append(rule)
                elif pattern.is_literal:
                    self._exact[pattern.prefix].append(rule)
                else:
                    by_prefix[pattern.prefix].append((pattern.matcher, rule))
        self._always.sort(key=lambda rule: len(rule.tests))
        self._prefixes = sorted(by_prefix)
        self._candidates = [by_prefix[prefix] for prefix in self._prefixes]
        self._parents = _parents(self._prefixes)

    @property
    def is_unconditional(self) -> bool:
        """Whether a statement is about everything and asks nothing of the request; those come first."""
        return bool(self._always) and not self._always[0].tests

    def about(self, resource: str, context: Context | None) -> Iterator[Rule]:
        """The statements about a resource, whatever their conditions; one may come twice.

        Without a context: those that are about it in some context.
        """
        yield from self._always
        yield from self._exact.get(resource, ())
        at = bisect_right(self._prefixes, resource) - 1
        while at >= 0:
            if resource.startswith(self._prefixes[at]):
                for match, rule in self._candidates[at]:
                    # No matcher: variables or NotResource, for which the statement is asked as a whole.
                    if match(resource) if match else context is None or rule.covers(resource, context):
                        yield rule
            at = self._parents[at]


def _parents(prefixes: Sequence[str]) -> list[int]:
    """For each of the sorted texts the place of the longest other one that begins it, or -1."""
    parents: list[int] = []
    for number, prefix in enumerate(prefixes):
        parent = number - 1
        while parent >= 0 and not prefix.startswith(prefixes[parent]):
            parent = parents[parent]
        parents.append(parent)
    return parents

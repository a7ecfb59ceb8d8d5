"""Documents ready for evaluation, compiled once per content."""

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Final

from policies.engine.context import Context
from policies.engine.document import Document, PolicyKind
from policies.engine.grammar import parse
from policies.engine.index import ActionIndex, ResourceIndex
from policies.engine.rule import Rule

KEPT_CHARACTERS = 8_000_000
"""Of the documents used last; compiled, each takes some 17 bytes. A number of them would bound no memory."""

KEPT_ACTIONS: Final = 512


@dataclass(frozen=True, slots=True)
class Slice:
    """What a policy says about one action; None where it has no statement of that effect."""

    allows: ResourceIndex | None
    denies: ResourceIndex | None


_NOTHING: Final = Slice(None, None)


class Compiled:
    """A policy ready for evaluation; `digest` is the SHA-256 of its text."""

    __slots__ = ("_actions", "_by_action", "_by_statements", "digest", "document", "rules")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.digest = digest(document.text)
        self.rules: tuple[Rule, ...] = tuple(Rule.of(statement, document) for statement in document.statements)
        self._actions = ActionIndex(self.rules)
        self._by_action: dict[str, Slice] = {}
        self._by_statements: dict[tuple[int, ...], Slice] = {(): _NOTHING}

    @property
    def kind(self) -> PolicyKind:
        """What the policy is attached to."""
        return self.document.kind

    def slice(self, action: str) -> Slice:
        """The statements about an action, by effect and resource; kept, as the same few actions are asked for."""
        found = self._by_action.get(action)
        if found is None:
            if len(self._by_action) >= KEPT_ACTIONS:
                self._by_action.clear()
                self._by_statements = {(): _NOTHING}
            found = self._by_action[action] = self._slice(self._actions.numbers(action.lower()))
        return found

    def _slice(self, numbers: tuple[int, ...]) -> Slice:
        found = self._by_statements.get(numbers)
        if found is None:
            rules = [self.rules[number] for number in numbers]
            allows = [rule for rule in rules if not rule.is_deny]
            denies = [rule for rule in rules if rule.is_deny]
            found = Slice(ResourceIndex(allows) if allows else None, ResourceIndex(denies) if denies else None)
            self._by_statements[numbers] = found
        return found

    def about(self, action: str, resource: str, context: Context) -> list[Rule]:
        """The statements about an action and a resource, whatever their conditions, in their order."""
        found = self.slice(action)
        if found is _NOTHING:
            return []
        indexes = [index for index in (found.allows, found.denies) if index]
        rules = dict.fromkeys(rule for index in indexes for rule in index.about(resource, context))
        return sorted(rules, key=lambda rule: rule.statement.index)

    def may_allow(self, action: str, resource: str) -> bool:
        """Whether it allows an action on a resource in some context."""
        allows = self.slice(action).allows
        return allows is not None and any(True for _rule in allows.about(resource, None))

    def __repr__(self) -> str:
        return f"Compiled({self.kind.value}, {len(self.rules)} statements, {self.digest[:12]})"


def digest(text: str) -> str:
    """The name of a document's content."""
    return sha256(text.encode()).hexdigest()


def compiled(text: str, kind: PolicyKind = PolicyKind.IDENTITY) -> Compiled:
    """Parse and compile a policy, or return the one made earlier of the same text. Raises MalformedPolicy."""
    return _kept.get(text, kind) or _kept.keep(text, kind, Compiled(parse(text, kind)))


class _Kept:
    """The documents used last, as many as KEPT_CHARACTERS allow; thread-safe."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[str, PolicyKind], Compiled] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def cache_clear(self) -> None:
        with self._lock:
            self._found.clear()
            self._characters = 0

    def get(self, text: str, kind: PolicyKind) -> Compiled | None:
        with self._lock:
            found = self._found.get((text, kind))
            if found is not None:
                self._found.move_to_end((text, kind))
            return found

    def keep(self, text: str, kind: PolicyKind, made: Compiled) -> Compiled:
        """The one to use: that of another thread, if it was faster."""
        with self._lock:
            found = self._found.setdefault((text, kind), made)
            if found is made:
                self._characters += len(text)
                while self._characters > KEPT_CHARACTERS:
                    (oldest, _), _ = self._found.popitem(last=False)
                    self._characters -= len(oldest)
            return found


_kept = _Kept()

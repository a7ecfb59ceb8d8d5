"""From a text to a syntax tree, or to the first fault in the order in which AWS looks for them."""

from collections.abc import Callable
from typing import Any, Final

from policies.engine import rules, trust
from policies.engine.document import Condition, Document, Effect, PolicyKind, PrincipalEntry, Statement
from policies.engine.errors import MalformedPolicy, Path
from policies.engine.faults import LEGACY, SYNTAX, Fault
from policies.engine.layout import Layout
from policies.engine.operators import qualified
from policies.engine.reader import NotJson, Number, read

_PRINCIPAL_KINDS: Final = ("AWS", "Federated", "Service", "CanonicalUser")
_TOP: Final = frozenset({"Version", "Id", "Statement"})
_ELEMENTS: Final = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)


def parse(text: str, kind: PolicyKind = PolicyKind.IDENTITY) -> Document:
    """Read a policy. Raises MalformedPolicy with AWS's sentence, the place and our own explanation."""
    layout = Layout(text)
    try:
        document = _document(_json(text), kind, layout)
        for check in _CHECKS:
            check(document)
    except Fault as fault:
        place = layout.span(fault.path).start if fault.offset is None else layout.position(fault.offset)
        raise MalformedPolicy(
            fault.message, line=place.line, column=place.column, path=fault.path, detail=fault.detail
        ) from None
    return document


_CHECKS: Final[tuple[Callable[[Document], None], ...]] = (
    rules.version,
    rules.dates,
    rules.unique_sids,
    rules.principals,
    rules.actions_given,
    rules.resource_format,
    rules.action_format,
    rules.condition_keys,
    rules.resources_given,
    trust.actions,
    trust.elements,
    rules.organization_elements,
)


def _json(text: str) -> Any:
    try:
        return read(text)
    except NotJson as fault:
        offset = fault.offset if fault.path is None else None
        raise Fault(SYNTAX, fault.detail, fault.path or (), offset=offset) from None


def _document(value: Any, kind: PolicyKind, layout: Layout) -> Document:
    policy = _object(value, (), "a policy", _TOP)
    if "Statement" not in policy:
        raise Fault(SYNTAX, "a policy needs a `Statement`", ())
    statements = policy["Statement"]
    if not isinstance(statements, list):
        statements = [statements]
    if not statements:
        raise Fault(SYNTAX, "a policy needs at least one statement", ("Statement",))
    return Document(
        kind=kind,
        version=_text(policy, "Version", ()),
        id=_text(policy, "Id", ()),
        statements=tuple(_statement(value, index, layout) for index, value in enumerate(statements)),
        text=layout.text,
        layout=layout,
    )


def _statement(value: Any, index: int, layout: Layout) -> Statement:
    path: Path = ("Statement", index)
    statement = _object(value, path, "a statement", _ELEMENTS)
    for element in ("Action", "Resource", "Principal"):
        if element in statement and f"Not{element}" in statement:
            raise Fault(SYNTAX, f"`{element}` and `Not{element}` exclude each other", (*path, f"Not{element}"))
    return Statement(
        index=index,
        effect=_effect(statement, path),
        sid=_text(statement, "Sid", path),
        principals=_principals(statement, "Principal", path),
        not_principals=_principals(statement, "NotPrincipal", path),
        actions=_texts(statement, "Action", path),
        not_actions=_texts(statement, "NotAction", path),
        resources=_texts(statement, "Resource", path),
        not_resources=_texts(statement, "NotResource", path),
        conditions=_conditions(statement.get("Condition", {}), (*path, "Condition")),
        elements=frozenset(statement),
        layout=layout,
    )


def _object(value: Any, path: Path, what: str, elements: frozenset[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Fault(SYNTAX, f"{what} must be an object", path)
    for key in value:
        if elements is not None and key not in elements:
            raise Fault(SYNTAX, f"{what} has no element `{key}`", (*path, key))
    return value


def _effect(statement: dict[str, Any], path: Path) -> Effect:
    effect = _text(statement, "Effect", path)
    if effect is None:
        raise Fault(SYNTAX, "a statement needs an `Effect`", path)
    if effect not in ("Allow", "Deny"):
        message = LEGACY if effect.capitalize() in ("Allow", "Deny") else SYNTAX
        raise Fault(message, f"`Effect` must be `Allow` or `Deny`, not `{effect}`", (*path, "Effect"))
    return Effect(effect)


def _text(parent: dict[str, Any], key: str, path: Path) -> str | None:
    value = parent.get(key)
    if key in parent and not _is_text(value):
        raise Fault(SYNTAX, f"`{key}` must be a text", (*path, key))
    return value


def _texts(parent: dict[str, Any], key: str, path: Path) -> tuple[str, ...]:
    if key not in parent:
        return ()
    value = parent[key]
    items = value if isinstance(value, list) else [value]
    for index, item in enumerate(items):
        if not _is_text(item):
            raise Fault(SYNTAX, f"`{key}` must be a text or a list of texts", (*path, key, index))
    return tuple(items)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _principals(statement: dict[str, Any], key: str, path: Path) -> tuple[PrincipalEntry, ...]:
    value = statement.get(key, {})
    if value == "*" and _is_text(value):
        return (("*", "*"),)
    path = (*path, key)
    entries: list[PrincipalEntry] = []
    for kind in _object(value, path, f"`{key}` other than `*`"):
        if kind not in _PRINCIPAL_KINDS:
            raise Fault(SYNTAX, f"`{key}` has no kind `{kind}`, only {', '.join(_PRINCIPAL_KINDS)}", (*path, kind))
        entries += [(kind, name) for name in _texts(value, kind, path)]
    if key == "NotPrincipal" and key in statement and not entries:
        raise Fault(SYNTAX, "`NotPrincipal` must name a principal", path)
    return tuple(entries)


def _conditions(value: Any, path: Path) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    for operator, keys in _object(value, path, "`Condition`").items():
        if qualified(operator) is None:
            raise Fault(SYNTAX, f"there is no condition operator `{operator}`", (*path, operator))
        for key, wanted in _object(keys, (*path, operator), f"`{operator}`").items():
            conditions.append(Condition(operator, key, _values(wanted, (*path, operator, key))))
    return tuple(conditions)


def _values(value: Any, path: Path) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    for index, item in enumerate(items):
        if not isinstance(item, str | bool):
            raise Fault(SYNTAX, "a condition value must be a text, a number or a boolean", (*path, index))
    return tuple(str(item).lower() if isinstance(item, bool) else str(item) for item in items)

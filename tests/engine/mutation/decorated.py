"""mutmut passes over decorated functions; this lets it mutate those under a cache or a property."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import libcst as cst
from mutmut.mutation import file_mutation

HARMLESS = frozenset({"lru_cache", "property", "cached_property"})


def install() -> None:
    """Teach mutmut, in this process and those forked from it."""
    visitor: Any = file_mutation.MutationVisitor
    visitor._skip_node_and_children = _skipping(visitor._skip_node_and_children)
    file_mutation.function_trampoline_arrangement = _arranging(file_mutation.function_trampoline_arrangement)


def _is_harmless(function: cst.FunctionDef) -> bool:
    names = [
        node.func if isinstance(node, cst.Call) else node
        for node in (decorator.decorator for decorator in function.decorators)
    ]
    return bool(names) and all(isinstance(name, cst.Name) and name.value in HARMLESS for name in names)


def _skipping(original: Callable[..., bool]) -> Callable[..., bool]:
    def skip(visitor: Any, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef) and _is_harmless(node):
            return False
        return original(visitor, node)

    return skip


def _arranging(original: Callable[..., Any]) -> Callable[..., Any]:
    """Only what switches between the mutants is decorated, not the mutants themselves."""

    def arrange(function: cst.FunctionDef, mutants: Iterable[Any], class_name: str | None) -> Sequence[Any]:
        if not _is_harmless(function):
            return original(function, mutants, class_name)
        before, (switch, *copies), after, names = original(function.with_changes(decorators=[]), mutants, class_name)
        switch = switch.with_changes(decorators=[*function.decorators, *switch.decorators])
        return before, [switch, *copies], after, names

    return arrange

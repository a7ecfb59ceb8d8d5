"""Loaded by the tests of a mutant: nothing that the unchanged engine, or an earlier test, made may answer for it."""

import sys
from functools import _lru_cache_wrapper

import pytest

from policies.engine.compiled import _Kept


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Mutants are forked from a process that has run every test, with the engine's caches full of right answers."""
    for name, module in list(sys.modules.items()):
        if name.startswith("policies.engine"):
            for value in vars(module).values():
                if isinstance(value, (_lru_cache_wrapper, _Kept)):
                    value.cache_clear()

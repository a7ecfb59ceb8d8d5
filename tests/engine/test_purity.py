"""The engine stands alone."""

import ast
import sys
from pathlib import Path

import policies.engine

FOLDER = Path(policies.engine.__file__).parent


def test_imports_the_standard_library_only():
    foreign = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
            foreign.update(name for name in names if not name.startswith("policies.engine"))
    assert {name.partition(".")[0] for name in foreign} <= sys.stdlib_module_names

"""The difference of two documents (templates/console/_diff.html)."""

from __future__ import annotations

import difflib
from typing import Any


def split(old: str, new: str) -> list[dict[str, Any]]:
    """Two texts side by side, equal lines facing each other."""
    left, right = old.splitlines(), new.splitlines()
    rows = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for offset in range(max(i2 - i1, j2 - j1)):
            i, j = i1 + offset, j1 + offset
            rows.append(
                {
                    "left": _line(i, left, "" if kind == "equal" else "removed") if i < i2 else None,
                    "right": _line(j, right, "" if kind == "equal" else "added") if j < j2 else None,
                }
            )
    return rows


def _line(index: int, lines: list[str], kind: str) -> dict[str, Any]:
    return {"number": index + 1, "text": lines[index], "kind": kind}


def unified(old: str, new: str) -> list[dict[str, Any]]:
    """Two texts as one, removed lines before added ones."""
    left, right = old.splitlines(), new.splitlines()
    lines: list[dict[str, Any]] = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += [{"kind": "", "old": i + 1, "new": j1 + i - i1 + 1, "text": left[i]} for i in range(i1, i2)]
            continue
        lines += [{"kind": "removed", "old": i + 1, "new": None, "text": left[i]} for i in range(i1, i2)]
        lines += [{"kind": "added", "old": None, "new": j + 1, "text": right[j]} for j in range(j1, j2)]
    return lines


def difference(old: str, new: str, *, old_label: Any, new_label: Any, ident: str = "text-changes") -> dict[str, Any]:
    """Both layouts of a difference: side by side where there is room, unified where there is little."""
    return {
        "id": ident,
        "old_label": old_label,
        "new_label": new_label,
        "rows": split(old, new),
        "diff_lines": unified(old, new),
        "same": old == new,
    }

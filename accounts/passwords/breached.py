"""Passwords that leaked and are guessed first: a bundled list of 20,000 and, where given, an operator's larger file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator

TAIL = 6  # characters at the end that people add to a word and guessers try
LOOKALIKES = str.maketrans("0134578@$!", "oieastbasi")
DIGEST = 40  # hexadecimal digits of a SHA-1


def is_breached(password: str) -> bool:
    """Whether the password, or the word that it is a simple variation of, is known to guessers."""
    if not _common().isdisjoint(_variations(password)):
        return True
    file = settings.IAM_BREACHED_PASSWORDS_FILE
    return file is not None and _in_file(file, password)


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _variations(password: str) -> Iterator[str]:
    """The password in one case, without a short tail of digits and symbols, and without look-alikes for letters."""
    folded = password.casefold()
    stem = folded
    while stem and not stem[-1].isalpha() and len(folded) - len(stem) < TAIL:
        stem = stem[:-1]
    for form in (folded, stem):
        yield form
        yield form.translate(LOOKALIKES)


def _in_file(path: Path, password: str) -> bool:
    """Whether a sorted list of SHA-1 digests has the password's; the file is searched where it lies, never loaded.

    Lines are `DIGEST` or `DIGEST:COUNT`, in the order of digests, as breach services publish them.
    """
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as lines:
        low, high = 0, lines.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            found = _line_after(lines, middle)
            if found == wanted:
                return True
            if found and found < wanted:
                low = middle + 1
            else:
                high = middle
        return _line_after(lines, low) == wanted


def _line_after(lines: BinaryIO, offset: int) -> bytes:
    """The digest of the first line that begins at `offset` or later; empty at the end of the file."""
    lines.seek(max(offset - 1, 0))
    if offset:
        lines.readline()
    return lines.readline()[:DIGEST].upper()

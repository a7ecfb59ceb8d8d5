"""What is generated where nobody chose: passwords and account ids."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable

# Without the signs that people mistake for one another when they type.
LOWER = "".join(sorted(set(string.ascii_lowercase) - set("lo")))
UPPER = "".join(sorted(set(string.ascii_uppercase) - set("IO")))
DIGITS = "23456789"
SYMBOLS = "-_+="  # the shell makes nothing of these, whatever the quotes
KINDS = (LOWER, UPPER, DIGITS, SYMBOLS)
LENGTH = 24


def password() -> str:
    """24 characters of all four kinds, about 140 bits: within AWS's default rule and every policy that AWS allows."""
    every = "".join(KINDS)
    chosen = [secrets.choice(kind) for kind in KINDS] + [secrets.choice(every) for _ in range(LENGTH - len(KINDS))]
    secrets.SystemRandom().shuffle(chosen)
    if chosen[0] in SYMBOLS:
        return password()  # a terminal's double click and many a shell would lose a leading symbol
    return "".join(chosen)


def account_id(taken: Callable[[str], bool]) -> str:
    """A random account id that is not taken: twelve digits, none of them a leading zero."""
    while taken(found := str(secrets.randbelow(9 * 10**11) + 10**11)):
        pass
    return found

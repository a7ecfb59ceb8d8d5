"""What a password must be. Without a policy of the account's own, AWS's default rule holds (reference 6.4)."""

from __future__ import annotations

import re

from iamconsole.kernel.errors import PasswordPolicyViolation

SYMBOLS = "!@#$%^&*()_+-=[]{}|'"
KINDS = (r"[A-Z]", r"[a-z]", r"[0-9]", f"[{re.escape(SYMBOLS)}]")
MIN_LENGTH, MAX_LENGTH, MIN_KINDS = 8, 128, 3


def check(password: str, *, account: str, user_name: str) -> None:
    """Refuse a password that breaks AWS's default rule (PasswordPolicyViolation says which part)."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise PasswordPolicyViolation(f"Password should have a length between {MIN_LENGTH} and {MAX_LENGTH} characters")
    if sum(bool(re.search(kind, password)) for kind in KINDS) < MIN_KINDS:
        raise PasswordPolicyViolation(
            "Password should have at least three of: uppercase letters, lowercase letters, numbers, symbols"
        )
    if password.lower() in (account.lower(), user_name.lower()):
        raise PasswordPolicyViolation("Password should not be the name of the account or the user")

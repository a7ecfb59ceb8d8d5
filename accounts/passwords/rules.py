"""What a password must be: AWS's default rule, the account's own policy (reference 6.4), or OWASP's ASVS."""

from __future__ import annotations

import re
from collections.abc import Iterator

from accounts.password_policy.models import ASVS, PasswordPolicy
from accounts.passwords.breached import is_breached
from iamconsole.kernel.errors import PasswordPolicyViolation, ValidationError
from iamconsole.kernel.shapes import LATIN

SYMBOLS = "!@#$%^&*()_+-=[]{}|'"
UPPERCASE, LOWERCASE, NUMBER, SYMBOL = r"[A-Z]", r"[a-z]", r"[0-9]", f"[{re.escape(SYMBOLS)}]"
KINDS = (UPPERCASE, LOWERCASE, NUMBER, SYMBOL)
MIN_LENGTH, MAX_LENGTH, MIN_KINDS = 8, 128, 3
PRODUCT = ("iamconsole", "iam console", "iam-console")
CONTEXT_WORD = 4  # characters from which on a word of the context counts

BREACHED = "This password is among those that leaked and are guessed first. Choose another, such as several words."
CONTEXT = "Password should not contain the name of the account, of the user or of this product"


def check(
    password: str, *, account: str, user_name: str, policy: PasswordPolicy | None = None, typed: bool = False
) -> None:
    """Refuse a password that breaks the rule that holds (PasswordPolicyViolation says which part).

    `account` is the alias, or the id of an account without one. `typed` passwords, chosen by a person rather than
    made by a program, are also looked up among those that leaked; under ASVS all are.
    """
    asvs = policy is not None and policy.profile == ASVS
    if not asvs:
        _demand_latin(password)
    for fault in _of_policy(password, policy) if policy else _of_aws(password, account, user_name):
        raise PasswordPolicyViolation(fault)
    if asvs and any(word in password.casefold() for word in _context(account, user_name)):
        raise PasswordPolicyViolation(CONTEXT)
    if (asvs or typed) and is_breached(password):
        raise PasswordPolicyViolation(BREACHED)


def _demand_latin(password: str) -> None:
    """AWS's wire takes Latin characters alone; ASVS wants every character there is."""
    if not re.fullmatch(LATIN, password):
        raise ValidationError(
            "1 validation error detected: Value at 'password' failed to satisfy constraint: "
            f"Member must satisfy regular expression pattern: {LATIN}",
            errors={"password": [f"Member must satisfy regular expression pattern: {LATIN}"]},
        )


def _of_aws(password: str, account: str, user_name: str) -> Iterator[str]:
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        yield f"Password should have a length between {MIN_LENGTH} and {MAX_LENGTH} characters"
    if sum(bool(re.search(kind, password)) for kind in KINDS) < MIN_KINDS:
        yield "Password should have at least three of: uppercase letters, lowercase letters, numbers, symbols"
    if password.lower() in (account.lower(), user_name.lower()):
        yield "Password should not be the name of the account or the user"


def _of_policy(password: str, policy: PasswordPolicy) -> Iterator[str]:
    if len(password) < policy.minimum_length:
        yield f"Password should have a minimum length of {policy.minimum_length}"
    for demanded, kind, name in (
        (policy.require_uppercase, UPPERCASE, "uppercase letter"),
        (policy.require_lowercase, LOWERCASE, "lowercase letter"),
        (policy.require_numbers, NUMBER, "number"),
        (policy.require_symbols, SYMBOL, "symbol"),
    ):
        if demanded and not re.search(kind, password):
            yield f"Password should have at least one {name}"


def _context(account: str, user_name: str) -> list[str]:
    return [word for word in (account.casefold(), user_name.casefold(), *PRODUCT) if len(word) >= CONTEXT_WORD]

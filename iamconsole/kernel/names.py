"""Python names to AWS names and back to what a validation message prints.

AWS's member names are PascalCase with a few acronyms spelled in capitals; ours are the same words in snake_case.
"""

from __future__ import annotations

from functools import lru_cache

# Words that AWS spells in its own way wherever they stand alone in a name.
SPELLING = {
    "mfa": "MFA",
    "saml": "SAML",
    "ssh": "SSH",
    "aws": "AWS",
    "qr": "QR",
    "png": "PNG",
    "uuid": "UUID",
}
# Runs of words that AWS spells as one.
PHRASES = {"open_id_connect": "OpenIDConnect", "client_id_list": "ClientIDList", "client_id": "ClientID"}


@lru_cache(maxsize=4096)
def aws_name(snake: str) -> str:
    """`user_name` → `UserName`, `list_mfa_devices` → `ListMFADevices`, `open_id_connect_url` → `OpenIDConnectUrl`."""
    for phrase, spelled in PHRASES.items():
        if phrase in snake:
            before, _, after = snake.partition(phrase)
            return "".join((aws_name(before.strip("_")), spelled, aws_name(after.strip("_"))))
    return "".join(SPELLING.get(word, word.capitalize()) for word in snake.split("_") if word)


@lru_cache(maxsize=4096)
def message_name(aws: str) -> str:
    """How AWS's validation messages write a member: `UserName` → `userName`, `SAMLProviderArn` → `sAMLProviderArn`."""
    return aws[:1].lower() + aws[1:]


def kebab(snake: str) -> str:
    """`create_user` → `create-user`, as the aws CLI and `manage.py iam` spell it."""
    return snake.replace("_", "-")

"""What a deletion takes with it, said in numbers and names (templates/console/confirm_delete.html)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import ngettext

SHOWN = 20  # names beside a number
Said = Callable[[int], str]

ACCESS_KEYS: Said = lambda n: ngettext("access key stops working.", "access keys stop working.", n)  # noqa: E731
MFA_DEVICES: Said = lambda n: ngettext("MFA device is removed.", "MFA devices are removed.", n)  # noqa: E731
SSH_KEYS: Said = lambda n: ngettext("SSH public key is deleted.", "SSH public keys are deleted.", n)  # noqa: E731
CERTIFICATES: Said = lambda n: ngettext(  # noqa: E731
    "signing certificate is deleted.", "signing certificates are deleted.", n
)
SERVICE_CREDENTIALS: Said = lambda n: ngettext(  # noqa: E731
    "service-specific credential stops working.", "service-specific credentials stop working.", n
)
GROUPS: Said = lambda n: ngettext("group loses a member.", "groups lose a member.", n)  # noqa: E731
MEMBERS: Said = lambda n: ngettext("user loses what the group grants.", "users lose what the group grants.", n)  # noqa: E731
DETACHED: Said = lambda n: ngettext("policy is detached.", "policies are detached.", n)  # noqa: E731
INLINE: Said = lambda n: ngettext("inline policy is deleted.", "inline policies are deleted.", n)  # noqa: E731
PROFILES: Said = lambda n: ngettext("instance profile loses its role.", "instance profiles lose their role.", n)  # noqa: E731
GRANTED: Said = lambda n: ngettext("identity loses what it grants.", "identities lose what it grants.", n)  # noqa: E731
VERSIONS: Said = lambda n: ngettext("older version is deleted.", "older versions are deleted.", n)  # noqa: E731


def consequence(said: Said, items: Sequence[str], icon: str) -> list[dict[str, Any]]:
    """One line, or none where nothing is lost."""
    if not items:
        return []
    return [{"label": said(len(items)), "count": len(items), "entries": items[:SHOWN], "icon": icon}]

"""What a deletion takes with it, said in numbers and names (templates/console/confirm_delete.html)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import ngettext

from iamconsole.interfaces.console.templatetags.console_format import relative_time
from iamconsole.interfaces.console.visit import Visit

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


TRUSTED: Said = lambda n: ngettext(  # noqa: E731
    "trust policy names it and lets nobody in by that any more.",
    "trust policies name it and let nobody in by that any more.",
    n,
)
RECENTLY = timedelta(days=30)


def trusting(visit: Visit, arn: str) -> list[dict[str, Any]]:
    """The trust policies that name a principal, for whoever may list roles."""
    if visit.refusal("iamconsole:ListTrustingRoles"):
        return []
    roles = visit.run("iamconsole:ListTrustingRoles", principal_arn=arn).roles
    return consequence(TRUSTED, [role.role_name for role in roles], "scroll-text")


def used(said: Any, moment: datetime | None, now: datetime) -> list[dict[str, Any]]:
    """That something was used lately: `said` has a place for when."""
    if moment is None or now - moment > RECENTLY:
        return []
    return [{"label": said % {"when": relative_time(moment)}, "icon": "activity"}]


def consequence(said: Said, items: Sequence[str], icon: str, *, count: int = 0) -> list[dict[str, Any]]:
    """One line, or none where nothing is lost; `count` is how many there are, where `items` are the first of them."""
    if not items:
        return []
    count = count or len(items)
    return [{"label": said(count), "count": count, "entries": items[:SHOWN], "icon": icon}]

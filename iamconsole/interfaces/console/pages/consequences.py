"""What a deletion takes with it, said in numbers and names (templates/console/confirm_delete.html)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from iamconsole.interfaces.console.templatetags.console_format import relative_time
from iamconsole.interfaces.console.visit import Item, Visit
from iamconsole.kernel.errors import AccessDenied

SHOWN = 20  # names beside a number
Said = Callable[[int], str]

ACCESS_KEYS: Said = lambda n: ngettext("access key stops working.", "access keys stop working.", n)  # noqa: E731
MFA_DEVICES: Said = lambda n: ngettext("MFA device is removed.", "MFA devices are removed.", n)  # noqa: E731
SSH_KEYS: Said = lambda n: ngettext("SSH public key is deleted.", "SSH public keys are deleted.", n)  # noqa: E731
SSH_STOPPED: Said = lambda n: ngettext("SSH public key stops working.", "SSH public keys stop working.", n)  # noqa: E731
CERTIFICATES_STOPPED: Said = lambda n: ngettext(  # noqa: E731
    "signing certificate stops working.", "signing certificates stop working.", n
)
SESSIONS: Said = lambda n: ngettext("console session ends.", "console sessions end.", n)  # noqa: E731
ROLE_SESSIONS: Said = lambda n: ngettext("open session can do nothing more.", "open sessions can do nothing more.", n)  # noqa: E731
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
WITHIN = frozenset({"user_name", "version_id", "access_key_id", "ssh_public_key_id", "certificate_id"})
"""Members that name a part, or a member of a group: rights are given on the whole."""


def trusting(visit: Visit, arn: str) -> list[dict[str, Any]]:
    """The trust policies that name a principal, for whoever may list roles."""
    if visit.refusal("iamconsole:ListTrustingRoles"):
        return []
    roles = visit.run("iamconsole:ListTrustingRoles", principal_arn=arn).roles
    return consequence(TRUSTED, [role.role_name for role in roles], "scroll-text")


def refused(visit: Visit, items: Iterable[Item]) -> list[dict[str, Any]]:
    """Why the batch could not run for this viewer, as blockers: each part of it is asked about, once."""
    asked = {(action, *sorted(_object(members).items())): (action, members) for action, members in items}
    reasons = (visit.refusal(action, **members) for action, members in asked.values())
    return [{"label": reason} for reason in dict.fromkeys(reasons) if reason]


def _object(members: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in members.items() if name not in WITHIN}


def keys_used(visit: Visit, key_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Which of these keys were used lately, when and for what, for whoever may read that."""
    told: list[dict[str, Any]] = []
    for key_id in key_ids if not visit.refusal("iam:GetAccessKeyLastUsed") else ():
        try:
            last = visit.run("iam:GetAccessKeyLastUsed", access_key_id=key_id).access_key_last_used
        except AccessDenied:  # of this user, though not of everybody
            break
        service = "" if last.service_name == "N/A" else last.service_name
        said = _("%(key)s was used %%(when)s for %(service)s") if service else _("%(key)s was used %%(when)s")
        told += used(said % {"key": key_id, "service": service}, last.last_used_date, visit.call.time)
    return told


def last_use(last: Any) -> dict[str, Any]:
    """When one access key was last used, for what and in which region."""
    if last.last_used_date is None:
        return {"label": _("It was never used."), "icon": "key-round"}
    where = ", ".join(said for said in (last.service_name, last.region) if said != "N/A")
    said = _("It was last used %(when)s (%(where)s).") if where else _("It was last used %(when)s.")
    return {"label": said % {"when": relative_time(last.last_used_date), "where": where}, "icon": "activity"}


def signed_in(visit: Visit, name: str) -> list[dict[str, Any]]:
    """The console sessions of a user that are open now, for whoever may list them."""
    if visit.refusal("iamconsole:ListConsoleSessions", user_name=name):
        return []
    found = visit.run("iamconsole:ListConsoleSessions", user_name=name).console_sessions
    told = consequence(SESSIONS, [_session(each) for each in found], "monitor")
    return [line | {"url": reverse("console:user-sessions", args=[name])} for line in told]


def _session(session: Any) -> str:
    said = _("%(address)s, last seen %(when)s")
    return said % {"address": session.source_ip or "-", "when": relative_time(session.last_seen)}


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

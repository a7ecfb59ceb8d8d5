"""Which credentials nobody has used for so long: keys and passwords of users, never of root."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q

from accounts.access_keys.models import AccessKey
from accounts.passwords.models import LoginProfile
from accounts.stale_credentials.models import StaleCredentialSettings, StaleKeyNotice
from accounts.users.models import User
from iamconsole.storage.named import name_key

KEY, PASSWORD = "AccessKey", "Password"


@dataclass(frozen=True, slots=True)
class Stale:
    """A credential that was not used `since`, or was never used since it was made; `noticed` if its owner was told."""

    user: User
    kind: str
    since: datetime
    key_id: str = ""
    noticed: datetime | None = None


def of(account_id: str) -> StaleCredentialSettings:
    """The account's settings, or those of an account that has set none."""
    found: StaleCredentialSettings | None = StaleCredentialSettings.objects.filter(account_id=account_id).first()
    return found or StaleCredentialSettings(account_id=account_id)


def holders(chosen: StaleCredentialSettings, now: datetime) -> Any:
    """The users who have such credentials and are not exempt, with those credentials."""
    keys, profiles = _unused_keys(chosen, now), _unused_passwords(chosen, now)
    users = User.objects.filter(account_id=chosen.account_id, is_root=False)
    users = users.exclude(name_key__in=[name_key(name) for name in chosen.exempt_users])
    if chosen.exempt_tag:
        users = users.exclude(tags__has_key=chosen.exempt_tag)
    has_any = Exists(keys.filter(user=OuterRef("pk"))) | Exists(profiles.filter(user=OuterRef("pk")))
    found = Prefetch("access_keys", keys.select_related("stale_notice").order_by("slot"), to_attr="unused_keys")
    return users.filter(has_any).select_related("login_profile").prefetch_related(found)


def credentials(user: User, chosen: StaleCredentialSettings, now: datetime) -> Iterator[Stale]:
    """What such a user, as `holders` gives him, does not use."""
    for key in user.unused_keys:  # type: ignore[attr-defined]
        notice: StaleKeyNotice | None = getattr(key, "stale_notice", None)
        yield Stale(user, KEY, _since(key), key_id=key.pk, noticed=_holds(notice, key))
    profile: LoginProfile | None = getattr(user, "login_profile", None)
    if profile and (since := profile.last_used or profile.changed) <= now - chosen.unused:
        yield Stale(user, PASSWORD, since)


def is_ripe(stale: Stale, chosen: StaleCredentialSettings, now: datetime) -> bool:
    """Whether the notice period of a key has passed and nobody used it in that time."""
    return stale.noticed is not None and now >= stale.noticed + chosen.notice


def _unused_keys(chosen: StaleCredentialSettings, now: datetime) -> Any:
    end = now - chosen.unused
    keys = AccessKey.objects.filter(account_id=chosen.account_id, active=True, created__lte=end)
    return keys.filter(Q(last_used=None) | Q(last_used__lte=end))


def _unused_passwords(chosen: StaleCredentialSettings, now: datetime) -> Any:
    end = now - chosen.unused
    profiles = LoginProfile.objects.filter(account_id=chosen.account_id, changed__lte=end)
    return profiles.filter(Q(last_used=None) | Q(last_used__lte=end))


def _since(key: AccessKey) -> datetime:
    return key.last_used or key.created


def _holds(notice: StaleKeyNotice | None, key: AccessKey) -> datetime | None:
    """A notice from before the key was used again tells nothing of the time since."""
    return notice.noticed if notice and notice.noticed > _since(key) else None

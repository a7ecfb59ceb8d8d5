"""Copies of an account that was opened before: the same rows under ids, secrets and times of their own.

Opening one runs four operations, which half of all tests would wait for. `tests/runtime/test_copied_accounts.py`
holds copies against accounts that were opened.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F

from accounts.access_keys.models import AccessKey
from accounts.access_keys.secrets import seal
from accounts.attachments.models import Attachment
from accounts.passwords.models import LoginProfile
from accounts.tenancy.models import Account
from accounts.users.models import User
from iamconsole.audit import naming
from iamconsole.audit.chain import GENESIS, digest_of
from iamconsole.audit.models import AuditChain, AuditEvent
from iamconsole.kernel import clock
from iamconsole.replication.log import shard_of
from iamconsole.replication.models import ChangeEntry, LogHead, ProjectedRow
from iamconsole.storage.identifiers import Prefix, access_key_id, secret_access_key, unique_id
from policies.documents.models import ManagedPolicy
from tests.support.write_guard import setting_up

MODELS: tuple[Any, ...] = (
    Account,
    User,
    LoginProfile,
    AccessKey,
    Attachment,
    AuditChain,
    AuditEvent,
    ChangeEntry,
    ProjectedRow,
)
Values = dict[str, Any]


class Original:
    """The rows of an account that has an administrator with one key and one policy, as they were when it was opened."""

    def __init__(self, account_id: str, alias: str) -> None:
        self.rows = {model: _rows_of(model, account_id) for model in MODELS}
        self.opened = self.rows[AccessKey][0]["created"]
        self.first = min(row["position"] for row in self.rows[ChangeEntry])
        (attachment,) = self.rows[Attachment]
        self.policy = ManagedPolicy.objects.across_accounts("built in").get(pk=attachment["policy_id"]).unique_id
        (key,) = self.rows[AccessKey]
        self.own = [account_id, alias, key["id"], key["sealed_secret"]]
        self.users = [row["unique_id"] for row in self.rows[User]]
        self.uuids = list({row["request_id"] for row in self.rows[ChangeEntry]})
        self.uuids += [str(row["event_id"]) for row in self.rows[AuditEvent]]
        self.pattern = re.compile("|".join(map(re.escape, [*self.own, *self.users, *self.uuids])))

    def copy(self, account_id: str, alias: str) -> dict[str, str]:
        """Put another account like this one into the database; gives the key of its administrator."""
        key = {"AccessKeyId": access_key_id(account_id), "SecretAccessKey": secret_access_key()}
        with setting_up(), transaction.atomic():
            sealed = seal(key["SecretAccessKey"], account_id=account_id, access_key_id=key["AccessKeyId"])
            names = dict(zip(self.own, (account_id, alias, key["AccessKeyId"], sealed), strict=True))
            names |= {old: unique_id(Prefix.USER) for old in self.users}
            names |= {old: str(uuid.uuid4()) for old in self.uuids}
            _Copy(self, names).write(account_id)
        return key


class _Copy:
    """One copy in the making."""

    def __init__(self, original: Original, names: dict[str, str]) -> None:
        self._original, self._names = original, names
        self._shift: timedelta = clock.now() - original.opened

    def write(self, account_id: str) -> None:
        made = {model: [self._renamed(row) for row in rows] for model, rows in self._original.rows.items()}
        self._place(shard_of(account_id), made[ChangeEntry], made[ProjectedRow])
        _chain(made[AuditChain][0], made[AuditEvent])
        (attachment,) = made[Attachment]
        attachment["policy_id"] = ManagedPolicy.objects.get(account="aws", unique_id=self._original.policy).pk
        _create(Account, made[Account])
        users = [user.pk for user in _create(User, made[User])]
        of_user = dict(zip((row["id"] for row in self._original.rows[User]), users, strict=True))
        for row in (*made[LoginProfile], *made[AccessKey], attachment):
            row["user_id"] = of_user[row["user_id"]]
        created = {model: _create(model, made[model]) for model in MODELS[2:]}
        for event in created[AuditEvent]:
            naming.write(event, json.loads(event.body))

    def _renamed(self, row: Values) -> Values:
        made = {name: self._value(value) for name, value in row.items()}
        if "body" in row and "time" in row:  # a record tells the second in its text, too
            made["body"] = made["body"].replace(_second(row["time"]), _second(made["time"]))
        return made

    def _value(self, value: Any) -> Any:
        match value:
            case str():
                return self._original.pattern.sub(lambda found: self._names[found[0]], value)
            case dict():
                return json.loads(self._value(json.dumps(value)))
            case uuid.UUID():
                return uuid.UUID(self._names[str(value)])
            case datetime():
                return value + self._shift
        return value

    def _place(self, shard: int, changes: list[Values], projected: list[Values]) -> None:
        """Number the changes from the end of the log on."""
        if not LogHead.objects.filter(shard=shard).update(position=F("position") + len(changes)):
            LogHead.objects.create(shard=shard, position=len(changes))
        end = LogHead.objects.values_list("position", flat=True).get(shard=shard)
        for row in (*changes, *projected):
            row.update(shard=shard, position=row["position"] - self._original.first + end - len(changes) + 1)


def _chain(end: Values, events: list[Values]) -> None:
    """Bind the records to one another anew: their digests cover ids and times."""
    previous = GENESIS
    for event in events:
        event["previous"] = previous
        signed = {name: event[name] for name in ("account_id", "sequence", "previous", "body")}
        previous = event["digest"] = digest_of(**signed)
    end["digest"] = previous


def _rows_of(model: Any, account_id: str) -> list[Values]:
    """Their columns, in the order of their making."""
    of = {"pk": account_id} if model is Account else {"account_id": account_id}
    return list(model._base_manager.filter(**of).order_by("pk").values())


def _create(model: Any, rows: Iterable[Values]) -> list[Any]:
    counted = isinstance(model._meta.pk, models.AutoField)
    left_out = model._meta.pk.attname if counted else None
    made = [model(**{name: value for name, value in row.items() if name != left_out}) for row in rows]
    return model._base_manager.bulk_create(made)  # type: ignore[no-any-return]


def _second(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")

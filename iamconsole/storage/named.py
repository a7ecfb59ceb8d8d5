"""Rows with an AWS name, path, unique id and tags."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.functions import Left

from iamconsole.kernel.errors import EntityAlreadyExists, NoSuchEntity
from iamconsole.storage.prepared import Prepared
from iamconsole.storage.tenant import TenantRow


def name_key(name: str) -> str:
    """Names are unique without regard to case; ASCII only, so lower() is exact."""
    return name.lower()


def arn(account_id: str, kind: str, path: str, name: str) -> str:
    """`arn:aws:iam::123456789012:user/team/ada`."""
    return f"arn:aws:iam::{account_id}:{kind}{path}{name}"


def under(rows: Any, prefix: str, *, path: str = "path") -> Any:
    """Those whose path begins with a prefix, case counting: SQLite's LIKE, which `startswith` becomes, ignores it."""
    if prefix == "/":
        return rows
    return rows.annotate(beginning=Left(path, len(prefix))).filter(beginning=prefix)


class NamedRow(TenantRow):
    """An entity of an account: a name unique without regard to case (its case is kept), a path, an id never reused."""

    unique_id = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=128)
    name_key = models.CharField(max_length=128, editable=False)
    path = models.CharField(max_length=512, default="/")
    created = models.DateTimeField()

    arn_kind: ClassVar[str] = ""
    missing_text: ClassVar[str] = ""
    taken_text: ClassVar[str] = ""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)

    @property
    def arn(self) -> str:
        return arn(self.account_id, self.arn_kind, self.path, self.name)

    @classmethod
    def seek(cls, account_id: str, name: str, *, related: Sequence[str] = ()) -> Self | None:
        """The row of that name, or None."""
        found: Self | None = _by_name(cls, tuple(related), lock=False).first(account_id, name_key(name))
        return found

    @classmethod
    def named(cls, account_id: str, name: str, *, lock: bool = False, related: Sequence[str] = ()) -> Self:
        """The row of that name, locked for this transaction on request; NoSuchEntity in AWS's words."""
        found: Self | None = _by_name(cls, tuple(related), lock=lock).first(account_id, name_key(name))
        if found is None:
            raise NoSuchEntity(cls.missing_text.format(name=name))
        return found

    @classmethod
    def refuse_taken(cls, account_id: str, name: str) -> None:
        """EntityAlreadyExists where another row has the name, whatever its case."""
        if cls.seek(account_id, name) is not None:
            raise EntityAlreadyExists(cls.taken_text.format(name=name))


@cache
def _by_name(model: type[NamedRow], related: tuple[str, ...], *, lock: bool) -> Prepared:
    """Asked several times in every call."""

    def write(account_id: str, key: str) -> Any:
        rows = model.objects.filter(account_id=account_id, name_key=key)
        rows = rows.select_related(*related) if related else rows
        return rows.select_for_update() if lock else rows

    return Prepared(write)


class TaggedRow(models.Model):
    """Tags as `{key: value}`, the case of keys kept."""

    tags = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True


def one_name_per_account(label: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=["account", "name_key"], name=f"{label}_one_name_per_account")

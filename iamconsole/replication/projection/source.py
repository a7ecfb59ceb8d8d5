"""What decisions ask of a region's rows, wherever these are kept: the home region's tables or another one's store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Key = tuple[str, str]
"""Kind and id."""


class Row(Protocol):
    """One thing of the projection; `ProjectedRow` says what the fields are."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def account_id(self) -> str: ...
    @property
    def arn(self) -> str: ...
    @property
    def body(self) -> Any: ...


class Source(Protocol):
    """The rows of one region. Nothing here gives what was deleted."""

    def by_arn(self, kind: str, arn: str, *, account_id: str) -> Row | None:
        """The row of this ARN; case counts."""

    def by_name(self, kind: str, name: str, *, account_id: str) -> Row | None:
        """The user or role of this name, whatever its path; case counts."""

    def by_id(self, kind: str, ident: str) -> Row | None:
        """The row of this unique id, access key id or digest, in whichever account it is."""

    def some(self, *keys: Key) -> Mapping[Key, Row]:
        """Those of a few rows that there are, by kind and id."""

    def of_ids(self, kind: str, ids: Collection[str]) -> list[Row]:
        """The rows of these ids, ordered by id; those that there are."""

    def with_resource_policy(self, account_id: str) -> frozenset[str]:
        """The ARNs to which the account attached a policy."""

    def documents(self, digests: Collection[str]) -> Mapping[str, str]:
        """The texts of these digests."""

    def secret(self, sealed: str, *, account_id: str, access_key_id: str) -> str:
        """The secret of an access key, as the key's row has it sealed."""

    def consistent(self, load: Callable[[], T], *, account_id: str) -> T:
        """What `load` gives when all that it reads of the account is of one moment."""

"""A region's store as decisions read it: the same questions as of the home region's tables (`Source`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from iamconsole.kernel.errors import ServiceUnavailable
from iamconsole.replication.projection.source import Key, Row
from iamconsole.replication.regions.packing import StoredRow
from iamconsole.replication.regions.store import Store

TRIES = 5  # readings that a change of the account may disturb
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RegionRows:
    """One generation of a region's store. Raises Unreachable where that does not answer."""

    store: Store
    generation: str

    def by_arn(self, kind: str, arn: str, *, account_id: str) -> StoredRow | None:
        found = self._by_place(kind, f"arn/{account_id}/{kind}/{arn}")
        return found if found and (found.arn, found.account_id) == (arn, account_id) else None

    def by_name(self, kind: str, name: str, *, account_id: str) -> StoredRow | None:
        found = self._by_place(kind, f"name/{account_id}/{kind}/{name}")
        return found if found and (found.body["name"], found.account_id) == (name, account_id) else None

    def by_id(self, kind: str, ident: str) -> StoredRow | None:
        return self._rows([(kind, ident)]).get((kind, ident))

    def some(self, *keys: Key) -> Mapping[Key, Row]:
        return dict(self._rows(keys))

    def of_ids(self, kind: str, ids: Collection[str]) -> list[Row]:
        found = self._rows([(kind, ident) for ident in sorted(ids)])
        return list(found.values())

    def with_resource_policy(self, account_id: str) -> frozenset[str]:
        return frozenset(self.store.ask("HKEYS", f"{self.generation}:covered/{account_id}"))

    def documents(self, digests: Collection[str]) -> Mapping[str, str]:
        if not digests:
            return {}
        wanted = list(digests)
        texts = self.store.ask("HMGET", f"{self.generation}:documents", *wanted)
        # A digest names its text, so a text that was altered is as good as none.
        return {
            digest: text
            for digest, text in zip(wanted, texts, strict=True)
            if text is not None and sha256(text.encode()).hexdigest() == digest
        }

    def secret(self, sealed: str, *, account_id: str, access_key_id: str) -> str:
        return self.store.packer.secret(sealed, account_id=account_id, access_key_id=access_key_id)

    def consistent(self, load: Callable[[], T], *, account_id: str) -> T:
        """Read again where the account changed meanwhile, or what a row names was not there."""
        for _ in range(TRIES):
            before = self._stamp(account_id)
            try:
                found = load()
            except KeyError:
                continue
            if self._stamp(account_id) == before:
                return found
        raise ServiceUnavailable(f"Region {self.store.region} cannot be read consistently now: ask again.")

    def _stamp(self, account_id: str) -> str | None:
        found: str | None = self.store.ask("ZSCORE", f"{self.generation}:stamps", account_id)
        return found

    def _by_place(self, kind: str, place: str) -> StoredRow | None:
        ident = self.store.ask("HGET", f"{self.generation}:index", place)
        return self.by_id(kind, ident) if ident is not None else None

    def _rows(self, keys: Collection[Key]) -> dict[Key, StoredRow]:
        if not keys:
            return {}
        texts = self.store.ask("HMGET", f"{self.generation}:rows", *(f"{kind}/{ident}" for kind, ident in keys))
        return {
            (kind, ident): self.store.packer.unpack(kind, ident, text)
            for (kind, ident), text in zip(keys, texts, strict=True)
            if text is not None
        }

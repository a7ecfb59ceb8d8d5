"""Callers that an identity provider vouches for: what it says, as the principal that trust policies judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from accounts.sts.session_tags import SessionTags
from iamconsole.kernel.call import Call, Principal, PrincipalType

FEDERATED_PROVIDER: Final = "aws:FederatedProvider"
Keys = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a verified token or assertion says, whatever its form.

    `keys` are the condition keys a trust policy is judged by; those named in `lasting` stay with the session.
    `identity` is what the verifier gave, for the answer.
    """

    provider_arn: str
    subject: str
    user_id: str
    keys: Keys
    lasting: Sequence[str]
    identity: object
    tags: SessionTags = field(default_factory=SessionTags)
    source_identity: str = ""

    def principal(self, kind: PrincipalType, *, account_id: str) -> Principal:
        """The caller, nobody yet of the account whose role is asked for."""
        return Principal(
            type=kind,
            account_id=account_id,
            arn=self.provider_arn,
            unique_id="",
            user_id=self.user_id,
            name=self.subject,
            session=self._context(),
            vouched=self,
        )

    @property
    def provider(self) -> Keys:
        """The condition keys of the session to be."""
        kept = {*self.lasting, FEDERATED_PROVIDER}
        return {key: value for key, value in self._context().items() if key in kept}

    def _context(self) -> dict[str, str | tuple[str, ...]]:
        keys = dict(self.keys) | {FEDERATED_PROVIDER: self.provider_arn}
        keys |= {f"aws:RequestTag/{key}": value for key, value in self.tags.tags.items()}
        if self.tags.tags:
            keys["aws:TagKeys"] = tuple(self.tags.tags)
        if self.tags.transitive:
            keys["sts:TransitiveTagKeys"] = self.tags.transitive
        if self.source_identity:
            keys["sts:SourceIdentity"] = self.source_identity
        return keys


def vouched(call: Call) -> Vouched:
    """What was said of the caller of an unsigned operation, which nobody else is authorized for."""
    said = call.principal.vouched
    assert isinstance(said, Vouched)
    return said


def brings_tags(caller: Principal) -> bool:
    return isinstance(caller.vouched, Vouched) and bool(caller.vouched.tags.tags)


def brings_source_identity(caller: Principal) -> bool:
    return isinstance(caller.vouched, Vouched) and bool(caller.vouched.source_identity)

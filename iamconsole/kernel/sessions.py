"""Sessions: what temporary credentials stand for. No row is kept of one; its token carries all of this, sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class SessionKind(StrEnum):
    """Who acts in a session; the values are short, as tokens carry them."""

    ROLE = "r"
    USER = "u"  # GetSessionToken, of the root user too
    FEDERATED_USER = "f"


@dataclass(frozen=True, slots=True)
class Session:
    """One session, without its secret.

    `principal_id` is the unique id of the role, or of the user who asked. `issuing_key` is the long-term key that asked
    for a user's session, which ends with that key. `policy` (inline) and `policy_ids` (unique ids of managed policies)
    limit it. `provider` holds condition keys of the identity provider that vouched for whoever assumed the role.
    `mfa` is when a code was given; such a session ends as a device is taken away, which `mfa_generation` tells.
    `chained` tells that another role's session assumed it.
    """

    kind: SessionKind
    account_id: str
    principal_id: str
    issued: datetime
    expires: datetime
    name: str = ""
    issuing_key: str = ""
    policy: str = ""
    policy_ids: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: tuple[str, ...] = ()
    source_identity: str = ""
    mfa: datetime | None = None
    mfa_generation: int = 0
    provider: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    chained: bool = False

    @property
    def limited(self) -> bool:
        """Whether a session policy was passed."""
        return bool(self.policy or self.policy_ids)

    def outlives_mfa(self, generation: int) -> bool:
        """Whether a device was taken away since a code of it was given; `generation` is the user's as of now."""
        return self.mfa is not None and self.mfa_generation != generation

    def facts(self, now: datetime) -> dict[str, str | tuple[str, ...]]:
        """The condition keys that only temporary credentials have (reference 3.4).

        A role's session never counts as MFA, even if it was assumed with a code; who an identity provider vouches for
        has no such key at all.
        """
        facts: dict[str, str | tuple[str, ...]] = {TOKEN_ISSUE_TIME: moment(self.issued), **self.provider}
        if self.kind is SessionKind.USER and self.mfa is not None:
            facts |= mfa_facts(self.mfa, now)
        elif not self.provider:
            facts[MFA_PRESENT] = "false"
        if self.source_identity:
            facts["aws:SourceIdentity"] = self.source_identity
        return facts


TOKEN_ISSUE_TIME = "aws:TokenIssueTime"  # noqa: S105  (a condition key)
MFA_PRESENT = "aws:MultiFactorAuthPresent"


def token_facts(issued: datetime) -> dict[str, str]:
    """The condition keys of a bearer token, which is temporary and for which nobody gives a code."""
    return {TOKEN_ISSUE_TIME: moment(issued), MFA_PRESENT: "false"}


def mfa_facts(verified: datetime, now: datetime) -> dict[str, str]:
    """The condition keys of a caller whose code was verified at that moment."""
    age = max(0, int((now - verified).total_seconds()))
    return {MFA_PRESENT: "true", "aws:MultiFactorAuthAge": str(age)}


def moment(time: datetime) -> str:
    """A moment as condition keys and records write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")

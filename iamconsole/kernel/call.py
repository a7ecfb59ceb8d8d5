"""The call: who asks, for which account, through which door, when and from where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from iamconsole.kernel import quotas
from iamconsole.kernel.errors import ChangedSinceRead
from iamconsole.kernel.sessions import TOKEN_ISSUE_TIME, Session


class PrincipalType(StrEnum):
    """Who a caller can be; the values are those of `aws:PrincipalType`."""

    ROOT = "Account"
    USER = "User"
    ROLE_SESSION = "AssumedRole"
    FEDERATED_USER = "FederatedUser"
    SERVICE = "Service"
    WEB_IDENTITY = "WebIdentityUser"
    SAML = "SAMLUser"
    ANONYMOUS = "Anonymous"
    OPERATOR = "Operator"
    WORKER = "Worker"


@dataclass(frozen=True, slots=True)
class Principal:
    """The authenticated caller.

    `user_id` is `aws:userid`, `unique_id` the AIDA/AROA id that policies bind to; `session` holds facts that only
    temporary credentials have (`aws:TokenIssueTime`, `aws:MultiFactorAuthPresent`, …).

    `temporary` is the session of temporary credentials, and `issuer_arn` its role, or the user who asked for a
    federated user's. For whoever an identity provider vouches for (WEB_IDENTITY, SAML), `arn` is the provider's,
    `session` what it says in condition keys, and `vouched` all that it says.
    """

    type: PrincipalType
    account_id: str
    arn: str
    unique_id: str
    user_id: str
    name: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    access_key_id: str = ""
    session: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    temporary: Session | None = None
    issuer_arn: str = ""
    vouched: object = None

    @property
    def is_vouched_for(self) -> bool:
        """Whether an identity provider's word is all there is: nobody of an account yet."""
        return self.type in (PrincipalType.WEB_IDENTITY, PrincipalType.SAML)

    @property
    def is_temporary(self) -> bool:
        """Whether temporary credentials speak, bearer tokens among them."""
        return TOKEN_ISSUE_TIME in self.session

    @property
    def is_user(self) -> bool:
        return self.type is PrincipalType.USER


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from; `secure` tells whether it arrived over TLS (by a trusted proxy's word, if any)."""

    source_ip: str | None = None
    user_agent: str = ""
    secure: bool = False
    referer: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed, as the change log tells it to the regions: ids, never secrets.

    `revokes` marks changes that may take a right away (a policy that is attached may deny); they jump the queue.
    `concerns` are the ARNs of others that it is done to, in whose trail it belongs; the log does not tell them.
    """

    entity: str
    id: str
    verb: str
    revokes: bool = False
    concerns: tuple[str, ...] = ()


@dataclass(slots=True)
class Call:
    """One request on its way through `execute()`. Handlers read it, `emit` changes on it and ask it for quotas.

    `limits_of` looks up what an operator set for an account; it is asked only when a quota is. `prepared` is what the
    operation's `beforehand` gave, if it has one. `if_match` is the tag of the document that the caller saw and is about
    to replace (HTTP's If-Match, RFC 9110 13.1.1), empty where he does not mind what he replaces.
    """

    account_id: str
    principal: Principal
    door: str
    request_id: str
    time: datetime
    origin: Origin = Origin()
    limits_of: Callable[[str], Mapping[str, int]] = lambda _account_id: {}
    changes: list[Change] = field(default_factory=list)
    position: int | None = None
    consistency_token: str = ""
    prepared: object = field(default=None, repr=False)
    if_match: str = ""
    _limits: Mapping[str, int] | None = None

    def emit(self, entity: str, id: str, verb: str, *, revokes: bool = False, concerns: Sequence[str] = ()) -> None:
        """Note a change for the change log; it is written with the change itself or not at all."""
        self.changes.append(Change(entity, id, verb, revokes, tuple(concerns)))

    def demand_match(self, tag: str) -> None:
        """Refuse to replace what the caller has not seen (ChangedSinceRead); ask once its row is locked."""
        if self.if_match and self.if_match != tag:
            raise ChangedSinceRead

    def quota(self, name: str) -> quotas.Quota:
        """The account's quota of that name: the default, or what an operator set for this account."""
        if self._limits is None:
            self._limits = self.limits_of(self.account_id)
        return quotas.Quota(name, self._limits.get(name, quotas.DEFAULTS[name]))

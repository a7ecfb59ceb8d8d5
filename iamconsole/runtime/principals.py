"""What binds a principal: his policies from the projection, or those of the local operator or a worker."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from iamconsole.kernel.call import Principal, PrincipalType
from iamconsole.replication.projection import policy_sets, session_policies
from iamconsole.runtime import workers
from policies.engine import Bound, Policies, PolicyKind, Source, compiled

# A name is unique in its account, whatever its path, and holds no slash: both patterns together are oneself.
ONESELF = '["arn:aws:iam::*:user/${aws:username}","arn:aws:iam::*:user/*/${aws:username}"]'
ON_SESSIONS = (
    "iamconsole:ListConsoleSessions",
    "iamconsole:RevokeConsoleSession",
    "iamconsole:RevokeConsoleSessions",
)
HELD: Final = {
    PrincipalType.USER: "user",
    PrincipalType.FEDERATED_USER: "user",
    PrincipalType.ROLE_SESSION: "role",
}
OWN_SESSIONS = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"OwnSessions","Effect":"Allow",'
    f'"Action":{json.dumps(ON_SESSIONS)},"Resource":{ONESELF}}}]}}'
)
ON_PASSWORD = ("iam:ChangePassword", "iam:GetAccountPasswordPolicy")
OWN_PASSWORD = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"OwnPassword","Effect":"Allow","Action":"iam:ChangePassword",'
    f'"Resource":{ONESELF}}},'
    '{"Sid":"PasswordPolicy","Effect":"Allow","Action":"iam:GetAccountPasswordPolicy","Resource":"*"}]}'
)
ON_REPLACEMENT = ("iamconsole:CollectAccessKey",)
OWN_REPLACEMENT = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"OwnReplacement","Effect":"Allow",'
    f'"Action":{json.dumps(ON_REPLACEMENT)},"Resource":{ONESELF}}}]}}'
)
EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Sid":"Operator","Effect":"Allow","Action":"*","Resource":"*"}]}'


def _built_in(name: str, text: str) -> Bound:
    return Bound(Source(id=name, type="aws-managed", name=name), compiled(text, PolicyKind.IDENTITY))


OPERATORS = Policies(identity=(_built_in("LocalOperator", EVERYTHING),))
SESSIONS, PASSWORD = _built_in("OwnSessions", OWN_SESSIONS), _built_in("AllowUsersToChangePassword", OWN_PASSWORD)
REPLACEMENT = _built_in("OwnReplacement", OWN_REPLACEMENT)


def policies_of(principal: Principal, action: str) -> Policies:
    """Everything that decides whether this principal may take this action, fresh as of now.

    A user sees and ends its own console sessions, collects the key that replaces its own and, where the account's
    password policy or an administrator's reset says so, changes its own password; boundaries and denials hold for these
    rights as for others.
    """
    if principal.type is PrincipalType.OPERATOR:
        return OPERATORS
    if principal.type is PrincipalType.WORKER:
        return workers.policies_of(principal.name)
    kind = HELD.get(principal.type)
    if kind is None:
        return Policies()
    held = policy_sets.of(kind, principal.unique_id, principal.account_id)
    if principal.temporary:
        return session_policies.over(held, principal.temporary)
    own = _own_right(action, changes_password=held.changes_password) if kind == "user" else None
    return replace(held.policies, identity=(*held.policies.identity, own)) if own else held.policies


def _own_right(action: str, *, changes_password: bool) -> Bound | None:
    """What every user may do with its own; elsewhere it would only be in explanations' way."""
    if action in ON_SESSIONS:
        return SESSIONS
    if action in ON_REPLACEMENT:
        return REPLACEMENT
    return PASSWORD if changes_password and action in ON_PASSWORD else None

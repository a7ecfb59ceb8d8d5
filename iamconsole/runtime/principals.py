"""What binds a principal: his policies from the projection, or those of the local operator."""

from __future__ import annotations

from dataclasses import replace

from iamconsole.kernel.call import Principal, PrincipalType
from iamconsole.replication.projection import policy_sets
from policies.engine import Bound, Policies, PolicyKind, Source, compiled

# A name is unique in its account, whatever its path, and holds no slash: both patterns together are oneself.
ONESELF = '["arn:aws:iam::*:user/${aws:username}","arn:aws:iam::*:user/*/${aws:username}"]'
OWN_SESSIONS = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"OwnSessions","Effect":"Allow","Action":'
    '["iamconsole:ListConsoleSessions","iamconsole:RevokeConsoleSession","iamconsole:RevokeConsoleSessions"],'
    f'"Resource":{ONESELF}}}]}}'
)
OWN_PASSWORD = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"OwnPassword","Effect":"Allow","Action":"iam:ChangePassword",'
    f'"Resource":{ONESELF}}},'
    '{"Sid":"PasswordPolicy","Effect":"Allow","Action":"iam:GetAccountPasswordPolicy","Resource":"*"}]}'
)
EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Sid":"Operator","Effect":"Allow","Action":"*","Resource":"*"}]}'


def _built_in(name: str, text: str) -> Bound:
    return Bound(Source(id=name, type="aws-managed", name=name), compiled(text, PolicyKind.IDENTITY))


OPERATORS = Policies(identity=(_built_in("LocalOperator", EVERYTHING),))
SESSIONS, PASSWORD = _built_in("OwnSessions", OWN_SESSIONS), _built_in("AllowUsersToChangePassword", OWN_PASSWORD)


def policies_of(principal: Principal) -> Policies:
    """Everything that decides for this principal, fresh as of now.

    A user sees and ends its own console sessions and, where the account's password policy or an administrator's reset
    says so, changes its own password; boundaries and denials hold for these rights as for others.
    """
    if principal.type is PrincipalType.OPERATOR:
        return OPERATORS
    if principal.type is PrincipalType.USER:
        found = policy_sets.of("user", principal.unique_id, principal.account_id)
        own = (SESSIONS, PASSWORD) if found.changes_password else (SESSIONS,)
        return replace(found.policies, identity=(*found.policies.identity, *own))
    return Policies()

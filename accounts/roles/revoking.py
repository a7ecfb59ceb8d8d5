"""Ending the sessions of a role: sessions are not kept anywhere, so a policy denies those issued before a moment."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Final

from accounts.inline_policies import lifecycle
from accounts.roles import queries as roles
from accounts.roles.resources import ROLE
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import LimitExceeded, NoSuchEntity, UnmodifiableEntity
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.sessions import TOKEN_ISSUE_TIME, moment
from iamconsole.kernel.shapes import RoleName

POLICY_NAME: Final = "AWSRevokeOlderSessions"
"""AWS's console calls the policy so; one that is there already is replaced."""


@operation(
    Access.PERMISSIONS,
    on=ROLE,
    service="iamconsole",
    implies=(Implied("iam:PutRolePolicy", ROLE),),
    rest=Rest("POST", "/roles/{role_name}/revoke-sessions", status=204),
    errors=(NoSuchEntity, LimitExceeded, UnmodifiableEntity),
)
def revoke_role_sessions(call: Call, *, role_name: RoleName) -> None:
    """End every session of a role that was issued until now; whoever is trusted may assume the role anew."""
    lifecycle.put(call, roles.modifiable(call.account_id, role_name), POLICY_NAME, _denying_until(call.time))


def _denying_until(time: datetime) -> str:
    """A session knows the second in which it was issued, so all sessions of this second are ended."""
    condition = {"DateLessThan": {TOKEN_ISSUE_TIME: moment(time + timedelta(seconds=1))}}
    statement = {"Effect": "Deny", "Action": ["*"], "Resource": ["*"], "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

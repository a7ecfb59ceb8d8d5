"""Asking why a token is or is not accepted."""

from __future__ import annotations

from accounts.federation import trust
from accounts.federation.shapes import (
    ContextKey,
    ExplainWebIdentityTokenResult,
    TokenCheck,
    WebIdentityToken,
)
from accounts.federation.steps import Step, Trace
from accounts.federation.web_identity import WebIdentity, verify_web_identity
from accounts.oidc_providers.resources import OIDC_PROVIDERS
from accounts.roles import queries as roles
from accounts.roles.resources import ROLE
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import Fault, NoSuchEntity
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.shapes import RoleName
from iamconsole.storage import tags


@operation(
    Access.READ,
    on=OIDC_PROVIDERS,
    service="iamconsole",
    implies=(Implied("iam:GetRole", ROLE, when="role_name"),),
    rest=Rest("POST", "/web-identity-tokens/explanation"),
    errors=(NoSuchEntity,),
)
def explain_web_identity_token(
    call: Call, *, web_identity_token: WebIdentityToken, role_name: RoleName | None = None
) -> ExplainWebIdentityTokenResult:
    """Say which checks a web identity token passes, which condition keys it gives, and what a role's trust makes of it.

    The token is used for nothing and kept nowhere.
    """
    role = roles.find(call.account_id, role_name) if role_name else None
    trace = Trace()
    try:
        identity = verify_web_identity(web_identity_token, account_id=call.account_id, now=call.time, trace=trace)
    except Fault:
        return ExplainWebIdentityTokenResult(
            accepted=False, checks=_checks(trace), condition_keys=[], session_tags=[], transitive_tag_keys=[]
        )
    return ExplainWebIdentityTokenResult(
        accepted=True,
        checks=_checks(trace),
        provider_arn=identity.provider_arn,
        subject=identity.subject,
        audience=identity.audience,
        expiration=identity.expires,
        condition_keys=_keys(identity),
        session_tags=tags.listed(identity.principal_tags),
        transitive_tag_keys=list(identity.transitive_tag_keys),
        trust=trust.verdict(identity, role) if role else None,
    )


def _checks(trace: Trace) -> list[TokenCheck]:
    return [
        TokenCheck(
            name=step,
            result="NotReached" if step not in trace.results else "Failed" if trace.results[step] else "Passed",
            reason=trace.results.get(step) or None,
        )
        for step in Step
    ]


def _keys(identity: WebIdentity) -> list[ContextKey]:
    found = identity.condition_keys
    return [ContextKey(key=key, values=trust.listed(found[key])) for key in sorted(found)]

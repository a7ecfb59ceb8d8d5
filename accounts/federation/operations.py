"""Asking why a token or a SAML response is or is not accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from accounts.federation import trust
from accounts.federation.saml import SamlAssertion, verify_assertion
from accounts.federation.shapes import (
    ContextKey,
    ExplainSAMLAssertionResult,
    ExplainWebIdentityTokenResult,
    OfferedRole,
    SAMLAssertion,
    TokenCheck,
    WebIdentityToken,
)
from accounts.federation.steps import SamlStep, Step, Trace
from accounts.federation.web_identity import verify_web_identity
from accounts.oidc_providers.resources import OIDC_PROVIDERS
from accounts.roles import queries as roles
from accounts.roles.models import Role
from accounts.roles.resources import ROLE
from accounts.saml_providers import queries as saml_providers
from accounts.saml_providers.resources import SAML_PROVIDER
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import Fault, InvalidIdentityToken, InvalidInput, NoSuchEntity
from iamconsole.kernel.operation import Access, Implied, Rest, operation
from iamconsole.kernel.shapes import Arn, RoleName
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
            accepted=False, checks=_checks(trace, Step), condition_keys=[], session_tags=[], transitive_tag_keys=[]
        )
    return ExplainWebIdentityTokenResult(
        accepted=True,
        checks=_checks(trace, Step),
        provider_arn=identity.provider_arn,
        subject=identity.subject,
        audience=identity.audience,
        expiration=identity.expires,
        condition_keys=_keys(identity.condition_keys),
        session_tags=tags.listed(identity.principal_tags),
        transitive_tag_keys=list(identity.transitive_tag_keys),
        trust=trust.verdict(identity, role) if role else None,
    )


@operation(
    Access.READ,
    on=SAML_PROVIDER,
    service="iamconsole",
    implies=(Implied("iam:GetRole", ROLE, when="role_name"),),
    rest=Rest("POST", "/saml-assertions/explanation"),
    errors=(InvalidInput, NoSuchEntity),
)
def explain_saml_assertion(
    call: Call, *, saml_provider_arn: Arn, saml_assertion: SAMLAssertion, role_name: RoleName | None = None
) -> ExplainSAMLAssertionResult:
    """Say which checks a SAML response passes, which roles it offers, and what a role's trust policy makes of it.

    `SAMLAssertion` is the base64 text that the identity provider posts. It opens no session and is kept nowhere.
    """
    provider = saml_providers.find(call.account_id, saml_provider_arn)
    role = roles.find(call.account_id, role_name) if role_name else None
    trace = Trace()
    try:
        found = verify_assertion(saml_assertion, provider=provider, now=call.time, trace=trace)
        _offered(found, role, trace)
    except Fault:
        return ExplainSAMLAssertionResult(
            accepted=False, checks=_checks(trace, SamlStep), condition_keys=[], session_tags=[], offered_roles=[]
        )
    return ExplainSAMLAssertionResult(
        accepted=True,
        checks=_checks(trace, SamlStep),
        issuer=found.issuer,
        subject=found.subject,
        role_session_name=found.role_session_name,
        expiration=found.not_on_or_after,
        condition_keys=_keys(found.condition_keys),
        session_tags=tags.listed(found.principal_tags),
        offered_roles=[OfferedRole(role_arn=arn, provider_arn=by) for arn, by in found.roles],
        trust=trust.verdict(found, role) if role else None,
    )


def _offered(found: SamlAssertion, role: Role | None, trace: Trace) -> None:
    with trace.step(SamlStep.ROLE):
        if role is not None and (role.arn, found.provider_arn) not in found.roles:
            offered = ", ".join(arn for arn, _by in found.roles)
            raise InvalidIdentityToken(f"The response does not offer {role.arn} with this provider, but {offered}")


def _checks(trace: Trace, steps: Iterable[StrEnum]) -> list[TokenCheck]:
    return [
        TokenCheck(
            name=step,
            result="NotReached" if step not in trace.results else "Failed" if trace.results[step] else "Passed",
            reason=trace.results.get(step) or None,
        )
        for step in steps
    ]


def _keys(found: Mapping[str, str | tuple[str, ...]]) -> list[ContextKey]:
    return [ContextKey(key=key, values=trust.listed(found[key])) for key in sorted(found)]

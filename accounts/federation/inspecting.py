"""What an OpenID Connect issuer publishes, before anybody believes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from django.conf import settings

from accounts.federation.fetching import FetchRefused, Guard, checked_url, fetch_json
from accounts.federation.shapes import InspectOpenIDConnectIssuerResult, TokenCheck
from accounts.federation.steps import Trace
from accounts.federation.tokens import ALGORITHMS
from accounts.oidc_providers import urls
from accounts.oidc_providers.resources import OIDC_PROVIDERS
from accounts.oidc_providers.shapes import Url
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import Fault, InvalidInput, OpenIdIdpCommunicationError
from iamconsole.kernel.operation import Access, Implied, Rest, operation


class IssuerStep(StrEnum):
    """What is looked at, in this order."""

    DOCUMENT = "Document"
    ISSUER = "Issuer"
    KEYS = "Keys"
    ALGORITHMS = "Algorithms"
    SIGN_IN = "SignIn"


@operation(
    Access.READ,
    on=OIDC_PROVIDERS,
    service="iamconsole",
    implies=(Implied("iam:CreateOpenIDConnectProvider", OIDC_PROVIDERS),),
    rest=Rest("POST", "/oidc-issuers/inspection"),
    errors=(InvalidInput,),
)
def inspect_open_id_connect_issuer(call: Call, *, url: Url) -> InspectOpenIDConnectIssuerResult:
    """Fetch what an issuer publishes and say what would not work: document, issuer, keys, algorithms, sign-in.

    Over TLS from public addresses alone, as for a provider that has no network of its own. Nothing is kept.
    """
    urls.checked(url)
    guard, trace = Guard(loopback=settings.IAM_TEST_MODE), Trace()
    document: dict[str, Any] = {}
    keys: list[Any] = []
    try:
        with _told(trace, IssuerStep.DOCUMENT):
            document = fetch_json(url.removesuffix("/") + "/.well-known/openid-configuration", guard)
        with _told(trace, IssuerStep.ISSUER):
            _demand_issuer(document, url)
        with _told(trace, IssuerStep.KEYS):
            keys = _keys(document, guard)
    except Fault:
        return _result(document, keys, trace)
    for step, check in ((IssuerStep.ALGORITHMS, _demand_algorithm), (IssuerStep.SIGN_IN, _demand_endpoints)):
        try:
            with _told(trace, step):
                check(document)
        except Fault:
            continue  # the step is on the trace; tokens are believed without endpoints to sign in at
    return _result(document, keys, trace)


@contextmanager
def _told(trace: Trace, step: StrEnum) -> Iterator[None]:
    with trace.step(step):
        try:
            yield
        except FetchRefused as refused:
            raise OpenIdIdpCommunicationError(str(refused)) from None


def _demand_issuer(document: dict[str, Any], url: str) -> None:
    if document.get("issuer") != url:
        raise FetchRefused(f"the document names issuer {_text(document, 'issuer')!r}: write the URL exactly like that")


def _keys(document: dict[str, Any], guard: Guard) -> list[Any]:
    found = fetch_json(_text(document, "jwks_uri") or "", guard).get("keys")
    listed = found if isinstance(found, list) else []
    signing = [key for key in listed if isinstance(key, dict) and key.get("use", "sig") == "sig"]
    if not signing:
        raise FetchRefused("the issuer publishes no key to verify a signature with")
    return signing


def _demand_algorithm(document: dict[str, Any]) -> None:
    said = _texts(document, "id_token_signing_alg_values_supported")
    if said and not set(said) & set(ALGORITHMS):
        raise FetchRefused(f"it signs with {', '.join(said)}; believed are {', '.join(ALGORITHMS)}")


def _demand_endpoints(document: dict[str, Any]) -> None:
    for name in ("authorization_endpoint", "token_endpoint"):
        if not (where := _text(document, name)):
            raise FetchRefused(f"the document has no {name}: tokens are believed, people cannot sign in with it")
        checked_url(where, Guard(loopback=settings.IAM_TEST_MODE))


def _text(document: dict[str, Any], name: str) -> str | None:
    found = document.get(name)
    return found[:2048] if isinstance(found, str) else None


def _texts(document: dict[str, Any], name: str) -> list[str]:
    found = document.get(name)
    return [each[:64] for each in found[:32] if isinstance(each, str)] if isinstance(found, list) else []


def _result(document: dict[str, Any], keys: list[Any], trace: Trace) -> InspectOpenIDConnectIssuerResult:
    needed = (IssuerStep.DOCUMENT, IssuerStep.ISSUER, IssuerStep.KEYS)
    return InspectOpenIDConnectIssuerResult(
        reachable=all(trace.results.get(step) == "" for step in needed),
        checks=[
            TokenCheck(
                name=step,
                result="NotReached" if step not in trace.results else "Failed" if trace.results[step] else "Passed",
                reason=trace.results.get(step) or None,
            )
            for step in IssuerStep
        ],
        issuer=_text(document, "issuer"),
        jwks_uri=_text(document, "jwks_uri"),
        authorization_endpoint=_text(document, "authorization_endpoint"),
        token_endpoint=_text(document, "token_endpoint"),
        signing_algorithms=_texts(document, "id_token_signing_alg_values_supported"),
        signing_keys=len(keys),
    )

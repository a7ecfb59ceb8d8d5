"""Key sets are fetched seldom, rotate at once, outlive an outage for a while, and then fail closed (threat 3.13)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
import time_machine

from accounts.federation import key_sets
from accounts.models import OpenIDConnectProvider
from iamconsole.kernel import clock
from iamconsole.kernel.errors import IDPCommunicationError, InvalidIdentityToken
from tests.federation.idp import Idp, new_key, signed
from tests.support.tenants import Tenant

Verify = Callable[[str], Any]
JWKS, DISCOVERY = "/jwks", "/.well-known/openid-configuration"
DOWN = (503, {}, b"")


@pytest.fixture
def later(idp: Idp) -> Any:
    """Lets time pass, for the cache as well."""
    with time_machine.travel(clock.now(), tick=True) as traveller:
        yield lambda seconds: traveller.shift(timedelta(seconds=seconds))


def test_a_fresh_key_set_is_not_fetched_again(idp: Idp, verify: Verify) -> None:
    for _ in range(5):
        verify(idp.token())
    assert (idp.count(DISCOVERY), idp.count(JWKS)) == (1, 1)


def test_a_new_key_is_fetched_once_and_an_old_one_dropped(idp: Idp, verify: Verify, later: Any) -> None:
    old = idp.token()
    verify(old)
    later(key_sets.APART + 1)
    new = new_key("ES256")
    idp.keys.clear()
    idp.publish("k2", new)
    token = signed({"alg": "ES256", "kid": "k2"}, idp.claims(), new)
    assert verify(token).subject == "ada"
    assert verify(token).subject == "ada"
    assert idp.count(JWKS) == 2
    with pytest.raises(InvalidIdentityToken, match="no RS256 key"):
        verify(old)


def test_unknown_keys_do_not_make_us_fetch_again_and_again(idp: Idp, verify: Verify, later: Any) -> None:
    verify(idp.token())
    for number in range(20):
        with pytest.raises(InvalidIdentityToken):
            verify(idp.token({"kid": f"unknown-{number}"}))
    assert idp.count(JWKS) == 1
    later(key_sets.APART + 1)
    for number in range(20):
        with pytest.raises(InvalidIdentityToken):
            verify(idp.token({"kid": f"unknown-{number}"}))
    assert idp.count(JWKS) == 2
    assert verify(idp.token()).subject == "ada"


def test_an_endpoint_that_is_down_is_outlived_for_a_while(idp: Idp, verify: Verify, later: Any) -> None:
    verify(idp.token())
    idp.answers[JWKS] = DOWN
    later(key_sets.FRESH + 1)
    assert verify(idp.token()).subject == "ada"
    later(key_sets.GOOD - key_sets.FRESH - 10)
    assert verify(idp.token()).subject == "ada"
    later(20)
    with pytest.raises(IDPCommunicationError, match="status 503"):
        verify(idp.token())
    with pytest.raises(IDPCommunicationError):
        verify(idp.token())
    failed = idp.count(JWKS)
    del idp.answers[JWKS]
    with pytest.raises(IDPCommunicationError):
        verify(idp.token())
    assert idp.count(JWKS) == failed
    later(key_sets.AFTER_FAILURE + 1)
    assert verify(idp.token()).subject == "ada"


def test_a_stale_key_set_is_renewed_and_its_withdrawn_keys_are_gone(idp: Idp, verify: Verify, later: Any) -> None:
    verify(idp.token())
    idp.keys.clear()
    later(key_sets.FRESH + 1)
    with pytest.raises(InvalidIdentityToken, match="no RS256 key"):
        verify(idp.token())


def test_a_crowd_fetches_once(idp: Idp, provider: OpenIDConnectProvider) -> None:
    document, goes_on = idp.answer(DISCOVERY), Event()

    def slow(handler: Any) -> None:
        goes_on.wait(2)
        status, _headers, body = document  # type: ignore[misc]
        handler.send_response(status)
        handler.end_headers()
        handler.wfile.write(body)

    idp.answers[DISCOVERY] = slow
    with ThreadPoolExecutor(6) as pool:
        asking = [pool.submit(key_sets.keys_for, provider, "k1") for _ in range(6)]
        goes_on.set()
        assert all(each.result()[0]["kid"] == "k1" for each in asking)
    assert (idp.count(DISCOVERY), idp.count(JWKS)) == (1, 1)


@pytest.mark.parametrize(
    ("path", "answer", "reason"),
    [
        (DISCOVERY, DOWN, "status 503"),
        (DISCOVERY, (200, {}, b'{"issuer": "https://evil.example", "jwks_uri": "x"}'), "names issuer"),
        (DISCOVERY, (200, {}, b"{}"), "names issuer None"),
        (DISCOVERY, (302, {"Location": "http://169.254.169.254/"}, b""), "redirect"),
        (JWKS, (200, {}, b'{"keys": {}}'), "no set"),
        (JWKS, (200, {}, b"{}"), "no set"),
        (JWKS, (200, {}, b'{"keys": [' + b",".join([b"{}"] * 51) + b"]}"), "no set"),
    ],
)
def test_documents_that_are_none(idp: Idp, verify: Verify, path: str, answer: Any, reason: str) -> None:
    idp.answers[path] = answer
    with pytest.raises(IDPCommunicationError, match=reason):
        verify(idp.token())


@pytest.mark.parametrize("uri", ["http://169.254.169.254/keys", "https://10.0.0.1/keys", "file:///etc/passwd", 7, None])
def test_a_discovery_document_cannot_send_us_elsewhere(idp: Idp, verify: Verify, uri: Any) -> None:
    import json

    idp.answers[DISCOVERY] = 200, {}, json.dumps({"issuer": idp.url, "jwks_uri": uri}).encode()
    with pytest.raises(IDPCommunicationError):
        verify(idp.token())


def test_a_provider_whose_network_changes_is_fetched_anew(
    idp: Idp, verify: Verify, tenant: Tenant, provider: Any
) -> None:
    verify(idp.token())
    tenant.run(
        "iamconsole:UpdateOpenIDConnectProviderNetwork",
        open_id_connect_provider_arn=provider.arn,
        allowed_networks=["10.20.0.0/16"],
    )
    verify(idp.token())
    assert idp.count(JWKS) == 2


def test_accounts_do_not_share_providers(idp: Idp, verify: Verify, provider: Any) -> None:
    from accounts.federation.web_identity import verify_web_identity

    with pytest.raises(InvalidIdentityToken, match="No OpenIDConnect provider"):
        verify_web_identity(idp.token(), account_id="999999999999", now=clock.now())
    with pytest.raises(InvalidIdentityToken, match="No OpenIDConnect provider"):
        verify_web_identity(idp.token(), account_id="999999999999", provider=provider, now=clock.now())
    with pytest.raises(InvalidIdentityToken, match="No OpenIDConnect provider"):
        verify_web_identity(idp.token(), now=clock.now())

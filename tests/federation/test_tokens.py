"""JSON Web Tokens: what is accepted, and every trick that is not (threat 3.13)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import RSAKey

from accounts.federation import tokens
from iamconsole.kernel.errors import ExpiredIdentityToken, Fault, IDPRejectedClaim, InvalidIdentityToken
from tests.federation.idp import AUDIENCE, Idp, encoded, forged, jwk, new_key, signed

Verify = Callable[[str], Any]


@pytest.mark.parametrize("algorithm", tokens.ALGORITHMS)
def test_every_algorithm_of_the_list_is_accepted(idp: Idp, verify: Verify, algorithm: str) -> None:
    key = new_key(algorithm)
    idp.publish("other", key)
    token = signed({"alg": algorithm, "kid": "other"}, idp.claims(), key)
    assert verify(token).subject == "ada"
    with pytest.raises(InvalidIdentityToken, match="signature does not match"):
        verify(signed({"alg": algorithm, "kid": "other"}, idp.claims(), new_key(algorithm)))


def _none(idp: Idp) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(idp.claims())}."


def _hmac_with(key: Callable[[Idp], bytes], header: dict[str, Any]) -> Callable[[Idp], str]:
    return lambda idp: forged(header, idp.claims(), key(idp))


def _public_pem(idp: Idp) -> bytes:
    return idp.private.as_pem(private=False)


def _modulus(idp: Idp) -> bytes:
    return idp.keys["k1"]["n"].encode()


def _own_jwk(idp: Idp) -> str:
    key = new_key("RS256")
    return signed({"alg": "RS256", "kid": "k1", "jwk": jwk(key, "k1")}, idp.claims(), key)


def _with(**header: Any) -> Callable[[Idp], str]:
    return lambda idp: idp.token(header)


def _claims(**claims: Any) -> Callable[[Idp], str]:
    return lambda idp: idp.token(**claims)


def _altered(part: int, old: bytes, new: bytes) -> Callable[[Idp], str]:
    def altered(idp: Idp) -> str:
        parts = idp.token().split(".")
        text = tokens._decoded(parts[part], "part").replace(old, new)
        parts[part] = encoded(text)
        return ".".join(parts)

    return altered


TRICKS: dict[str, tuple[Callable[[Idp], str], str]] = {
    "alg none": (_none, "not base64url"),
    "alg none with a signature": (lambda idp: f"{_none(idp)}AAAA", "algorithm 'none' is not accepted"),
    "alg None": (_altered(0, b"RS256", b"nOnE"), "algorithm 'nOnE'"),
    "HS256 with the public key": (_hmac_with(_public_pem, {"alg": "HS256", "kid": "k1"}), "algorithm 'HS256'"),
    "HS256 with the modulus": (_hmac_with(_modulus, {"alg": "HS256", "kid": "k1"}), "algorithm 'HS256'"),
    "HS256 with the client id": (_hmac_with(lambda _: AUDIENCE.encode(), {"alg": "HS256"}), "algorithm 'HS256'"),
    "HMAC that says RS256": (_hmac_with(_public_pem, {"alg": "RS256", "kid": "k1"}), "signature does not match"),
    "an RSA key as elliptic": (_altered(0, b"RS256", b"ES256"), "no ES256 key"),
    "another hash than signed": (_altered(0, b"RS256", b"RS512"), "signature does not match"),
    "PSS than PKCS1": (_altered(0, b"RS256", b"PS256"), "signature does not match"),
    "ES256K": (_altered(0, b"RS256", b"ES256K"), "algorithm 'ES256K'"),
    "alg missing": (lambda idp: signed({"kid": "k1"}, idp.claims(), idp.private, by="RS256"), "algorithm None"),
    "alg a list": (_altered(0, b'"RS256"', b'["RS256"]'), "algorithm"),
    "jwk": (_own_jwk, "header has jwk"),
    "jku": (_with(jku="https://evil.example/jwks"), "header has jku"),
    "x5u": (_with(x5u="https://evil.example/cert"), "header has x5u"),
    "x5c": (_with(x5c=["AAAA"]), "header has x5c"),
    "crit": (_with(crit=["exp"]), "header has crit"),
    "b64": (_with(b64=False), "header has b64"),
    "zip": (_with(zip="DEF"), "header has zip"),
    "kid a path": (_with(kid="../../../../dev/null"), "no RS256 key with id"),
    "kid SQL": (_with(kid="k1' UNION SELECT 'k1"), "no RS256 key with id"),
    "kid of another case": (_with(kid="K1"), "no RS256 key with id"),
    "kid a number": (_with(kid=1), "key id is not a text"),
    "typ of a logout": (_with(typ="logout+jwt"), "type 'logout\\+jwt'"),
    "typ a proof": (_with(typ="dpop+jwt"), "type 'dpop\\+jwt'"),
    "typ a number": (_with(typ=1), "type 1"),
    "payload altered": (_altered(1, b'"ada"', b'"bob"'), "signature does not match"),
    "two parts": (lambda idp: idp.token().rpartition(".")[0], "three parts"),
    "five parts (encrypted)": (lambda idp: idp.token() + ".a.b", "three parts"),
    "padding": (lambda idp: idp.token() + "==", "base64url"),
    "a line break": (lambda idp: idp.token() + "\n", "base64url"),
    "payload a list": (lambda idp: signed({"alg": "RS256"}, ["x"], idp.private), "not a JSON object"),
    "a claim twice": (
        lambda idp: signed({"alg": "RS256"}, b'{"sub":"a","sub":"b"}', idp.private),
        "a name is given twice",
    ),
    "NaN": (lambda idp: signed({"alg": "RS256"}, b'{"exp":NaN}', idp.private), "NaN is no JSON number"),
    "deep nesting": (lambda idp: signed({"alg": "RS256"}, b"[" * 14000, idp.private), "JSON"),
    "too long": (_claims(padding="x" * 20_000), "longer than 20000"),
    "no issuer": (_claims(iss=None), "claim iss"),
    "another issuer": (_claims(iss="https://evil.example"), "No OpenIDConnect provider"),
    "issuer with a slash": (lambda idp: idp.token(iss=idp.url + "/"), "No OpenIDConnect provider"),
    "issuer of another case": (lambda idp: idp.token(iss=idp.url.upper()), "No OpenIDConnect provider"),
    "no audience": (_claims(aud=None), "Incorrect token audience"),
    "another audience": (_claims(aud="other"), "Incorrect token audience"),
    "audience of another case": (_claims(aud=AUDIENCE.upper()), "Incorrect token audience"),
    "an empty list of audiences": (_claims(aud=[]), "Incorrect token audience"),
    "an audience in a list in a list": (_claims(aud=[[AUDIENCE]]), "Incorrect token audience"),
    "no exp": (_claims(exp=None), "claim exp"),
    "exp a text": (_claims(exp="9999999999"), "claim exp"),
    "exp a flag": (_claims(exp=True), "claim exp"),
    "exp without end": (_claims(exp=10**300), "claim exp is no time"),
    "no iat": (_claims(iat=None), "claim iat"),
    "no sub": (_claims(sub=None), "claim sub"),
    "empty sub": (_claims(sub=""), "claim sub"),
    "sub a number": (_claims(sub=7), "claim sub"),
    "long sub": (_claims(sub="x" * 256), "claim sub"),
}


@pytest.mark.parametrize("name", TRICKS)
def test_a_trick_is_refused(idp: Idp, verify: Verify, name: str) -> None:
    make, reason = TRICKS[name]
    assert verify(idp.token()).subject == "ada"
    with pytest.raises(InvalidIdentityToken, match=reason):
        verify(make(idp))


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        ({"exp": -61}, ExpiredIdentityToken),
        ({"exp": -30}, None),
        ({"nbf": 61, "exp": 400}, InvalidIdentityToken),
        ({"nbf": 30}, None),
        ({"iat": 300, "exp": 400}, InvalidIdentityToken),
        ({"iat": 30}, None),
    ],
)
def test_clocks_may_differ_by_a_minute(
    idp: Idp, verify: Verify, claims: dict[str, int], fault: type[Fault] | None
) -> None:
    now = idp.claims()["iat"]
    token = idp.token(**{name: now + seconds for name, seconds in claims.items()})
    if fault is None:
        assert verify(token).subject == "ada"
        return
    with pytest.raises(fault) as caught:
        verify(token)
    assert caught.value.code in ("ExpiredTokenException", "InvalidIdentityToken")


def test_keys_that_do_not_suit_are_passed_over(idp: Idp, verify: Verify) -> None:
    with pytest.warns(SecurityWarning):
        weak = RSAKey.generate_key(1024)
    idp.publish("weak", weak)
    idp.publish("for encryption", idp.private, use="enc")
    idp.publish("for another algorithm", idp.private, alg="RS512")
    idp.keys["symmetric"] = {"kty": "oct", "kid": "symmetric", "k": encoded(b"x" * 32)}
    idp.keys["broken"] = {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"}
    idp.keys["nonsense"] = "not a key"
    with pytest.raises(InvalidIdentityToken, match="signature does not match"):
        verify(signed({"alg": "RS256", "kid": "weak"}, idp.claims(), weak))
    for kid in ("for encryption", "for another algorithm", "symmetric"):
        with pytest.raises(InvalidIdentityToken, match="no RS256 key"):
            verify(idp.token({"kid": kid}))
    with pytest.raises(InvalidIdentityToken, match="signature does not match"):
        verify(idp.token({"kid": "broken"}))


def test_a_token_without_key_id_is_tried_with_the_keys_there_are(idp: Idp, verify: Verify) -> None:
    idp.publish("k2", new_key("RS256"))
    token = signed({"alg": "RS256"}, idp.claims(), idp.private)
    assert verify(token).subject == "ada"


def test_everything_a_token_says(idp: Idp, verify: Verify, provider: Any) -> None:
    found = verify(
        idp.token(
            aud=["other", AUDIENCE],
            azp="other",
            amr=["pwd", "mfa"],
            repository="acme/app",
            run_number=7,
            protected=True,
            nested={"a": 1},
            AUD="not the audience",
            **{"8443:sub": "root"},
            **{
                "https://aws.amazon.com/tags": {
                    "principal_tags": {"Team": ["red"], "Cost": ["1"]},
                    "transitive_tag_keys": ["Team"],
                },
                "https://aws.amazon.com/source_identity": "ada@example.com",
            },
        )
    )
    name = provider.name
    assert found.provider_arn == provider.arn
    assert (found.audience, found.azp, found.amr) == (AUDIENCE, "other", ("pwd", "mfa"))
    assert (found.principal_tags, found.transitive_tag_keys) == ({"Team": "red", "Cost": "1"}, ("Team",))
    assert found.source_identity == "ada@example.com"
    assert {key.removeprefix(f"{name}:"): value for key, value in found.condition_keys.items()} == {
        "aud": AUDIENCE,
        "sub": "ada",
        "azp": "other",
        "amr": ("pwd", "mfa"),
        "repository": "acme/app",
        "run_number": "7",
        "protected": "true",
        "iss": idp.url,
        "iat": str(found.claims["iat"]),
        "exp": str(found.claims["exp"]),
        "aws:FederatedProvider": provider.arn,
    }


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ("text", InvalidIdentityToken),
        ({"principal_tags": ["Team"]}, InvalidIdentityToken),
        ({"principal_tags": {"Team": ["red", "blue"]}}, IDPRejectedClaim),
        ({"principal_tags": {"Team": []}}, IDPRejectedClaim),
        ({"principal_tags": {"Team": {"x": 1}}}, IDPRejectedClaim),
        ({"principal_tags": {"Team": ["red"], "team": ["blue"]}}, IDPRejectedClaim),
        ({"principal_tags": {"aws:Team": ["red"]}}, IDPRejectedClaim),
        ({"principal_tags": {"T" * 129: ["red"]}}, IDPRejectedClaim),
        ({"principal_tags": {f"t{n}": ["x"] for n in range(51)}}, IDPRejectedClaim),
        ({"principal_tags": {}, "transitive_tag_keys": ["Team"]}, IDPRejectedClaim),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, str | dict) else "",
)
def test_session_tags_out_of_bounds_are_refused(idp: Idp, verify: Verify, claim: Any, fault: type[Fault]) -> None:
    with pytest.raises(fault):
        verify(idp.token(**{"https://aws.amazon.com/tags": claim}))


def test_flat_session_tags(idp: Idp, verify: Verify) -> None:
    flat = {"https://aws.amazon.com/tags/principal_tags/Team": "red"}
    assert verify(idp.token(**flat)).principal_tags == {"Team": "red"}

"""The private keys with which a provider's encrypted assertions are opened."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from accounts.federation.identifiers import federation_id
from accounts.federation.sealed import seal, unseal
from accounts.saml_providers.models import SAMLPrivateKey, SAMLProvider
from iamconsole.kernel.call import Call
from iamconsole.kernel.errors import InvalidInput

SMALLEST = 2048
KIND = "saml-private-key"


def add(call: Call, provider: SAMLProvider, pem: str) -> SAMLPrivateKey:
    """Keep a private key, sealed; within the quota of keys a provider."""
    _loaded(pem.encode())
    present = SAMLPrivateKey.objects.filter(provider=provider).count()
    call.quota("PrivateKeysPerSAMLProvider").check(present)
    key_id = federation_id()
    sealed = seal(pem.encode(), kind=KIND, account_id=provider.account_id, key_id=key_id)
    made: SAMLPrivateKey = SAMLPrivateKey.objects.create(
        id=key_id, account_id=provider.account_id, provider=provider, sealed_key=sealed, created=call.time
    )
    return made


def opened(key: SAMLPrivateKey) -> RSAPrivateKey:
    return _loaded(unseal(key.sealed_key, kind=KIND, account_id=key.account_id, key_id=key.pk))


def _loaded(pem: bytes) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size < SMALLEST:
        raise InvalidInput(f"The private key must be an unencrypted RSA key of at least {SMALLEST} bits in PEM.")
    return key

"""Encrypted assertions (XML Encryption 1.1): RSA-OAEP around a key, AES-GCM or AES-CBC around the assertion.

Every failure is the same fault: a server that tells bad padding from a bad signature can be made to decrypt (CBC has
no integrity of its own, which is why what comes out must still be signed, or lie in a signed response).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from accounts.federation.xml import SAML, XENC, BadXml, Element, children, descendants, parsed, text_of

XENC11 = "http://www.w3.org/2009/xmlenc11#"
# Algorithm of the content → bytes of its key, and whether it is GCM.
CONTENT = {
    f"{XENC11}aes128-gcm": (16, True),
    f"{XENC11}aes256-gcm": (32, True),
    f"{XENC}aes128-cbc": (16, False),
    f"{XENC}aes256-cbc": (32, False),
}
OAEPS = (f"{XENC}rsa-oaep-mgf1p", f"{XENC11}rsa-oaep")
# OAEP's hashes; SHA-1 is the default of the standard and safe here, where collisions gain nothing.
DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    "http://www.w3.org/2000/09/xmldsig#sha1": hashes.SHA1,
    f"{XENC}sha256": hashes.SHA256,
    f"{XENC11}mgf1sha1": hashes.SHA1,
    f"{XENC11}mgf1sha256": hashes.SHA256,
}
DEFAULT = "http://www.w3.org/2000/09/xmldsig#sha1"
_BLOCK, _NONCE = 16, 12


class BadEncryption(ValueError):
    """The assertion could not be opened; why is not told."""

    def __init__(self) -> None:
        super().__init__("the encrypted assertion cannot be opened with the provider's private keys")


def decrypted(encrypted: Element, private_keys: Sequence[RSAPrivateKey]) -> Element:
    """The assertion inside an EncryptedAssertion, by the first of the keys that opens it."""
    for private in private_keys:
        try:
            found = parsed(_content(encrypted, _content_key(encrypted, private)))
        except (BadXml, InvalidTag, ValueError, binascii.Error):
            continue
        if found.tag == f"{{{SAML}}}Assertion":
            return found
    raise BadEncryption


def _content(encrypted: Element, key: bytes) -> bytes:
    (data,) = children(encrypted, "xenc:EncryptedData")
    length, is_gcm = CONTENT[_algorithm(data)]
    if len(key) != length:
        raise BadEncryption
    sealed = _cipher_value(data)
    if is_gcm:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
    decryptor = Cipher(AES(key), CBC(sealed[:_BLOCK])).decryptor()
    padded = decryptor.update(sealed[_BLOCK:]) + decryptor.finalize()
    if not padded or not 1 <= padded[-1] <= _BLOCK:
        raise BadEncryption
    return padded[: -padded[-1]]


def _content_key(encrypted: Element, private: RSAPrivateKey) -> bytes:
    (wrapped,) = descendants(encrypted, XENC, "EncryptedKey")
    if _algorithm(wrapped) not in OAEPS:
        raise BadEncryption
    (method,) = children(wrapped, "xenc:EncryptionMethod")
    digest = DIGESTS[_parameter(method, "DigestMethod")]()
    mask = DIGESTS[_parameter(method, "MGF")]()
    return private.decrypt(_cipher_value(wrapped), OAEP(MGF1(mask), digest, label=None))


def _algorithm(element: Element) -> str:
    (method,) = children(element, "xenc:EncryptionMethod")
    found = method.get("Algorithm", "")
    if found not in (*CONTENT, *OAEPS):
        raise BadEncryption
    return found


def _parameter(method: Element, name: str) -> str:
    found = [part.get("Algorithm", "") for part in method if part.tag.rpartition("}")[2] == name]
    algorithm = found[0] if found else DEFAULT
    if algorithm not in DIGESTS:
        raise BadEncryption
    return algorithm


def _cipher_value(element: Element) -> bytes:
    (value,) = children(element, "xenc:CipherData/xenc:CipherValue")
    return base64.b64decode("".join(text_of(value).split()), validate=True)

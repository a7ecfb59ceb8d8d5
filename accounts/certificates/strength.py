"""Which public keys are taken: neither weaker than today's minimum nor so large that using them costs seconds."""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

RSA_BITS: Final = range(2048, 16384 + 1)  # AWS's minimum for SSH keys; OpenSSH's and OpenSSL's maximum
CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})  # NIST SP 800-186


def complaint(key: object) -> str:
    """Why a public key is not taken, as the end of a sentence; nothing where it is."""
    if isinstance(key, RSAPublicKey):
        if key.key_size in RSA_BITS:
            return ""
        return f"an RSA key must have {RSA_BITS.start} to {RSA_BITS.stop - 1} bits, this one has {key.key_size}"
    if isinstance(key, EllipticCurvePublicKey) and key.curve.name in CURVES:
        return ""
    return "the key must be an RSA key or one on the curve P-256, P-384 or P-521"

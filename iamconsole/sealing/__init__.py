"""Secrets that must be recoverable, at rest; and tokens that only we can have issued.

    KeyRing    the master keys, by id; everything below is derived from them (HKDF)
    Sealer     envelope encryption: a data key per secret, wrapped by a master key, bound to its owner
    Signer     short authenticated tokens: consistency tokens, paging markers

    SealingError
    ├── SealBroken     altered, cut, or bound to something else
    ├── UnknownKey     needs a master key that is not in the ring
    └── BadMasterKey   the configured master key cannot be used

Pure: the caller brings the key text and stores what comes out.
"""

from .errors import BadMasterKey, SealBroken, SealingError, UnknownKey
from .ring import KeyRing
from .sealer import Sealer, fingerprint
from .signing import Signer

__all__ = ["BadMasterKey", "KeyRing", "SealBroken", "Sealer", "SealingError", "Signer", "UnknownKey", "fingerprint"]

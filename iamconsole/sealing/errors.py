"""What can go wrong with sealed things. No message carries a secret, a key or a sealed text."""


class SealingError(Exception):
    """A sealed secret or a signed token cannot be used."""


class SealBroken(SealingError):
    """It was altered, cut, or bound to something else."""


class UnknownKey(SealingError):
    """It needs a master key that is not in the ring."""


class BadMasterKey(SealingError):
    """A master key cannot be used, or is not the one that sealed the data."""

"""Why a backup is not taken or not restored."""


class Refused(Exception):
    """Nothing was done; the message says why, and what to do."""

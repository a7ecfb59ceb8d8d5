"""Deactivation: a user who leaves is denied everything, and comes back as it was."""

from typing import Final

DENY_ALL: Final = "arn:aws:iam::aws:policy/AWSDenyAll"
"""The policy that does it: attached to the user itself, it is how everybody sees that the user is deactivated."""

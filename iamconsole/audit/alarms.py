"""What the trail has to say to whoever listens; a listener that fails stops nobody."""

from __future__ import annotations

from django.dispatch import Signal

chain_broken = Signal()
"""Sent with `account_id`, `record` (its number) and `why`, each time a chain is found that does not verify."""

verification_ordered = Signal()
"""Sent when a chain is to be verified that is too long for the request that asks."""

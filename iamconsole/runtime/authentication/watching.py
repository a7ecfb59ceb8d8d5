"""Noting who uses a key that is being rotated, and from where."""

from __future__ import annotations

from typing import Final

from accounts.access_keys.sightings import Sighting
from iamconsole.audit.history.recorder import recorder
from iamconsole.kernel.call import Origin

BEARER_SERVICE: Final = "iamconsole"  # what a key counts as used for where its token is presented
NOWHERE: Final = Origin()


def seen(
    access_key_id: str, account_id: str, origin: Origin, *, service: str, region: str, refused: bool = False
) -> None:
    """Note a use, or an attempt with an inactive key whose signature held."""
    recorder.key_seen(
        Sighting(access_key_id, account_id, origin.source_ip or "", origin.user_agent, service, region, refused)
    )

"""Readiness as systemd spells it: a datagram `READY=1` to the socket that NOTIFY_SOCKET names (sd_notify(3)).

The launcher and a systemd unit of Type=notify listen alike.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

VARIABLE = "NOTIFY_SOCKET"
READY = b"READY=1"


def announce_ready() -> None:
    """Tell whoever supervises this process; nobody does where the variable is not set."""
    address = os.environ.get(VARIABLE, "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
        speaker.sendto(READY, address.replace("@", "\0", 1) if address.startswith("@") else address)


class Listener:
    """A supervisor's end: one socket a child, so that a message needs no sender's name."""

    def __init__(self, place: Path) -> None:
        self.address = str(place)
        place.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.setblocking(False)

    def heard(self) -> bool:
        """Whether READY=1 has arrived since the last call."""
        try:
            return READY in self._socket.recv(4096).splitlines()
        except BlockingIOError:
            return False

    def close(self) -> None:
        self._socket.close()
        Path(self.address).unlink(missing_ok=True)

"""A tiny SMTP server that keeps what it is sent: just enough of RFC 5321 for a client that sends mail."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass
class Sink:
    """What arrived; `refused` are recipients that are turned away, `broken` makes the server end every session."""

    port: int = 0
    arrived: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    broken: bool = False

    def to(self, recipient: str) -> list[EmailMessage]:
        return [message for address, message in self.arrived if address == recipient]


class _Session(socketserver.StreamRequestHandler):
    sink: Sink

    def handle(self) -> None:
        if self.sink.broken:
            return
        self._say("220 sink")
        recipients: list[str] = []
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                address = line.partition(b"<")[2].partition(b">")[0].decode()
                if address in self.sink.refused:
                    self._say("550 no such mailbox")
                    continue
                recipients.append(address)
            if verb == b"DATA":
                self._say("354 go on")
                message: Any = message_from_bytes(self._data(), policy=policy.default)
                self.sink.arrived += [(address, message) for address in recipients]
                recipients = []
            if verb == b"QUIT":
                self._say("221 bye")
                return
            self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """A server on a port of loopback for as long as the block runs."""
    sink = Sink()
    handler = type("Session", (_Session,), {"sink": sink})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield sink
        server.shutdown()
        thread.join()

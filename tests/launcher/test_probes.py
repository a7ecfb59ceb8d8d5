"""What the launcher asks: is the port free, does the web server answer."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from iamconsole.interfaces.cli.launcher import probes


@pytest.mark.parametrize(
    ("bind", "asked"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("192.0.2.1", "192.0.2.1")]
)
def test_every_address_is_asked_on_loopback(bind, asked):
    assert probes.reachable_at(bind) == asked


def test_a_port_somebody_shares_is_not_free():
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert not probes.port_is_free("127.0.0.1", port)
    assert probes.port_is_free("127.0.0.1", port)


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_only_200_is_healthy(status, healthy):
    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_):
            """Tests are quiet."""

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert probes.is_healthy("127.0.0.1", server.server_port) is healthy
        thread.join()
        port = server.server_port
    assert not probes.is_healthy("127.0.0.1", port)

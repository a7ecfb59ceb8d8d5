"""What the launcher asks before and after it starts the web server."""

from __future__ import annotations

import http.client
import ipaddress
import socket

HEALTH_PATH = "/healthz"


def reachable_at(bind: str) -> str:
    """The address to ask when the server listens on `bind`: loopback where that means every address."""
    address = ipaddress.ip_address(bind)
    if not address.is_unspecified:
        return bind
    return "127.0.0.1" if address.version == 4 else "::1"


def port_is_free(bind: str, port: int) -> bool:
    """Whether nobody listens there: the web server shares ports, so it would not notice by itself."""
    family = socket.AF_INET if ipaddress.ip_address(bind).version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError:
            return False
    return True


def is_healthy(bind: str, port: int) -> bool:
    """Whether the web server answers its liveness page with 200."""
    connection = http.client.HTTPConnection(reachable_at(bind), port, timeout=2)
    try:
        connection.request("GET", HEALTH_PATH, headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

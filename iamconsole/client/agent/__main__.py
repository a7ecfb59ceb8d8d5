"""`python -m iamconsole.client.agent`: start the agent of this host."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import secrets
import signal
import sys
from pathlib import Path

from . import proof, service, source

DEFAULT_LISTEN = "127.0.0.1:9911"


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(
        prog="python -m iamconsole.client.agent", description="Give processes of this host the credentials of its role."
    )
    made.add_argument("--server", required=True, help="URL of the product, such as https://iam.example.com")
    made.add_argument("--listen", default=DEFAULT_LISTEN, help="address and port (default: %(default)s)")
    made.add_argument("--host-key", type=Path, help="file with the host key, or the private key in PEM; mode 0600")
    made.add_argument("--workload-id", default="", help="id (i-…) of this host, with a private key")
    made.add_argument("--audience", help="IAM_PUBLIC_URL of the product, where that is not the URL of --server")
    made.add_argument(
        "--task",
        action="append",
        default=[],
        metavar="NAME=KEYFILE:TOKENFILE",
        help="a task by name, its host key, and the file with its token, which is made if there is none",
    )
    made.add_argument("--verbose", action="store_true", help="log every request")
    return made


def build(given: argparse.Namespace) -> service.Server:
    """The server that these options ask for; ValueError says what is wrong with them."""
    if given.host_key is None and not given.task:
        raise ValueError("give --host-key for this host, or a --task")
    audience = given.audience or given.server.rstrip("/")
    host = None
    if given.host_key is not None:
        proves = proof.from_file(given.host_key, workload_id=given.workload_id, audience=audience)
        host = source.Source(source.product(given.server, given.workload_id or _id_in(proves()), proves))
    tasks = dict(_task(text, given.server) for text in given.task)
    address, _, port = given.listen.rpartition(":")
    return service.Server((address.strip("[]"), int(port)), service.Service(host, tasks))


def _task(text: str, server: str) -> tuple[str, tuple[str, source.Source]]:
    name, _, files = text.partition("=")
    key_file, _, token_file = files.partition(":")
    if not (name and key_file and token_file):
        raise ValueError(f"--task must be NAME=KEYFILE:TOKENFILE, not {text!r}")
    proves = proof.from_file(Path(key_file), workload_id="", audience="")
    return name, (_token(Path(token_file)), source.Source(source.product(server, name, proves)))


def _token(path: Path) -> str:
    """The token in a file; a new one for its owner alone where there is no file."""
    with contextlib.suppress(FileExistsError):
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(made, "w") as file:
            file.write(secrets.token_urlsafe(32))
    token = path.read_text()
    if len(token) < len(secrets.token_urlsafe(16)) or not token.isprintable():
        raise ValueError(f"{path} must hold a token of at least 22 characters and nothing else")
    return token


def _id_in(host_key: str) -> str:
    """The id of the workload that a host key is of: it is in front of the dot."""
    found = host_key.partition(".")[0].rpartition("_")[2]
    if not found or "." not in host_key:
        raise ValueError("--host-key holds neither a host key nor a private key")
    return found


def main(words: list[str] | None = None) -> int:
    """Serve until interrupted; 2 where it cannot begin."""
    given = parser().parse_args(words)
    level = logging.DEBUG if given.verbose else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(message)s")
    try:
        server = build(given)
    except (ValueError, OSError) as fault:
        sys.stderr.write(f"iamconsole agent: {fault}\n")
        return 2
    logging.info("serving role credentials on http://%s:%d", *server.server_address[:2])
    with server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


if __name__ == "__main__":
    # Supervisors send SIGTERM, and whoever starts this in the background may have SIGINT ignored.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    sys.exit(main())

"""`python -m iamconsole.client.credential_process`: print the credentials of a user whose key is rotated."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ..connection import AccessKey
from ..errors import ClientError
from .collecting import Ask, Reply, asking, renewed
from .store import Store, UnusableFile

LIFETIME: Final = 1_200  # seconds
SHORTEST: Final = 960  # seconds; boto3 asks again at each request in the last quarter of an hour
NAME: Final = "iamconsole-credentials"


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(
        prog="python -m iamconsole.client.credential_process",
        description="Print the credentials of a user for an AWS SDK, and collect his new access key when one waits.",
    )
    made.add_argument("--server", required=True, help="URL of the product, such as https://iam.example.com")
    made.add_argument("--key-file", required=True, type=Path, help="file with the user's access key; mode 0600")
    made.add_argument(
        "--interval", type=float, default=60, help="seconds between two questions to the product (default: %(default)s)"
    )
    made.add_argument(
        "--lifetime",
        type=int,
        default=LIFETIME,
        help=f"seconds after which SDKs come back, at least {SHORTEST} (default: %(default)s)",
    )
    made.add_argument(
        "--timeout", type=float, default=2.0, help="seconds to wait for the product (default: %(default)s)"
    )
    return made


def main(words: list[str] | None = None) -> int:
    """Print the credentials; 1 where there are none, 2 for wrong options."""
    options = parser()
    given = options.parse_args(words)
    if given.lifetime < SHORTEST:
        options.error(f"--lifetime must be at least {SHORTEST} seconds")
    try:
        ask = _telling(asking(given.server, timeout=given.timeout))
    except ValueError as fault:
        options.error(str(fault))
    store = Store(given.key_file.expanduser())
    try:
        _renew(store, ask, interval=given.interval)
        sys.stdout.write(_printed(store.keys().current, given.lifetime))
    except UnusableFile as fault:
        sys.stderr.write(f"{NAME}: {fault}\n")
        return 1
    return 0


def _telling(ask: Ask) -> Ask:
    """The same, whatever is amiss with a key being said on stderr."""

    def told(key: AccessKey) -> Reply:
        reply = ask(key)
        if reply.amiss:
            sys.stderr.write(f"{NAME}: {reply.amiss}\n")
        return reply

    return told


def _renew(store: Store, ask: Ask, *, interval: float) -> None:
    """Bring the file up to date; where that fails now, what it holds stays good."""
    try:
        with store.turn(interval=interval) as due:
            if due:
                renewed(store.keys(), ask, store.keep)
    except (ClientError, OSError) as fault:
        sys.stderr.write(f"{NAME}: still with the present key: {fault}\n")


def _printed(key: AccessKey, lifetime: int) -> str:
    """As the AWS CLI's user guide has it ("Sourcing credentials with an external process")."""
    ends = datetime.now(UTC) + timedelta(seconds=lifetime)
    return json.dumps(
        {
            "Version": 1,
            "AccessKeyId": key.id,
            "SecretAccessKey": key.secret,
            "Expiration": ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )


if __name__ == "__main__":
    sys.exit(main())

"""What tests run in processes that are killed; its imports are few, since each process has them."""

from __future__ import annotations

from iamconsole.client import private_files
from iamconsole.client.credential_process.__main__ import main


def replace_file(root: str, names: tuple[str, ...], content: bytes) -> None:
    """A whole replacement, its lock included."""
    with private_files.opened(root, *names[:-1]) as folder, private_files.locked(folder, seconds=5):
        private_files.replace(folder, names[-1], content)


def run_credential_process(server: str, key_file: str) -> None:
    main(["--server", server, "--key-file", key_file, "--interval", "0"])

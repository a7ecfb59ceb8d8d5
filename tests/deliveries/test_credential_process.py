"""A workload's own pull: real boto3 runs the credential process, which asks a stand-in of the product."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from iamconsole.client.credential_process import store
from iamconsole.client.credential_process.__main__ import main
from tests.deliveries.crashing import run_credential_process
from tests.support.collect_stand_in import NEW, NEXT, OLD, SECRETS, CollectStandIn, collecting
from tests.support.killed import killing
from tests.support.product import ROOT
from tests.support.receiving import Reply, receiving

PACKAGE = "iamconsole.client.credential_process"


@pytest.fixture
def server() -> Iterator[CollectStandIn]:
    with collecting() as made:
        yield made


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """As `aws iam create-access-key --query AccessKey` prints it."""
    return keyed(tmp_path / "web.json", OLD)


def keyed(path: Path, ident: str, **others: str) -> Path:
    members = {"UserName": "web", "Status": "Active", **pair(ident)}
    path.write_text(json.dumps(members | {name: pair(other) for name, other in others.items()}))
    path.chmod(0o600)
    return path


def pair(ident: str) -> dict[str, str]:
    return {"AccessKeyId": ident, "SecretAccessKey": SECRETS[ident]}


def kept(path: Path) -> dict[str, str]:
    """Which keys a file holds, by what they are."""
    found = json.loads(path.read_text())
    others = {name: found[name]["AccessKeyId"] for name in ("Waiting", "Former") if name in found}
    return {"Current": found["AccessKeyId"]} | others


class Run:
    """One run in this process."""

    def __init__(self, url: str, path: Path, capsys: pytest.CaptureFixture[str], *words: str) -> None:
        self.status = main(["--server", url, "--key-file", str(path), "--interval", "0", *words])
        said = capsys.readouterr()
        self.warning = said.err
        self.printed = json.loads(said.out) if said.out else {}
        self.key = self.printed.get("AccessKeyId")
        assert not any(secret in said.err for secret in SECRETS.values())


def test_what_is_printed_is_what_sdks_read(server: CollectStandIn, key_file: Path, capsys: Any) -> None:
    run = Run(server.url, key_file, capsys)
    assert run.status == 0
    ends = datetime.strptime(run.printed.pop("Expiration"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(minutes=19) < ends - datetime.now(UTC) <= timedelta(minutes=20)
    assert run.printed == {"Version": 1, **pair(OLD)}
    assert server.asked == [OLD]
    assert not run.warning


def test_a_new_key_is_kept_proved_and_used(server: CollectStandIn, key_file: Path, capsys: Any) -> None:
    server.rotate(NEW)
    run = Run(server.url, key_file, capsys)
    assert run.printed["SecretAccessKey"] == SECRETS[NEW]
    assert server.asked == [OLD, NEW]
    assert kept(key_file) == {"Current": NEW, "Former": OLD}
    assert key_file.stat().st_mode & 0o777 == 0o600
    server.good.discard(OLD)
    assert Run(server.url, key_file, capsys).key == NEW
    server.rotate(NEXT)
    assert Run(server.url, key_file, capsys).key == NEXT
    assert kept(key_file) == {"Current": NEXT, "Former": NEW}


@pytest.mark.parametrize("stranger", [401, 403])
def test_a_rotation_that_is_rolled_back(server: CollectStandIn, key_file: Path, capsys: Any, stranger: int) -> None:
    server.stranger = stranger
    server.rotate(NEW)
    assert Run(server.url, key_file, capsys).key == NEW
    server.withdraw()
    assert Run(server.url, key_file, capsys).key == OLD
    server.rotate(NEXT)
    assert Run(server.url, key_file, capsys).key == NEXT


def test_a_rotation_that_goes_back_hands_out_the_old_key(server: CollectStandIn, key_file: Path, capsys: Any) -> None:
    """Whether or not the file still holds it."""
    for path in (key_file, keyed(key_file.with_name("bare.json"), NEW)):
        server.good, server.seen, server.waiting = {OLD, NEW}, set(), NEW
        Run(server.url, path, capsys)
        server.seen, server.waiting = set(), OLD
        assert Run(server.url, path, capsys).key == OLD
        server.good.discard(NEW)
        assert Run(server.url, path, capsys).key == OLD


def test_a_new_key_that_is_no_good_is_not_used(server: CollectStandIn, key_file: Path, capsys: Any) -> None:
    server.rotate(NEW)
    server.good.discard(NEW)  # another region does not know it yet
    for _ in range(2):
        assert Run(server.url, key_file, capsys).key == OLD
        assert kept(key_file) == {"Current": OLD, "Waiting": NEW}
    server.good.add(NEW)
    assert Run(server.url, key_file, capsys).key == NEW


def test_a_key_that_is_refused_for_a_while_is_not_forgotten(
    server: CollectStandIn, key_file: Path, capsys: Any
) -> None:
    server.rotate(NEW)
    Run(server.url, key_file, capsys)
    server.good = {OLD}
    assert Run(server.url, key_file, capsys).key == OLD
    server.good = {NEW}
    assert Run(server.url, key_file, capsys).key == NEW


def test_nothing_is_done_where_all_keys_are_refused(server: CollectStandIn, key_file: Path, capsys: Any) -> None:
    server.rotate(NEW)
    Run(server.url, key_file, capsys)
    server.good.clear()
    run = Run(server.url, key_file, capsys)
    assert run.key == NEW
    assert run.warning.count("is not accepted: InvalidClientTokenId") == 2
    assert kept(key_file) == {"Current": NEW, "Former": OLD}


def test_a_caller_who_is_denied_is_known_all_the_same(server: CollectStandIn, key_file: Path, capsys: Any) -> None:
    keyed(key_file, OLD, Waiting=NEW)
    server.fault = Reply(403, b'{"code": "AccessDenied", "detail": "no"}')
    run = Run(server.url, key_file, capsys)
    assert run.key == NEW
    assert f"{NEW} may not collect its successor: AccessDenied" in run.warning


@pytest.mark.parametrize(
    "fault",
    [
        Reply(503, b"{}"),
        Reply(500, b"nonsense"),
        Reply(200, b"[]"),
        Reply(200, b'{"AccessKeyId": 7}'),
        Reply(200, b'{"AccessKeyId": "AKIA", "SecretAccessKey": ""}'),
        Reply(400, b'{"code": "RequestExpired", "detail": "clock"}'),
        Reply(404, b'{"code": "UnknownOperationException", "detail": "old product"}'),
        Reply(429, b'{"code": "Throttling", "detail": "wait"}'),
        Reply(302, b"{}", (("Location", "/elsewhere"),)),
    ],
    ids=lambda each: f"{each.status}-{each.body.decode()[:24]}",
)
def test_an_answer_that_is_none_leaves_the_present_key(
    server: CollectStandIn, key_file: Path, capsys: Any, fault: Reply
) -> None:
    server.fault = fault
    before = key_file.read_text()
    run = Run(server.url, key_file, capsys)
    assert (run.status, run.key) == (0, OLD)
    assert "still with the present key" in run.warning
    assert key_file.read_text() == before


def test_a_product_that_is_away_or_hangs(server: CollectStandIn, key_file: Path, capsys: Any) -> None:
    with receiving(lambda _asked: Reply(204)) as away:
        pass
    assert Run(away, key_file, capsys).key == OLD
    server.delay = 30.0
    began = time.monotonic()
    assert Run(server.url, key_file, capsys, "--timeout", "0.2").key == OLD
    assert time.monotonic() - began < server.delay


def test_a_folder_that_cannot_be_written(
    server: CollectStandIn, key_file: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.rotate(NEW)
    monkeypatch.setattr(os, "rename", lambda *_args, **_more: (_ for _ in ()).throw(OSError(30, "Read-only")))
    run = Run(server.url, key_file, capsys)
    assert run.key == OLD
    assert "Read-only" in run.warning
    assert NEW not in server.seen  # a key that is not on the disk is not used
    assert sorted(os.listdir(key_file.parent)) == [".web.json.lock", "web.json"]


def test_the_product_is_not_asked_all_the_time(server: CollectStandIn, key_file: Path, capsys: Any) -> None:
    Run(server.url, key_file, capsys, "--interval", "60")
    server.rotate(NEW)
    assert Run(server.url, key_file, capsys, "--interval", "60").key == OLD
    assert server.asked == [OLD]
    lock = key_file.with_name(".web.json.lock")
    for moment in (time.time() - 61, time.time() + 3_600):  # a while ago, or a clock that was put back
        os.utime(lock, (moment, moment))
        assert Run(server.url, key_file, capsys, "--interval", "60").key == NEW


def test_another_run_is_waited_for_and_then_left_alone(
    server: CollectStandIn, key_file: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PATIENCE", 0.1)
    Run(server.url, key_file, capsys)
    with key_file.with_name(".web.json.lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert Run(server.url, key_file, capsys).key == OLD
    assert server.asked == [OLD]


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        (b"{}", 0o600, "must hold a JSON object"),
        (b"[]", 0o600, "must hold a JSON object"),
        (b"\xff", 0o600, "must hold a JSON object"),
        (b'{"AccessKeyId": "A", "SecretAccessKey": null}', 0o600, "must hold a JSON object"),
        (json.dumps({**pair(OLD), "Waiting": 7}).encode(), 0o600, "must hold a JSON object"),
        (json.dumps(pair(OLD)).encode(), 0o640, "chmod 600"),
        (json.dumps(pair(OLD)).encode(), 0o604, "chmod 600"),
        (None, 0, "there is no file"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(
    server: CollectStandIn, key_file: Path, capsys: Any, content: bytes | None, mode: int, told: str
) -> None:
    key_file.unlink()
    if content is not None:
        key_file.write_bytes(content)
        key_file.chmod(mode)
    run = Run(server.url, key_file, capsys)
    assert (run.status, run.printed) == (1, {})
    assert told in run.warning
    assert server.asked == []


def test_a_link_is_no_key_file(server: CollectStandIn, key_file: Path, capsys: Any) -> None:
    link = key_file.with_name("link.json")
    link.symlink_to(key_file)
    run = Run(server.url, link, capsys)
    assert run.status == 1
    assert "symbolic link" in run.warning


@pytest.mark.parametrize(
    "words",
    [
        ["--server", "http://iam.example.com", "--key-file", "x"],
        ["--server", "https://iam.example.com/path", "--key-file", "x"],
        ["--server", "iam.example.com", "--key-file", "x"],
        ["--server", "https://iam.example.com", "--key-file", "x", "--lifetime", "60"],
        ["--server", "https://iam.example.com"],
    ],
)
def test_wrong_options(words: list[str], capsys: Any) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2


@pytest.mark.slow
def test_killed_at_every_line_it_goes_on(server: CollectStandIn, tmp_path: Path, capsys: Any) -> None:
    line, killed, after = 0, True, set()
    modules = [f"{PACKAGE}.{name}" for name in ("store", "collecting", "__main__")] + [
        "iamconsole.client.private_files"
    ]
    with killing(run_credential_process, lines_of=modules) as run:
        while killed:
            line += 1
            server.good, server.seen, server.waiting = {OLD}, set(), ""
            server.rotate(NEW)
            path = keyed(tmp_path / "web.json", OLD)
            killed = run(line, server.url, str(path))
            held = kept(path)
            after.add(tuple(held.items()))
            if NEW in server.seen:
                assert NEW in held.values(), f"line {line}: a key was used and lost"
                server.good.discard(OLD)  # the product goes on at once
            assert Run(server.url, path, capsys).key == NEW, f"line {line}"
            assert kept(path)["Current"] == NEW
            assert sorted(os.listdir(tmp_path)) in (["web.json"], [".web.json.lock", "web.json"])
    assert line > 100
    assert after == {
        (("Current", OLD),),
        (("Current", OLD), ("Waiting", NEW)),
        (("Current", NEW), ("Former", OLD)),
    }


@pytest.fixture
def profile(server: CollectStandIn, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """`~/.aws/config` as docs/key-delivery.md has it."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    command = f"{sys.executable} -m {PACKAGE} --server {server.url} --key-file {key_file} --interval 0"
    config = tmp_path / "config"
    config.write_text(f"[profile web]\ncredential_process = {command}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return "web"


@pytest.mark.slow
def test_boto3_goes_over_to_the_new_key(server: CollectStandIn, profile: str, key_file: Path) -> None:
    credentials = boto3.Session(profile_name=profile).get_credentials()
    assert credentials.get_frozen_credentials()[:2] == (OLD, SECRETS[OLD])
    server.rotate(NEW)
    assert credentials.get_frozen_credentials().access_key == OLD  # there is time
    assert len(server.asked) == 1
    credentials._expiry_time -= timedelta(minutes=6)  # six minutes later
    assert credentials.get_frozen_credentials()[:2] == (NEW, SECRETS[NEW])
    assert kept(key_file) == {"Current": NEW, "Former": OLD}
    server.good = {NEW}
    assert boto3.Session(profile_name=profile).get_credentials().access_key == NEW


@pytest.mark.slow
def test_processes_that_start_together_agree(server: CollectStandIn, profile: str, key_file: Path) -> None:
    server.rotate(NEW)
    words = ["-m", PACKAGE, "--server", server.url, "--key-file", str(key_file), "--interval", "0"]
    running = [subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, cwd=ROOT) for _ in range(4)]
    said = [json.loads(process.communicate(timeout=60)[0])["AccessKeyId"] for process in running]
    assert said == [NEW] * 4
    assert server.asked.count(OLD) == 1


@pytest.mark.slow
def test_the_folder_alone_will_do(server: CollectStandIn, key_file: Path, tmp_path: Path) -> None:
    """Standard library alone, and nothing of ours but the client: the folder is copied to a host."""
    place = tmp_path / "host" / "iamconsole"
    place.mkdir(parents=True)
    (place / "__init__.py").touch()
    (place / "client").symlink_to(ROOT / "iamconsole" / "client")
    words = ["--server", server.url, "--key-file", str(key_file)]
    starts = (
        f"import sys, runpy; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module({PACKAGE!r}, run_name='__main__')"
    )
    command = [sys.executable, "-I", "-S", "-c", starts, str(place.parent), *words]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(said.stdout)["AccessKeyId"] == OLD

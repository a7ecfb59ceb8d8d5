"""Readiness by datagram, as systemd listens for it."""

from __future__ import annotations

from iamconsole.interfaces.cli.launcher.notify import VARIABLE, Listener, announce_ready


def test_a_child_is_heard_once(tmp_path, monkeypatch):
    listener = Listener(tmp_path / "worker.sock")
    assert not listener.heard()
    monkeypatch.setenv(VARIABLE, listener.address)
    announce_ready()
    assert listener.heard()
    assert not listener.heard()
    listener.close()
    assert not (tmp_path / "worker.sock").exists()


def test_a_socket_left_behind_is_replaced(tmp_path, monkeypatch):
    Listener(tmp_path / "worker.sock")._socket.close()
    listener = Listener(tmp_path / "worker.sock")
    monkeypatch.setenv(VARIABLE, listener.address)
    announce_ready()
    assert listener.heard()
    listener.close()


def test_without_a_supervisor_nothing_is_said(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    announce_ready()

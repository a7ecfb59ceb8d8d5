"""What is written arrives: at least once, under one id, whatever breaks on the way."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Notification, NotificationDelivery
from accounts.notifications import channels, sending
from iamconsole.kernel import clock
from iamconsole.kernel.webhooks import secret_text
from tests.notifications.conftest import root_mail
from tests.support.smtp_sink import Sink
from tests.support.tenants import Tenant
from tests.support.webhook_receiver import Receiver

Work = Callable[[], dict[str, int]]
Later = Callable[..., None]


def told(tenant: Tenant) -> list[Any]:
    return tenant.run("iamconsole:ListNotifications").notifications


def ask(tenant: Tenant) -> str:
    return tenant.run("iamconsole:SendTestNotification").notification_id


def test_a_message_arrives_by_mail_and_by_webhook(
    tenant: Tenant, mail: Sink, hook: Receiver, work: Work, manage: Callable[..., Any]
) -> None:
    sent = ask(tenant)
    assert work() == {"Delivered": 2}
    (arrived,) = mail.to(root_mail(tenant))
    assert arrived["Subject"] == f"[IAM {tenant.account_id}] A test message"
    assert arrived["From"] == "iam-console@localhost"
    assert arrived["Message-ID"] == f"<{sent}@localhost>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert "asked for this message" in arrived.get_content()
    (posted,) = hook.got
    assert posted.id == sent
    assert posted.is_signed_with(manage("webhook-secret").out.strip())
    assert posted.said["type"] == "iam.test"
    assert posted.said["data"]["accountId"] == tenant.account_id
    (shown,) = told(tenant)
    assert shown.state == "Delivered"
    assert {(each.channel, each.recipient, each.state) for each in shown.deliveries} == {
        ("email", root_mail(tenant), "Delivered"),
        ("webhook", None, "Delivered"),
    }
    assert work() == {}


def test_a_given_secret_signs(tenant: Tenant, hook: Receiver, work: Work, settings: Any) -> None:
    settings.IAM_WEBHOOK_SECRET = b"s" * 24
    ask(tenant)
    work()
    assert hook.got[0].is_signed_with(secret_text(b"s" * 24))
    assert not hook.got[0].is_signed_with(secret_text(b"t" * 24))


def test_without_a_channel_it_stays_on_record(tenant: Tenant, work: Work) -> None:
    ask(tenant)
    assert work() == {}
    assert told(tenant)[0].state == "Recorded"


def test_a_receiver_that_fails_gets_it_again_later_under_the_same_id(
    tenant: Tenant, hook: Receiver, work: Work, later: Later
) -> None:
    hook.answers = [500, 302]
    hook.headers = {"Location": hook.url}
    sent = ask(tenant)
    assert work() == {"Pending": 1}
    assert work() == {}
    later(seconds=31)
    assert work() == {"Pending": 1}  # a redirect is an answer, not a way
    assert len(hook.got) == 2
    later(seconds=121)
    assert work() == {"Delivered": 1}
    assert {each.id for each in hook.got} == {sent}
    assert told(tenant)[0].deliveries[0].attempts == 3


def test_what_nobody_takes_becomes_a_dead_letter(tenant: Tenant, hook: Receiver, work: Work, later: Later) -> None:
    hook.answers = [503] * 20
    ask(tenant)
    for _ in sending.BACK_OFF:
        assert work() == {"Pending": 1}
        later(hours=13)
    assert work() == {"Failed": 1}
    (shown,) = tenant.run("iamconsole:ListNotifications", state="Failed").notifications
    assert shown.deliveries[0].fault == "the webhook answered with status 503"
    later(days=2)
    assert work() == {}
    assert len(hook.got) == len(sending.BACK_OFF) + 1


def test_a_crash_between_sending_and_noting_it_sends_the_same_id_again(
    tenant: Tenant, hook: Receiver, work: Work, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = ask(tenant)

    def crash(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending, "_settle", crash)
        with pytest.raises(KeyboardInterrupt):
            work()
    assert work() == {}  # until its lease is over it is the lost worker's
    later(seconds=sending.LEASE.total_seconds() + 1)
    assert work() == {"Delivered": 1}
    assert [each.id for each in hook.got] == [sent, sent]


def test_two_workers_send_it_once(tenant: Tenant, hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(tenant)
    sending.address(clock.now())
    send, inside = channels.send, []

    def meanwhile(*args: Any) -> None:
        if not inside:
            inside.append(sending.deliver(clock.now()))
        send(*args)

    monkeypatch.setattr(channels, "send", meanwhile)
    assert sending.deliver(clock.now()) == {"Delivered": 1}
    assert inside == [{}]
    assert len(hook.got) == 1


def test_addressing_twice_makes_no_second_delivery(tenant: Tenant, hook: Receiver) -> None:
    ask(tenant)
    row = Notification.objects.get(account_id=tenant.account_id)
    assert sending.address(clock.now()) == 1
    assert not sending._addressed(row, clock.now())
    assert NotificationDelivery.objects.filter(account_id=tenant.account_id).count() == 1


def test_a_channel_that_hangs_costs_one_wait_and_holds_up_no_other(
    tenant: Tenant, mail: Sink, hook: Receiver, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "TIMEOUT", 0.2)
    hook.hangs = True
    for _ in range(3):
        ask(tenant)
    assert work() == {"Delivered": 3, "Pending": 1}
    assert len(hook.got) == 1
    assert len(mail.to(root_mail(tenant))) == 3
    faults = {each.fault for one in told(tenant) for each in one.deliveries if each.channel == "webhook"}
    assert faults == {None, "the webhook did not answer: the server did not answer in time"}


def test_however_many_wait_for_a_channel_that_is_down_the_other_goes_on(
    tenant: Tenant, mail: Sink, hook: Receiver, work: Work, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(sending, "BATCH", 3)
    settings.IAM_WEBHOOK_URL = "http://127.0.0.1:1/"
    for _ in range(5):
        ask(tenant)
    for _ in range(3):
        work()
    assert len(mail.to(root_mail(tenant))) == 5


def test_a_channel_has_a_minute_of_a_turn(
    tenant: Tenant, hook: Receiver, work: Work, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        ask(tenant)
    send = channels.send

    def slow(*args: Any) -> None:
        later(seconds=40)
        send(*args)

    monkeypatch.setattr(channels, "send", slow)
    assert work() == {"Delivered": 2}
    assert work() == {"Delivered": 1}


def test_a_receiver_that_drips_is_cut_off(
    tenant: Tenant, work: Work, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "TIMEOUT", 0.4)
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        line, _ = listener.accept()
        with line:
            try:
                for _ in range(100):
                    line.sendall(b"H")
                    threading.Event().wait(0.05)
            except OSError:
                return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    settings.IAM_WEBHOOK_URL = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    ask(tenant)
    started = clock.now()
    assert work() == {"Pending": 1}
    assert (clock.now() - started).total_seconds() < 3
    thread.join()
    listener.close()


def test_a_mail_server_that_is_down_is_asked_once(tenant: Tenant, mail: Sink, work: Work) -> None:
    mail.broken = True
    for _ in range(3):
        ask(tenant)
    assert work() == {"Pending": 1}
    mail.broken = False
    assert work() == {"Delivered": 2}


def test_a_mailbox_that_is_refused_keeps_no_other_from_its_mail(tenant: Tenant, mail: Sink, work: Work) -> None:
    tenant.run("iamconsole:PutNotificationSettings", contacts=["gone@example.com", "sec@example.com"])
    work()
    mail.arrived.clear()
    mail.refused = {"gone@example.com"}
    ask(tenant)
    assert work() == {"Delivered": 2, "Pending": 1}
    assert [address for address, _ in mail.arrived] == [root_mail(tenant), "sec@example.com"]
    faults = [each.fault for each in told(tenant)[0].deliveries if each.fault]
    assert faults == ["refused by the mail server: 550 no such mailbox"]


def test_requests_know_nothing_of_channels(
    tenant: Tenant, settings: Any, mail: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reached(*_args: Any) -> None:
        raise AssertionError("a request sends nothing")

    monkeypatch.setattr(channels, "send", reached)
    assert ask(tenant)


def test_the_address_of_the_webhook_is_in_no_message(tenant: Tenant, settings: Any, work: Work) -> None:
    settings.IAM_WEBHOOK_URL = "http://user:hunter2@127.0.0.1:1/secret-path"
    ask(tenant)
    work()
    assert "hunter2" not in str(told(tenant))
    assert "secret-path" not in str(told(tenant))

"""What the texts of typed conditions mean; None for a text that is no such value."""

from decimal import Decimal

import pytest

from policies.engine import values
from policies.engine.values import Network

SECOND, MINUTE, HOUR, DAY = 10**9, 60 * 10**9, 3_600 * 10**9, 86_400 * 10**9


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0", 0),
        ("1", SECOND),
        ("1.5", SECOND + SECOND // 2),
        ("1.000000001", SECOND + 1),
        ("1.0000000019", SECOND + 1),
        ("12345", 12_345 * SECOND),
        ("1704067200", 1_704_067_200 * SECOND),
        ("1970", 0),
        ("1971", 365 * DAY),
        ("1970-02", 31 * DAY),
        ("1970-02-03", 33 * DAY),
        ("1970-01-01T01:02Z", HOUR + 2 * MINUTE),
        ("1970-01-01t01:02:03z", HOUR + 2 * MINUTE + 3 * SECOND),
        ("1970-01-01T01:02:03", HOUR + 2 * MINUTE + 3 * SECOND),
        ("1970-01-01T00:00:00.5Z", SECOND // 2),
        ("1970-01-01T00:00:00.123456789Z", 123_456_789),
        ("1970-01-01T00:00:00.1234567899Z", 123_456_789),
        ("2024-01-01T00:00:00.000000001Z", 1_704_067_200 * SECOND + 1),
        ("1969-12-31T23:59:59.5Z", -SECOND // 2),
        ("1970-01-01T12:00:00+01:30", 10 * HOUR + 30 * MINUTE),
        ("1970-01-01T12:00:00-0130", 13 * HOUR + 30 * MINUTE),
        ("1970-01-02T00:00:00+23:59", MINUTE),
        ("1970-01-01T00:00:00." + "0" * 43 + "Z", 0),
        ("1970-01-01T00:00:00." + "0" * 44 + "Z", None),
        ("1970-01-01T00:00:00+24:00", None),
        ("1970-01-01T00:00:00+00:60", None),
        ("1970-02-30", None),
        ("1970-13", None),
        ("1970-01-01T24:00Z", None),
        ("today", None),
        ("", None),
    ],
)
def test_instant(text, nanoseconds):
    assert values.instant(text) == nanoseconds


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("10.0.0.1", Network(4, 0x0A000001, 0)),
        ("10.0.0.1/32", Network(4, 0x0A000001, 0)),
        ("10.1.2.3/8", Network(4, 10, 24)),
        ("10.0.0.1/0", Network(4, 0, 32)),
        ("::1", Network(6, 1, 0)),
        ("2001:db8::/32", Network(6, 0x20010DB8, 96)),
        ("::/0", Network(6, 0, 128)),
        ("::ffff:10.0.0.1", Network(4, 0x0A000001, 0)),
        ("10.0.0.1/33", None),
        ("::1/128", Network(6, 1, 0)),
        ("::1/129", None),
        ("10.0.0", None),
        ("10.0.0.1/", None),
        ("fe80::1%eth0", None),
        ("", None),
    ],
)
def test_network(text, block):
    assert values.network(text) == block


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("10.0.0.1", Network(4, 0x0A000001, 0)),
        ("::FFFF:10.0.0.1", Network(4, 0x0A000001, 0)),
        ("::1", Network(6, 1, 0)),
        ("10.0.0.1/32", None),
        ("fe80::1%eth0", None),
        ("10.0.0.256", None),
        ("", None),
    ],
)
def test_address(text, one):
    assert values.address(text) == one


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", Decimal(5)),
        ("-.5e3", Decimal(-500)),
        ("+5.", Decimal(5)),
        ("1" * 64, Decimal("1" * 64)),
        ("1" * 65, None),
        ("1e1000", None),
        ("NaN", None),
        ("٥", None),  # noqa: RUF001
        ("", None),
    ],
)
def test_number(text, number):
    assert values.number(text) == number


@pytest.mark.parametrize(("text", "truth"), [("true", True), ("FALSE", False), ("1", None), ("", None)])
def test_boolean(text, truth):
    assert values.boolean(text) is truth


@pytest.mark.parametrize(
    ("text", "data"), [("QUJD", b"ABC"), ("QR==", b"A"), ("", b""), ("QQ=", None), ("Q*UJD", None), ("é", None)]
)
def test_binary(text, data):
    assert values.binary(text) == data

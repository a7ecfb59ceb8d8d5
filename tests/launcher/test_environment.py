"""The table of environment variables: what it accepts, what it refuses and how it says so."""

from __future__ import annotations

import os
import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from iamconsole.settings import environment
from iamconsole.settings.environment import EnvironmentRefused
from iamconsole.settings.parsing import BASE_DIR

NO_FILE = {"IAM_ENV_FILE": os.devnull}

ACCEPTED = [
    ("IAM_PORT", "9000", 9000),
    ("IAM_BIND", "0.0.0.0", "0.0.0.0"),
    ("IAM_BIND", "::1", "::1"),
    ("IAM_DATA_DIR", "var/other", BASE_DIR / "var/other"),
    ("IAM_DATA_DIR", "/srv/iam", Path("/srv/iam")),
    ("IAM_REPLICATION_DELAY", "0", (0.0, 0.0)),
    ("IAM_REPLICATION_DELAY", "2-8", (2.0, 8.0)),
    ("IAM_REPLICATION_DELAY", "0.5", (0.5, 0.5)),
    ("IAM_REGIONS", "home, eu", {"home": "", "eu": ""}),
    ("IAM_REGIONS", "home=redis://a:6379/3,eu=rediss://b", {"home": "redis://a:6379/3", "eu": "rediss://b"}),
    ("IAM_TEST_MODE", "1", True),
    ("IAM_SYNCHRONOUS", "full", "full"),
    ("IAM_ALLOWED_HOSTS", "a.example, b.example,", ("a.example", "b.example")),
    ("IAM_TRUSTED_PROXIES", "10.0.0.0/8,192.0.2.7", (ip_network("10.0.0.0/8"), ip_network("192.0.2.7/32"))),
    ("IAM_PUBLIC_URL", "https://iam.example.com/", "https://iam.example.com"),
    ("REDIS_URL", "unix:///run/valkey.sock?db=3", "unix:///run/valkey.sock?db=3"),
    ("DATABASE_URL", "postgres://u:p@h/iam", "postgres://u:p@h/iam"),
]

REFUSED = [
    ("IAM_PORT", "abc", "IAM_PORT: `abc` must be a port number from 1 to 65535"),
    ("IAM_PORT", "0", "must be a port number"),
    ("IAM_PORT", "65536", "must be a port number"),
    ("IAM_BIND", "localhost", "must be an IP address"),
    ("IAM_REPLICATION_DELAY", "8-2", "must be a range whose end is not before its start"),
    ("IAM_REPLICATION_DELAY", "soon", "must be seconds"),
    ("IAM_REGIONS", "home,home", "must be distinct region names"),
    ("IAM_REGIONS", "Home", "must be distinct region names"),
    ("IAM_REGIONS", "home=http://x", "must be a URL that starts with redis:// or rediss:// or unix://"),
    ("IAM_REGION", "mars", "IAM_REGION: `mars` is not one of IAM_REGIONS (home, eu, ap)"),
    ("IAM_TEST_MODE", "yes", "must be 0 or 1"),
    ("IAM_SYNCHRONOUS", "off", "must be one of normal, full"),
    ("IAM_TRUSTED_PROXIES", "proxy.example", "must be addresses or networks"),
    ("IAM_PUBLIC_URL", "iam.example.com", "must be an origin"),
    ("IAM_PUBLIC_URL", "https://iam.example.com/console/", "must be an origin"),
    ("REDIS_URL", "localhost:6379", "must be a URL that starts with redis://"),
    ("DATABASE_URL", "mysql://h/iam", "must be a URL that starts with postgres://"),
]


@pytest.mark.parametrize(("name", "text", "value"), ACCEPTED)
def test_a_good_value_is_parsed(name, text, value):
    assert environment.load({**NO_FILE, name: text})[name] == value


@pytest.mark.parametrize(("name", "text", "message"), REFUSED)
def test_a_bad_value_is_refused_with_what_is_meant(name, text, message):
    with pytest.raises(EnvironmentRefused, match=re.escape(message)):
        environment.load({**NO_FILE, name: text})


def test_defaults_are_those_of_the_contract():
    values = environment.load(NO_FILE)
    assert (values["IAM_PORT"], values["IAM_BIND"], values["IAM_DATA_DIR"]) == (8000, "127.0.0.1", BASE_DIR / "var")
    assert list(values["IAM_REGIONS"]) == ["home", "eu", "ap"]
    assert (values["IAM_BOOTSTRAP_ACCOUNT_ALIAS"], values["IAM_BOOTSTRAP_ROOT_EMAIL"]) == (
        "demo",
        "root@demo.localhost",
    )
    assert values["DATABASE_URL"] is values["REDIS_URL"] is values["IAM_BOOTSTRAP_ROOT_PASSWORD"] is None


def test_an_empty_value_means_the_default():
    assert environment.load({**NO_FILE, "IAM_PORT": ""})["IAM_PORT"] == 8000


def test_an_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(EnvironmentRefused, match=r"IAM_PROT: no such variable; did you mean IAM_PORT\?"):
        environment.load({**NO_FILE, "IAM_PROT": "8000"})


def test_an_unknown_name_near_to_nothing_points_to_the_readme():
    with pytest.raises(EnvironmentRefused, match="IAM_ZZZZZZZZZZZZZZZZZZ: no such variable; the README"):
        environment.load({**NO_FILE, "IAM_ZZZZZZZZZZZZZZZZZZ": "1"})


def test_names_of_others_are_none_of_our_business():
    environment.load({**NO_FILE, "AWS_REGION": "eu-west-1", "IAMSOMETHING": "1"})


def test_all_faults_are_told_at_once():
    with pytest.raises(EnvironmentRefused) as refusal:
        environment.load({**NO_FILE, "IAM_PORT": "x", "IAM_BIND": "y", "IAM_PROT": "1"})
    assert [line.split(":")[0] for line in str(refusal.value).split("\n  - ")[1:]] == [
        "IAM_PROT",
        "IAM_PORT",
        "IAM_BIND",
    ]


@pytest.mark.parametrize("variable", [row for row in environment.TABLE if row.secret], ids=lambda row: row.name)
def test_a_secret_is_never_repeated(variable):
    with pytest.raises(EnvironmentRefused) as refusal:
        environment.load({**NO_FILE, "IAM_PORT": "x", variable.name: "hush://hush,Hush=hush"})
    assert "hush" not in str(refusal.value).lower()


@pytest.mark.parametrize("bind", ["0.0.0.0", "192.0.2.1", "::"])
def test_test_mode_binds_loopback_only(bind):
    with pytest.raises(EnvironmentRefused, match="not loopback, which IAM_TEST_MODE=1 demands"):
        environment.load({**NO_FILE, "IAM_TEST_MODE": "1", "IAM_BIND": bind})


def test_key_and_key_file_exclude_each_other():
    with pytest.raises(EnvironmentRefused, match="give one of them"):
        environment.load({**NO_FILE, "IAM_MASTER_KEY": "5e" * 32, "IAM_MASTER_KEY_FILE": "/run/key"})


def test_the_file_is_read_and_the_process_wins(tmp_path):
    file = tmp_path / ".env"
    file.write_text("# ours\nIAM_PORT=8100\nexport IAM_BIND='::1'\n")
    values = environment.load({"IAM_ENV_FILE": str(file), "IAM_PORT": "8200"})
    assert (values["IAM_PORT"], values["IAM_BIND"]) == (8200, "::1")


def test_an_unknown_name_in_the_file_is_refused_and_the_process_is_left_alone(tmp_path):
    file = tmp_path / ".env"
    file.write_text("IAM_PROT=8100\n")
    with pytest.raises(EnvironmentRefused, match="IAM_PROT"):
        environment.load({"IAM_ENV_FILE": str(file)})
    assert "IAM_PROT" not in os.environ


def test_every_row_can_be_read_in_the_readme():
    table = environment.as_markdown().splitlines()
    assert len(table) == 2 + len(environment.TABLE)
    for row, variable in zip(table[2:], environment.TABLE, strict=True):
        assert row.startswith(f"| `{variable.name}` | ")
        assert row.count("|") == 4
        assert variable.help.endswith(".")

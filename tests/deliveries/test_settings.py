"""What owners may say about a target, and what is told where they may not."""

from __future__ import annotations

import json
from ipaddress import ip_network
from typing import Any

import pytest
from pydantic import SecretStr

from accounts.rotation import deliveries
from accounts.rotation.deliveries import KINDS, SECRET_MEMBERS, TABLE, SettingsRefused, settings
from iamconsole.settings import environment
from tests.deliveries.conftest import CANARY, NEW

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
GOOD: dict[str, dict[str, Any]] = {
    "pull": {},
    "webhook": {"Url": "https://hooks.example.com/keys?team=web", "Secret": SECRET, "PreviousSecret": ""},
    "vault_kv2": {"Address": "https://vault.example.com:8200/", "Path": "iam/web app", "Token": "hvs.x"},
    "secrets_manager": {
        "Region": "eu-west-1",
        "SecretId": "prod/web",
        "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "SecretAccessKey": "s" * 40,
        "Create": "true",
    },
    "file": {"Path": "111122223333/web/credentials", "Format": "env"},
}


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.IAM_DELIVERY_DIRECTORY = tmp_path


@pytest.mark.parametrize("kind", GOOD)
def test_good_settings_are_read(kind: str) -> None:
    assert deliveries.read(kind, GOOD[kind]).kind == kind
    assert json.dumps(TABLE[kind].settings.model_json_schema())


def test_every_kind_has_good_settings_here() -> None:
    assert set(GOOD) == set(KINDS) == set(SECRET_MEMBERS)


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("webhook", {"Url": "http://hooks.example.com/"}, "Url", "not on this machine|must begin with https"),
    ("webhook", {"Url": "https://user:pass@hooks.example.com/"}, "Url", "without user"),
    ("webhook", {"Url": "https://hooks.example.com/\r\nX: 1"}, "Url", "control characters"),
    ("webhook", {"Secret": "whsec_c2hvcnQ="}, "Secret", "24 to 64"),
    ("webhook", {"Secret": SECRET.removeprefix("whsec_")}, "Secret", "whsec_"),
    ("webhook", {"PreviousSecret": "x"}, "PreviousSecret", "24 to 64"),
    ("webhook", {"CaCertificate": "none"}, "CaCertificate", "PEM"),
    ("webhook", {"Color": "red"}, "Color", "no setting"),
    ("vault_kv2", {"Address": "https://vault.example.com/v1/"}, "Address", "without path"),
    ("vault_kv2", {"Address": "https://vault.example.com?x"}, "Address", "without path"),
    ("vault_kv2", {"Path": "../sys/seal"}, "Path", "dots"),
    ("vault_kv2", {"Path": "/iam"}, "Path", "slashes"),
    ("vault_kv2", {"Mount": "secret/"}, "Mount", "slashes"),
    ("vault_kv2", {"Token": "hvs.x\nX-Other: 1"}, "Token", "printable"),
    ("vault_kv2", {"Namespace": "a\r\nb"}, "Namespace", "pattern"),
    ("vault_kv2", {"Token": ""}, "", "either Token"),
    ("vault_kv2", {"RoleId": "role", "SecretId": "s"}, "", "either Token"),
    ("vault_kv2", {"RoleId": "role"}, "", "either Token"),
    ("secrets_manager", {"Region": "eu west"}, "Region", "pattern"),
    ("secrets_manager", {"Region": "x.example.com/"}, "Region", "pattern"),
    ("secrets_manager", {"SecretId": ""}, "SecretId", "at least 1"),
    ("secrets_manager", {"SecretAccessKey": ""}, "SecretAccessKey", "printable"),
    ("secrets_manager", {"Endpoint": "http://x.example.com"}, "Endpoint", "https"),
    ("file", {"Path": "web/credentials"}, "Path", "ACCOUNT/PATH"),
    ("file", {"Path": "111122223333"}, "Path", "ACCOUNT/PATH"),
    ("file", {"Path": "111122223333/../444455556666/x"}, "Path", "dots"),
    ("file", {"Path": "/etc/passwd"}, "Path", "slashes"),
    ("file", {"Path": "111122223333/a\x00b"}, "Path", "pattern"),
    ("pull", {"Url": "x"}, "Url", "takes no settings"),
    ("vault_kv2", {"Path": "iam/{account}"}, "Path", "only placeholder"),
    ("secrets_manager", {"SecretId": "a{"}, "SecretId", "only placeholder"),
    ("file", {"Profile": "{user_name}{}"}, "Profile", "only placeholder"),
    ("file", {"Format": "xml"}, "Format", "credentials"),
    ("file", {"Profile": "a]\n[b"}, "Profile", "pattern"),
]


@pytest.mark.parametrize(("kind", "changed", "member", "told"), BAD, ids=lambda each: str(each)[:40])
def test_what_is_wrong_is_told_by_member(
    kind: str, changed: dict[str, Any], member: str, told: str, settings: Any
) -> None:
    settings.IAM_DELIVERY_NETWORKS = ()
    with pytest.raises(SettingsRefused, match=told) as refused:
        deliveries.read(kind, GOOD[kind] | changed)
    assert set(refused.value.faults) == {member}


@pytest.mark.parametrize("kind", [kind for kind in GOOD if kind not in ("pull", "file")])
def test_all_missing_members_are_told_at_once(kind: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        deliveries.read(kind, {})
    required = {
        name for name, each in GOOD[kind].items() if name in TABLE[kind].settings.model_json_schema()["required"]
    }
    assert set(refused.value.faults) == required


def test_a_kind_that_does_not_exist() -> None:
    with pytest.raises(SettingsRefused, match="one of pull, webhook"):
        deliveries.read("carrier_pigeon", {})


def test_the_secret_members_are_all_and_only_those_that_are_secret() -> None:
    assert {
        "pull": set(),
        "webhook": {"Secret", "PreviousSecret"},
        "vault_kv2": {"Token", "SecretId"},
        "secrets_manager": {"SecretAccessKey", "SessionToken"},
        "file": set(),
    } == SECRET_MEMBERS


def test_no_value_is_in_what_is_told() -> None:
    for kind, good in GOOD.items():
        for member in good:
            given = good | {member: f"{CANARY}\n\x00", "Unknown": CANARY}
            with pytest.raises(SettingsRefused) as refused:
                deliveries.read(kind, given)
            assert CANARY not in f"{refused.value} {refused.value.faults}"


def test_neither_deliveries_nor_keys_show_secrets() -> None:
    told = {"Secret": SECRET, "Token": CANARY, "SecretAccessKey": CANARY}
    for kind, good in GOOD.items():
        given = {name: told.get(name, value) for name, value in good.items()}
        made = deliveries.read(kind, given)
        assert CANARY not in repr(made)
        assert SECRET not in f"{made!r} {made}"
    assert CANARY not in f"{NEW!r} {NEW}"


def test_loopback_is_open_where_the_operator_says_so(settings: Any) -> None:
    given = GOOD["webhook"] | {"Url": "http://127.0.0.1:9000/"}
    assert deliveries.read("webhook", given)
    settings.IAM_DELIVERY_NETWORKS = (ip_network("10.0.0.0/8"),)
    with pytest.raises(SettingsRefused, match="https://"):
        deliveries.read("webhook", given)
    settings.IAM_TEST_MODE = True
    assert deliveries.read("webhook", given)


def test_no_file_where_the_operator_names_no_folder(settings: Any) -> None:
    settings.IAM_DELIVERY_DIRECTORY = None
    with pytest.raises(SettingsRefused, match="IAM_DELIVERY_DIRECTORY"):
        deliveries.read("file", GOOD["file"])


def test_the_operators_settings_are_read_from_the_environment() -> None:
    read = environment.load({"IAM_DELIVERY_DIRECTORY": "/srv/keys", "IAM_DELIVERY_NETWORKS": "10.0.0.0/8,127.0.0.1"})
    assert str(read["IAM_DELIVERY_DIRECTORY"]) == "/srv/keys"
    assert read["IAM_DELIVERY_NETWORKS"] == (ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32"))


def test_a_secret_is_kept_as_one() -> None:
    for kind, members in SECRET_MEMBERS.items():
        read = TABLE[kind].settings.read(GOOD[kind])
        held = {settings.aws_name(name) for name, value in read if isinstance(value, SecretStr)}
        assert held <= members

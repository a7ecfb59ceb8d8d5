"""The master key: made once, read by all, refused when it is none; and the keys derived from it."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from iamconsole.settings import keys
from iamconsole.settings.environment import EnvironmentRefused

KEY = "0123456789abcdef" * 4
OTHER = "fedcba9876543210" * 4
ALONE = {"k89979530": bytes.fromhex(KEY)}


def env(tmp_path, **given):
    return {"IAM_MASTER_KEY": None, "IAM_MASTER_KEY_FILE": None, "IAM_DATA_DIR": tmp_path / "var", **given}


def test_a_key_is_made_once_and_for_this_user_alone(tmp_path):
    first = keys.master_keys(env(tmp_path))
    place = tmp_path / "var" / keys.GENERATED_NAME
    assert [len(key) for key in first.values()] == [32]
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert keys.master_keys(env(tmp_path)) == first
    assert [entry.name for entry in place.parent.iterdir()] == [keys.GENERATED_NAME]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: next(iter(keys.master_keys(env(tmp_path)))), range(64)))
    assert len(found) == 1


def test_a_key_that_is_there_is_never_overwritten(tmp_path):
    place = tmp_path / "var" / keys.GENERATED_NAME
    place.parent.mkdir()
    place.write_text(KEY)
    keys._generate(place)
    assert place.read_text() == KEY


def test_two_installations_have_two_keys(tmp_path):
    assert keys.master_keys(env(tmp_path / "a")) != keys.master_keys(env(tmp_path / "b"))


def test_a_given_key_or_file_makes_no_other(tmp_path):
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    assert keys.master_keys(env(tmp_path, IAM_MASTER_KEY=KEY)) == ALONE
    assert keys.master_keys(env(tmp_path, IAM_MASTER_KEY_FILE=file)) == ALONE
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("text", ["short", KEY[:-1], KEY + "00", "g" * 64, KEY[:63] + "\n"])
def test_what_is_no_key_is_refused_without_repeating_it(tmp_path, text):
    with pytest.raises(EnvironmentRefused, match="64 hexadecimal characters") as refusal:
        keys.master_keys(env(tmp_path, IAM_MASTER_KEY=text))
    assert text not in str(refusal.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, content):
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(EnvironmentRefused, match=r"IAM_MASTER_KEY_FILE: .* cannot be read as a key"):
        keys.master_keys(env(tmp_path, IAM_MASTER_KEY_FILE=file))


def test_production_wants_a_key_that_is_given(tmp_path):
    with pytest.raises(EnvironmentRefused, match="does not make up a key"):
        keys.refuse_key_beside_data(env(tmp_path))


def test_production_refuses_a_key_beside_the_data(tmp_path):
    with pytest.raises(EnvironmentRefused, match="beside the data; move it away"):
        keys.refuse_key_beside_data(env(tmp_path, IAM_MASTER_KEY_FILE=tmp_path / "var" / "secret" / "key"))


@pytest.mark.parametrize("given", [{"IAM_MASTER_KEY": KEY}, {"IAM_MASTER_KEY_FILE": "elsewhere"}])
def test_production_takes_a_key_from_elsewhere(tmp_path, given):
    given = {name: tmp_path / value if name.endswith("FILE") else value for name, value in given.items()}
    keys.refuse_key_beside_data(env(tmp_path, **given))


def test_derived_keys_depend_on_master_and_purpose():
    one, other = os.urandom(32), os.urandom(32)
    assert keys.derive(one, "django") == keys.derive(one, "django")
    assert len({keys.derive(one, "django"), keys.derive(one, "sealing"), keys.derive(other, "django"), one}) == 4
    assert len(keys.derive(one, "django", length=16)) == 16


def test_derivation_is_that_of_rfc_5869():
    """Fixed: a change here would make every sealed secret of every installation unreadable."""
    assert keys.derive(bytes(32), "django").hex() == "c1fd449abead92bbbc6b817becd26d2036ca93cecc303de1ac6f19978ed4c391"

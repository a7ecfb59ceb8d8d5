"""One Redis URL, spelled for Django's cache, for Celery and for the regions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from iamconsole.settings import redis_urls
from iamconsole.settings.environment import EnvironmentRefused

DATABASES = [
    ("redis://host", 0, "redis://host/0"),
    ("redis://host:6380/4", 1, "redis://host:6380/5"),
    ("redis://user:p%40ss@host/0?db=7", 2, "redis://user:p%40ss@host/9"),
    ("rediss://host/0?ssl_ca_certs=/ca.pem", 1, "rediss://host/1?ssl_ca_certs=%2Fca.pem"),
    ("unix:///run/valkey.sock", 1, "unix:///run/valkey.sock?db=1"),
    ("unix:///run/valkey.sock?db=3", 2, "unix:///run/valkey.sock?db=5"),
]
FOR_CELERY = [
    ("redis://host:6379/0", "redis://host:6379/0"),
    ("unix:///run/valkey.sock?db=4", "redis+socket:///run/valkey.sock?virtual_host=4"),
    ("rediss://host/0", "rediss://host/0?ssl_cert_reqs=required"),
    ("rediss://host/0?ssl_cert_reqs=none", "rediss://host/0?ssl_cert_reqs=none"),
]


@pytest.mark.parametrize(("url", "offset", "expected"), DATABASES)
def test_a_later_database_of_the_same_server(url, offset, expected):
    assert redis_urls.with_database(url, offset) == expected


@pytest.mark.parametrize(("url", "expected"), FOR_CELERY)
def test_kombu_gets_its_own_spelling(url, expected):
    assert redis_urls.for_celery(url) == expected


def test_regions_take_databases_after_broker_and_cache():
    found = redis_urls.of_regions({"home": "", "eu": "redis://eu/0", "ap": ""}, "redis://host/0")
    assert found == {"home": "redis://host/2", "eu": "redis://eu/0", "ap": "redis://host/4"}


def test_the_socket_lies_in_the_data_directory(tmp_path):
    place = Path("/tmp/d")
    assert redis_urls.embedded(place) == "unix:///tmp/d/valkey.sock"


def long_directory(tmp_path):
    return tmp_path / ("long" * 30)


@pytest.fixture
def short_directory(tmp_path):
    place = redis_urls.socket_directory(long_directory(tmp_path))
    yield place
    for child in place.iterdir():
        child.unlink()
    place.rmdir()


def test_a_long_path_falls_back_to_a_short_private_directory(tmp_path, short_directory):
    assert len(str(short_directory / redis_urls.SOCKET_NAME)) <= redis_urls.LONGEST_SOCKET_PATH
    assert short_directory.stat().st_mode & 0o777 == 0o700
    assert redis_urls.socket_directory(long_directory(tmp_path)) == short_directory
    assert redis_urls.socket_directory(long_directory(tmp_path) / "other") != short_directory
    redis_urls.socket_directory(long_directory(tmp_path) / "other").rmdir()


def test_a_short_directory_that_others_can_enter_is_refused(tmp_path, short_directory):
    short_directory.chmod(0o755)
    with pytest.raises(EnvironmentRefused, match="not a directory of this user alone"):
        redis_urls.socket_directory(long_directory(tmp_path))


def test_a_short_directory_that_is_a_link_is_refused(tmp_path, short_directory):
    short_directory.rmdir()
    os.symlink(tmp_path, short_directory)
    try:
        with pytest.raises(EnvironmentRefused, match="not a directory of this user alone"):
            redis_urls.socket_directory(long_directory(tmp_path))
    finally:
        short_directory.unlink()
        short_directory.mkdir()

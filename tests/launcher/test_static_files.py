"""Static files are collected when one changed, and only then."""

from __future__ import annotations

import pytest

from iamconsole.interfaces.cli.launcher.static_files import collect_if_changed


@pytest.fixture
def source(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "site.css").write_text("body {}")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "collected"
    return source


def test_collected_once(source, tmp_path):
    assert collect_if_changed()
    assert (tmp_path / "collected" / "site.css").read_text() == "body {}"
    assert not collect_if_changed()


def test_a_changed_and_a_removed_file_are_noticed(source, tmp_path):
    collect_if_changed()
    (source / "site.css").write_text("body { color: red }")
    (source / "new.css").write_text("")
    assert collect_if_changed()
    assert (tmp_path / "collected" / "site.css").read_text() == "body { color: red }"
    (source / "new.css").unlink()
    assert collect_if_changed()
    assert not (tmp_path / "collected" / "new.css").exists()


def test_another_way_of_storing_is_a_change(source, settings):
    collect_if_changed()
    other = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": other}}
    assert collect_if_changed()

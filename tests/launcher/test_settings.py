"""Settings modules in processes of their own, as operators start them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from iamconsole.settings.parsing import BASE_DIR

SHOW = """
import importlib, json, sys
found = importlib.import_module(sys.argv[1])
print(json.dumps({name: getattr(found, name, None) for name in sys.argv[2:]}, default=str))
"""
PRODUCTION = {
    "DATABASE_URL": "postgres://iam:secret@db:5432/iam",
    "REDIS_URL": "rediss://cache/0",
    "IAM_PUBLIC_URL": "https://iam.example.com",
    "IAM_MASTER_KEY": "5e" * 32,
}


@pytest.fixture
def show(tmp_path):
    """The named settings of a module under an environment, or the refusal."""

    def run(module, *names, **environment):
        given = {"PATH": os.environ["PATH"], "IAM_ENV_FILE": os.devnull, "IAM_DATA_DIR": str(tmp_path / "var")}
        command = [sys.executable, "-c", SHOW, f"iamconsole.settings.{module}", *names]
        done = subprocess.run(
            command, cwd=BASE_DIR, env={**given, **environment}, capture_output=True, text=True, check=False
        )
        return json.loads(done.stdout) if done.returncode == 0 else done.stderr.strip().splitlines()[-1]

    return run


def test_embedded_needs_nothing(show, tmp_path):
    names = ("DATABASES", "CELERY_BROKER_URL", "CACHES", "ATOMIC_REQUESTS", "SESSION_COOKIE_NAME", "IAM_PUBLIC_URL")
    found = show("embedded", *names, "SESSION_COOKIE_SECURE", IAM_PORT="8111")
    database = found["DATABASES"]["default"]
    assert database["NAME"] == str(tmp_path / "var" / "iamconsole.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] == 20
    assert "journal_mode=WAL;PRAGMA synchronous=NORMAL" in database["OPTIONS"]["init_command"]
    assert database["CONN_MAX_AGE"] is None
    assert found["CELERY_BROKER_URL"] == f"redis+socket://{tmp_path}/var/valkey.sock?virtual_host=0"
    assert found["CACHES"]["default"]["LOCATION"] == f"unix://{tmp_path}/var/valkey.sock?db=1"
    assert found["IAM_PUBLIC_URL"] == "http://localhost:8111"
    assert (found["SESSION_COOKIE_NAME"], found["SESSION_COOKIE_SECURE"]) == ("sessionid", False)


def test_full_durability_reaches_sqlite(show):
    found = show("embedded", "DATABASES", IAM_SYNCHRONOUS="full")
    assert "synchronous=FULL" in found["DATABASES"]["default"]["OPTIONS"]["init_command"]


def test_production_is_secure_under_https(show):
    names = ("DATABASES", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "ALLOWED_HOSTS")
    found = show("production", *names, "SECURE_SSL_REDIRECT", "DEBUG", "SECURE_PROXY_SSL_HEADER", **PRODUCTION)
    assert found["DATABASES"]["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert found["DATABASES"]["default"]["HOST"] == "db"
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("__Host-sessionid", "__Host-csrftoken")
    assert found["SESSION_COOKIE_SECURE"] is found["SECURE_SSL_REDIRECT"] is True
    assert found["DEBUG"] is False
    assert "iam.example.com" in found["ALLOWED_HOSTS"]
    assert found["SECURE_PROXY_SSL_HEADER"] is None


@pytest.mark.parametrize("missing", PRODUCTION)
def test_production_refuses_to_start_without(show, missing):
    refusal = show("production", "DEBUG", **{name: value for name, value in PRODUCTION.items() if name != missing})
    assert "EnvironmentRefused" in refusal
    assert missing in refusal


def test_production_refuses_the_key_beside_the_data(show, tmp_path):
    (tmp_path / "var").mkdir()
    key = tmp_path / "var" / "key"
    key.write_text(PRODUCTION["IAM_MASTER_KEY"])
    given = {**PRODUCTION, "IAM_MASTER_KEY": "", "IAM_MASTER_KEY_FILE": str(key)}
    assert "beside the data" in show("production", "DEBUG", **given)


def test_forwarded_headers_are_believed_only_from_named_proxies(show):
    found = show("production", "SECURE_PROXY_SSL_HEADER", **PRODUCTION, IAM_TRUSTED_PROXIES="10.0.0.1")
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_mail_goes_where_the_url_says(show):
    found = show(
        "embedded", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", IAM_SMTP_URL="smtp+tls://u:p@mail.example:587"
    )
    assert found == {"EMAIL_HOST": "mail.example", "EMAIL_PORT": 587, "EMAIL_USE_TLS": True}


def test_the_policy_for_browsers_is_strict(show):
    policy = show("embedded", "CONTENT_SECURITY_POLICY")["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == ["'self'"]
    assert "unsafe" not in json.dumps(policy)


def test_the_command_line_says_what_is_wrong_in_a_line(tmp_path):
    given = {"PATH": os.environ["PATH"], "IAM_ENV_FILE": os.devnull, "IAM_DATA_DIR": str(tmp_path), "IAM_PROT": "1"}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=BASE_DIR, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "did you mean IAM_PORT?" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())

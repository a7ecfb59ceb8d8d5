"""The examples of the documentation, run as they stand beside the running product."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.decisions.wire import document, signed, statement
from tests.support.product import Product, free_port

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
SITE = document(
    statement("Allow", ["web:GET", "web:HEAD"], "arn:aws:web:::127.0.0.1/public/*"),
    statement("Allow", "iamconsole:CreateToken"),
    statement("Allow", "orders:Read", "arn:aws:orders:::order/7"),
)
pytestmark = pytest.mark.slow


class Running:
    """The product with an account, a user `ada` who may see a part of the site, and a user `bob` who may not."""

    def __init__(self, product: Product, made: dict[str, Any]) -> None:
        self.url, self.admin = product.url, made["Admin"]
        self.iam = boto3.client(
            "iam",
            endpoint_url=product.url,
            region_name="us-east-1",
            aws_access_key_id=self.admin["AccessKeyId"],
            aws_secret_access_key=self.admin["SecretAccessKey"],
        )
        self.ada = self.user("ada", SITE)
        self.bob = self.user("bob", document(statement("Allow", "iamconsole:CreateToken")))

    def user(self, name: str, policy: str) -> dict[str, str]:
        self.iam.create_user(UserName=name)
        self.iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy)
        return dict(self.iam.create_access_key(UserName=name)["AccessKey"])

    def token(self, key: dict[str, str]) -> str:
        import json

        headers = signed(key, "POST", f"{self.url}/api/v1/tokens", b"", {})
        status, _, content = fetch(f"{self.url}/api/v1/tokens", headers, "POST")
        assert status == 201, content
        return str(json.loads(content)["Token"])


@pytest.fixture(scope="module")
def running(tables: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    product = Product(tmp_path_factory.mktemp("product"), processes=1)
    made = product.bootstrap("examples")
    with product:
        product.start()
        yield Running(product, made)


def fetch(
    url: str, headers: dict[str, str] | None = None, method: str = "GET", body: bytes = b""
) -> tuple[int, dict[str, str], bytes]:
    content = body if method == "POST" else None
    request = urllib.request.Request(url, headers=headers or {}, method=method, data=content)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, dict(refused.headers), refused.read()


@contextmanager
def served(command: list[str], port: int, **options: Any) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                fetch(url)
                break
            except OSError:
                assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
                assert time.monotonic() < deadline, f"{command[0]} did not come up"
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def test_the_thirty_line_service(running: Running) -> None:
    port = free_port()
    environment = os.environ | {
        "IAM_URL": running.url,
        "AWS_ACCESS_KEY_ID": running.admin["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": running.admin["SecretAccessKey"],
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    with served([sys.executable, str(EXAMPLES / "orders.py")], port, env=environment) as url:
        sign = lambda key, path, service="orders": signed(key, "GET", url + path, b"", {}, service=service)  # noqa: E731
        status, _, content = fetch(f"{url}/7", sign(running.ada, "/7"))
        assert (status, content) == (200, b'{"order": {"item": "tea", "amount": 2}, "for": "ada"}')
        assert fetch(f"{url}/8", sign(running.ada, "/8"))[0] == 403
        assert fetch(f"{url}/7", sign(running.bob, "/7"))[0] == 403
        assert fetch(f"{url}/7", sign(running.ada, "/7", "billing"))[0] == 401
        assert fetch(f"{url}/7")[0] == 401
        assert fetch(f"{url}/7", {"Authorization": f"Bearer {running.token(running.ada)}"})[0] == 200


@pytest.fixture
def site(running: Running, tmp_path: Path) -> Iterator[str]:
    """A static site behind a real nginx, configured as documented but for the ports."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert nginx, "this test drives a real nginx"
    for name in ("public", "private"):
        (tmp_path / "site" / name).mkdir(parents=True)
        (tmp_path / "site" / name / "page.html").write_text(f"the {name} page")
    port = free_port()
    written = (EXAMPLES / "nginx.conf").read_text()
    written = written.replace("127.0.0.1:8000", running.url.removeprefix("http://"))
    written = written.replace("127.0.0.1:8080", f"127.0.0.1:{port}").replace("root site", f"root {tmp_path}/site")
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    written = written.replace("http {", f"daemon off; http {{ access_log off; {temporary}", 1)
    tmp_path.chmod(0o755)
    (tmp_path / "nginx.conf").write_text(("user root;" if os.geteuid() == 0 else "") + written)
    with served([nginx, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")], port) as url:
        yield url


@pytest.mark.e2e
def test_nginx_lets_in_who_may(running: Running, site: str) -> None:
    ada, bob = ({"Authorization": f"Bearer {running.token(key)}"} for key in (running.ada, running.bob))
    status, headers, content = fetch(f"{site}/public/page.html", ada)
    assert (status, content) == (200, b"the public page")
    assert headers["X-Iam-Principal"].endswith(":user/ada")
    status, headers, content = fetch(f"{site}/private/page.html", ada)
    assert (status, b"the private page" in content) == (403, False)
    assert headers["X-Iam-Authorization-Id"].isalnum()
    assert fetch(f"{site}/public/page.html", bob)[0] == 403
    status, headers, _ = fetch(f"{site}/public/page.html")
    assert status == 401
    assert "Bearer" in headers["WWW-Authenticate"]
    assert fetch(f"{site}/public/page.html", {"Authorization": "Bearer iamt_x"})[0] == 401
    assert fetch(f"{site}/public/page.html", signed(running.ada, "GET", f"{site}/public/page.html", b"", {}))[0] == 200


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/public/../private/page.html", {}),
        ("/public/%2e%2e/private/page.html", {}),
        ("/public/..%2fprivate/page.html", {}),
        ("//public/../private/page.html", {}),
        ("/private/page.html", {"X-Original-URI": "/public/page.html"}),
        ("/private/page.html", {"X_Original_URI": "/public/page.html"}),
        ("/private/page.html", {"X-Forwarded-Uri": "/public/page.html", "X-Forwarded-Method": "GET"}),
        ("/private/page.html", {"X-Forwarded-Host": "127.0.0.1/public"}),
        ("/_iam", {"X-Original-URI": "/public/page.html"}),
    ],
)
def test_no_trick_gets_past_nginx(running: Running, site: str, path: str, headers: dict[str, str]) -> None:
    import http.client

    connection = http.client.HTTPConnection(site.removeprefix("http://"), timeout=10)
    connection.request("GET", path, headers=headers | {"Authorization": f"Bearer {running.token(running.ada)}"})
    answer = connection.getresponse()
    assert (answer.status in (403, 404), b"the private page" in answer.read()) == (True, False)
    connection.close()


@pytest.mark.e2e
def test_a_right_that_is_taken_away_is_gone(running: Running, site: str) -> None:
    eve = running.user("eve", SITE)
    headers = {"Authorization": f"Bearer {running.token(eve)}"}
    for _ in range(4):
        assert fetch(f"{site}/public/page.html", headers)[0] == 200
    running.iam.delete_user_policy(UserName="eve", PolicyName="p")
    assert {fetch(f"{site}/public/page.html", headers)[0] for _ in range(4)} == {403}

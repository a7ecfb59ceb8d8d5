"""The product over HTTP, under load from the same machine, beside the bare server and moto's."""

from __future__ import annotations

import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.bench.loading import CONNECTIONS, SECONDS, Load, Outcome, put
from tests.bench.measuring import RUNS, milliseconds, number, table
from tests.support.product import PATIENCE, Product, free_port

ROOT = Path(__file__).parents[2]
POLICIES, STATEMENTS = 4, 3
BATCH = 100
LISTED = 1_000
MOST_WRITES = 3_000  # signed beforehand for one round; no server here writes more in that time
QUOTA = (
    "from accounts.tenancy.models import QuotaOverride as Q; "
    "Q.objects.create(account_id='{account}', name='UsersPerAccount', limit=1_000_000)"
)  # more users are made here than AWS grants an account
FORM = "application/x-www-form-urlencoded; charset=utf-8"
REGION = "us-east-1"
MOTO_HEADERS = {"Content-Type": FORM, "Authorization": f"AWS4-HMAC-SHA256 Credential=testing/20200101/{REGION}/iam/x"}


class Bench:
    """A running product with an administrator, and a user whom the questions are about."""

    def __init__(self, product: Product) -> None:
        made = product.bootstrap("bench")
        product.manage("shell", "-c", QUOTA.format(account=made["AccountId"]))
        self.url, self.account = product.url, made["AccountId"]
        self.credentials = Credentials(made["Admin"]["AccessKeyId"], made["Admin"]["SecretAccessKey"])
        self._names = count()
        product.start()
        self.iam = self.client()
        self._fill()
        self.bearer = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}

    def client(self) -> Any:
        keys = (self.credentials.access_key, self.credentials.secret_key)
        return boto3.client("iam", REGION, None, True, None, self.url, *keys)

    def _fill(self) -> None:
        self.iam.create_user(UserName="ada")
        for number_ in range(POLICIES):
            statements = [
                {"Effect": "Allow", "Action": f"s3:Get{n or ''}*", "Resource": f"arn:aws:s3:::reports{number_ or ''}/*"}
                for n in range(STATEMENTS)
            ]
            document = json.dumps({"Version": "2012-10-17", "Statement": statements})
            made = self.iam.create_policy(PolicyName=f"bench-{number_}", PolicyDocument=document)
            self.iam.attach_user_policy(UserName="ada", PolicyArn=made["Policy"]["Arn"])

    def _token(self) -> str:
        headers, body = self.signed("/api/v1/tokens", "{}", {"Content-Type": "application/json"})
        asked = urllib.request.Request(f"{self.url}/api/v1/tokens", body.encode(), dict(headers), method="POST")
        with urllib.request.urlopen(asked) as answer:
            return str(json.load(answer)["Token"])

    def signed(self, path: str, body: str, headers: Mapping[str, str]) -> tuple[Mapping[str, str], str]:
        """The headers of a request that was signed with the administrator's key, and its body."""
        request = AWSRequest("POST", f"{self.url}{path}", data=body, headers=dict(headers))
        SigV4Auth(self.credentials, "iam", REGION).add_auth(request)
        return dict(request.headers), body

    def question(self, action: str = "s3:GetObject") -> dict[str, str]:
        arn = f"arn:aws:iam::{self.account}:user/ada"
        return {"principal": arn, "action": action, "resource": "arn:aws:s3:::reports/x"}

    def authorize(self, asked: Any, *, detail: str = "?detail=none") -> Load:
        return Load(f"{self.url}/api/v1/authorize{detail}", "POST", self.bearer, json.dumps(asked))

    def authorize_signed(self) -> Load:
        path = "/api/v1/authorize?detail=none"
        headers, body = self.signed(path, json.dumps(self.question()), {"Content-Type": "application/json"})
        return Load(f"{self.url}{path}", "POST", headers, body)

    def query(self, action: str, **members: str) -> Load:
        headers, body = self.signed("/", _form(action, members), {"Content-Type": FORM})
        return Load(f"{self.url}/", "POST", headers, body)

    def creations(self) -> Load:
        """CreateUser with a new name each time, signed beforehand."""
        each = [
            self.signed("/", _form("CreateUser", {"UserName": f"new-{next(self._names)}"}), {"Content-Type": FORM})
            for _ in range(MOST_WRITES)
        ]
        return Load(f"{self.url}/", "POST", each=each)


def _form(action: str, members: Mapping[str, str]) -> str:
    return urlencode({"Action": action, "Version": "2010-05-08", **members})


def medians(rounds: list[list[Outcome]]) -> list[Outcome]:
    """Of each load over the rounds."""
    return [
        Outcome(*(statistics.median(getattr(one, name) for one in outcomes) for name in ("rate", "p50", "p99")))
        for outcomes in zip(*rounds, strict=True)
    ]


@contextmanager
def process(*command: str, port: int) -> Iterator[str]:
    """A server of somebody else's; gives its URL once it answers."""
    url = f"http://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, cwd=ROOT, **quiet)  # type: ignore[call-overload]
    try:
        deadline = time.monotonic() + PATIENCE
        while not _answers(url):
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{' '.join(command)} did not start")
            time.sleep(0.1)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=1).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def bare() -> Any:
    port, granian = free_port(), str(Path(sys.executable).with_name("granian"))
    words = ("--interface", "wsgi", "--workers", "2", "--blocking-threads", "1", "--no-ws", "--port", str(port))
    return process(granian, *words, "tests.bench.bare:application", port=port)


def moto() -> Any:
    port = free_port()
    return process(str(Path(sys.executable).with_name("moto_server")), "-p", str(port), port=port)


def report() -> str:
    """The section of the report."""
    with ExitStack() as servers:
        place = servers.enter_context(tempfile.TemporaryDirectory())
        bench = Bench(servers.enter_context(Product(Path(place))))
        loads = {
            "bare WSGI server, reads the body and answers a constant": (
                Load(servers.enter_context(bare()), "POST", bench.bearer, json.dumps(bench.question())),
                1,
                "",
            ),
            "decision, bearer, `?detail=none`": (bench.authorize(bench.question()), 1, "≥ 15,000; p99 ≤ 5 ms"),
            "decision with reasons, allowed": (bench.authorize(bench.question(), detail=""), 1, ""),
            "decision with reasons, denied": (bench.authorize(bench.question("s3:PutObject"), detail=""), 1, ""),
            f"decisions in batches of {BATCH}": (bench.authorize([bench.question()] * BATCH), BATCH, "≥ 200,000"),
            "decision, SigV4 verified": (bench.authorize_signed(), 1, "≥ 8,000"),
            "GetUser, signed, authorized": (bench.query("GetUser", UserName="ada"), 1, "≥ 4 times moto's"),
        }
        rates = medians([[put(load) for load, _, _ in loads.values()] for _ in range(RUNS)])
        halves = [put(load, half_of=at.rate) for (load, _, _), at in zip(loads.values(), rates, strict=True)]
        rows = [
            [name, number(at.rate * size), number(half.p50), number(half.p99), target]
            for (name, (_, size, target)), at, half in zip(loads.items(), rates, halves, strict=True)
        ]
        rows += _beside_moto(bench, servers.enter_context(moto()))
    head = ["what", "a second", "p50 ms at half load", "p99 ms at half load", "target"]
    return f"""## Over HTTP

`make run`'s server (granian, 2 workers) on SQLite; `wrk` with {CONNECTIONS} connections for {SECONDS} s on the same
cores, so client and server share them; the principal has {POLICIES} policies of {STATEMENTS} statements. moto
{version("moto")} verifies no signature, authorizes and records nothing.

{table(head, rows)}
"""


def _beside_moto(bench: Bench, moto_url: str) -> list[list[str]]:
    theirs = boto3.client("iam", REGION, None, True, None, moto_url, "testing", "testing")
    theirs.create_user(UserName="ada")
    written = medians([[put(bench.creations())] for _ in range(RUNS)])[0]

    def ask_moto(action: str, **members: str) -> Load:
        return Load(f"{moto_url}/", "POST", MOTO_HEADERS, _form(action, members))

    their_reads = medians([[put(ask_moto("GetUser", UserName="ada"))] for _ in range(RUNS)])[0]
    for client in (bench.iam, theirs):
        for n in range(LISTED):
            client.create_user(UserName=f"listed-{n}")

    return [
        ["GetUser of moto's server", number(their_reads.rate), "", "", ""],
        ["CreateUser: durable, audited, replicated", number(written.rate), "", "", "≥ 300"],
        [f"ListUsers of {LISTED:,}", f"{number(_listing(bench.url, bench.query))} ms", "", "", "≤ 60 ms"],
        ["the same, moto's server", f"{number(_listing(moto_url, ask_moto))} ms", "", "", ""],
    ]


def _listing(url: str, query: Callable[..., Load]) -> float:
    """Milliseconds until 1,000 users are here, in as few calls as the server takes for it; nothing parsed."""

    def call() -> None:
        found, marker = 0, {}
        while found < LISTED:
            asked = query("ListUsers", MaxItems=str(LISTED), **marker)
            request = urllib.request.Request(url, asked.body.encode(), dict(asked.headers), method="POST")
            with urllib.request.urlopen(request) as answer:
                text = answer.read().decode()
            found += text.count("<UserName>")
            marker = {"Marker": text.partition("<Marker>")[2].partition("</Marker>")[0]}

    return milliseconds(call)

"""Requests to this server as they are written elsewhere: in a shell, in Python, in a proxy's configuration."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pprint import pformat
from typing import Any, Final

from iamconsole.interfaces.console.visit import Visit
from iamconsole.kernel.names import aws_name
from iamconsole.kernel.operation import Operation

AUTHORIZE: Final = "/api/v1/authorize"
REST: Final = "/api/v1"
PLACE: Final = re.compile(r"\$\{(\w+)\}")
FIXED: Final = {"Partition": "aws", "Region": "us-east-1"}


def server(visit: Visit) -> str:
    """Where the browser found this server, without a slash at the end."""
    return visit.request.build_absolute_uri("/").rstrip("/")


def curl(address: str, body: Any, *, method: str = "POST") -> str:
    """A signed request for a shell; the keys stay in the environment."""
    lines = [
        f"curl -sS -X {method} {shlex.quote(address)}",
        "--aws-sigv4 aws:amz:us-east-1:iamconsole",
        '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"',
        "-H 'Content-Type: application/json'",
        f"-d {shlex.quote(_json(body))}",
    ]
    return " \\\n  ".join(lines)


def python(address: str, body: Any, *, method: str = "POST") -> str:
    """The same in Python with botocore, which takes the keys from where boto3 takes them."""
    text = pformat(body, width=100, sort_dicts=False)
    return f'''import json
import urllib.request

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

url = {json.dumps(address)}
body = json.dumps({text}).encode()
signed = AWSRequest("{method}", url, data=body, headers={{"Content-Type": "application/json"}})
SigV4Auth(Session().get_credentials(), "iamconsole", "us-east-1").add_auth(signed)
request = urllib.request.Request(url, body, dict(signed.headers), method="{method}")
with urllib.request.urlopen(request) as answer:
    print(json.load(answer))'''


def of_operation(visit: Visit, operation: Operation, members: Mapping[str, Any]) -> list[dict[str, str]]:
    """An operation of the product's own through the REST door, as _cli.html shows it: {key, label, text}."""
    assert operation.rest is not None
    given = {name: value for name, value in members.items() if value not in (None, "", [])}
    path = PATH_MEMBER.sub(lambda found: str(given.pop(found[1], "NAME")), operation.rest.path)
    address, method = f"{server(visit)}{REST}{path}", operation.rest.method
    return [
        {"key": "curl", "label": "curl", "text": curl(address, named(given), method=method)},
        {"key": "python", "label": "Python, boto3's signer", "text": python(address, named(given), method=method)},
    ]


PATH_MEMBER: Final = re.compile(r"\{(\w+)\}")


def named(value: Any) -> Any:
    """Members under AWS's names."""
    if isinstance(value, list):
        return [named(each) for each in value]
    if isinstance(value, Mapping):
        return {aws_name(key): named(each) for key, each in value.items()}
    return value


def filled(template: str, account_id: str, *, place: str = "example") -> str:
    """An ARN template with something in every place."""
    known = {**FIXED, "Account": account_id}
    return PLACE.sub(lambda found: known.get(found[1], place), template)


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)


def pretty(body: Any) -> str:
    """JSON for reading."""
    return json.dumps(body, indent=2, ensure_ascii=False)

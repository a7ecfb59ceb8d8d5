"""Programs beside the browsers: stock boto3 that calls the live server over its socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config

Programs = Callable[..., Any]
"""`program(key)`: a boto3 client of whoever holds the key; `program(key, "sts")` one of another service."""


@pytest.fixture
def program(live_server: Any) -> Programs:
    def make(key: dict[str, str], service: str = "iam") -> Any:
        return boto3.client(
            service,
            endpoint_url=live_server.url,
            region_name="us-east-1",
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            aws_session_token=key.get("SessionToken"),
            config=Config(retries={"max_attempts": 0}, user_agent="journey"),
        )

    return make

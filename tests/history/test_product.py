"""The thread itself, in the processes of a running product."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from iamconsole.client import AccessKey, Client
from tests.support.product import PATIENCE, Product

QUESTIONS = 40


def counts(product: Product, account_id: str, action: str) -> int:
    told = product.manage("iam", "list-access-history", "--action", action, "--account", account_id, "--output", "json")
    return sum(entry["Count"] for entry in json.loads(told)["Entries"])


def ask(product: Product, made: dict[str, Any], action: str) -> None:
    key = AccessKey(made["Admin"]["AccessKeyId"], made["Admin"]["SecretAccessKey"])
    for number in range(QUESTIONS):  # connections of their own, so that they spread over the processes
        with Client(product.url, key=key) as client:
            client.authorize(f"arn:aws:iam::{made['AccountId']}:user/admin", action, f"arn:aws:s3:::x/{number % 5}")


@pytest.mark.slow
def test_every_decision_of_every_process_is_written_and_an_orderly_end_loses_none(tables: None, tmp_path: Path) -> None:
    with Product(tmp_path) as product:
        made = product.bootstrap("history")
        product.start()
        ask(product, made, "s3:GetObject")
        deadline = time.monotonic() + PATIENCE
        while (found := counts(product, made["AccountId"], "s3:GetObject")) < QUESTIONS:
            assert time.monotonic() < deadline, found
        assert found == QUESTIONS
        ask(product, made, "s3:PutObject")
        product.stop()
        assert counts(product, made["AccountId"], "s3:PutObject") == QUESTIONS
        assert counts(product, made["AccountId"], "iamconsole:ListAccessHistory") > 0  # commands write theirs too

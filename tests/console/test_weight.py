"""What the list of users weighs as a browser loads it, and what is compressed at all."""

from __future__ import annotations

import gzip
import re
from typing import Any

from django.contrib.staticfiles import finders
from django.test import Client

from tests.console.test_lists import users
from tests.console.weighing import linked
from tests.support.tenants import Tenant
from tests.support.write_guard import setting_up

MOST = 60_000  # bytes
AS_BROWSERS_DO = {"accept-encoding": "gzip, deflate, br"}
MASKED = re.compile(rb'name="csrfmiddlewaretoken" value="(\w+)"')


def source(address: str) -> str:
    """The text of a static file, out of the folders that are collected."""
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str), address
    with open(found, encoding="utf-8") as text:
        return text.read()


def test_the_list_of_users_is_light(tenant: Tenant, admin: Client) -> None:
    with setting_up():
        users(tenant, 30)
    answer = admin.get("/console/users/", headers=AS_BROWSERS_DO)
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    files = linked(gzip.decompress(answer.content).decode(), source)
    assert {each.rpartition(".")[2] for each in files} == {"css", "js"}
    weights = {each: len(gzip.compress(source(each).encode())) for each in files} | {"HTML": len(answer.content)}
    assert sum(weights.values()) < MOST, weights


def test_an_answer_to_what_is_posted_is_not_compressed(tenant: Tenant, admin: Client) -> None:
    """It may show a secret that is shown once beside what was sent."""
    tenant.run("iam:CreateUser", user_name="ada")
    answer: Any = admin.post("/console/users/ada/keys/", {"do": "create"}, headers=AS_BROWSERS_DO)
    assert "Content-Encoding" not in answer
    assert b"AKIA" in answer.content


def test_what_must_not_be_guessed_is_masked_anew_each_time_and_the_length_varies(admin: Client) -> None:
    answers = [admin.get("/console/users/", headers=AS_BROWSERS_DO).content for _ in range(12)]
    tokens = [MASKED.findall(gzip.decompress(each))[0] for each in answers]
    assert len(set(tokens)) == len(tokens)
    assert len({len(each) for each in answers}) > 1

"""Addresses that no client of ours would send get an answer, not a failure."""

from __future__ import annotations

import pytest

from tests.rest.signed import Rest


@pytest.mark.parametrize(
    "path", ["/users/%E2%82%AC", "/users/%C3%A9", "/users/%FF", "/policies/arn:aws:iam::aws:policy/%E2%82%AC"]
)
def test_a_path_beyond_latin_1(rest: Rest, anonymous: Rest, path: str) -> None:
    assert anonymous.get(path).status == 401
    assert rest.get(path).status in (400, 401, 404)


@pytest.mark.parametrize(
    "query",
    [
        "Since=0001-01-01T00:00:00%2B14:00",
        "Until=9999-12-31T23:59:59-14:00",
        "Marker=MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMCA1",
    ],
)
def test_times_beyond_the_calendar(rest: Rest, query: str) -> None:
    answer = rest.get(f"/audit/events?{query}")
    assert (answer.status, answer.code) == (400, "ValidationError")


def test_tokens_do_not_come_back_with_the_key(rest: Rest) -> None:
    key = rest.key["AccessKeyId"]
    token = rest.post("/tokens").body["Token"]
    bearer = Rest(rest.app, headers={"Authorization": f"Bearer {token}"})
    assert bearer.get("/users").status == 200
    other = rest.post("/users/admin/access-keys").body["AccessKey"]
    second = Rest(rest.app, {name: other[name] for name in ("AccessKeyId", "SecretAccessKey")})
    for status in ("Inactive", "Active"):
        assert second.send("PATCH", f"/users/admin/access-keys/{key}", {"Status": status}).status == 204
        assert bearer.get("/users").status == 401

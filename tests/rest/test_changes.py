"""Consistency tokens at the REST door."""

from __future__ import annotations

from tests.rest.signed import Rest


def test_a_change_tells_where_it_is(rest: Rest, anonymous: Rest) -> None:
    token = rest.post("/users", {"UserName": "ada"}).headers["X-Iam-Consistency-Token"]
    progress = rest.get(f"/changes/{token}")
    assert progress.body == {
        "token": token,
        "regions": [{"name": "home", "state": "home", "applied": True, "lagMs": 0}],
        "everywhere": True,
    }
    assert anonymous.get(f"/changes/{token}").status == 401


def test_a_forged_token_is_refused(rest: Rest) -> None:
    token = rest.post("/users", {"UserName": "ada"}).headers["X-Iam-Consistency-Token"]
    forged = ("A" if token[0] != "A" else "B") + token[1:]
    refused = rest.get(f"/changes/{forged}")
    assert (refused.status, refused.code) == (400, "InvalidInput")


def test_questions_leave_no_token(rest: Rest) -> None:
    assert "X-Iam-Consistency-Token" not in rest.get("/users").headers

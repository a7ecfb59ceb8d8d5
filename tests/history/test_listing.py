"""Reading the history: by filter, page by page, and never another account's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from iamconsole.audit.history.recorder import recorder
from iamconsole.runtime.metrics import registry
from policies.engine import Principal, PrincipalType
from tests.history.support import decision
from tests.query.aws import allow, document
from tests.rest.signed import Rest
from tests.support.tenants import Tenant

START = datetime(2027, 3, 1, 12, tzinfo=UTC)


def person(tenant: Tenant, name: str) -> Principal:
    arn = f"arn:aws:iam::{tenant.account_id}:user/{name}"
    return Principal(PrincipalType.USER, tenant.account_id, arn, f"AIDA{name}", f"AIDA{name}")


@pytest.fixture
def decided(tenant: Tenant, other: Tenant) -> Tenant:
    """Six decisions, one an hour, of two principals; and one of another account."""
    recorder.forget()
    for hour, name in enumerate(("ada", "bob") * 3):
        with time_machine.travel(START + timedelta(hours=hour), tick=False):
            resource = f"arn:aws:s3:::{'reports' if hour < 4 else 'elsewhere'}/{hour}"
            action = "s3:PutObject" if hour == 3 else "s3:GetObject"
            recorder.decided(decision(resource, action=action, principal=person(tenant, name)), "decisions")
    recorder.decided(decision("arn:aws:s3:::reports/theirs", principal=person(other, "ada")), "decisions")
    assert recorder.flush()
    return tenant


def resources(answer: Any) -> list[str]:
    return [entry["Resource"].rpartition("/")[2] for entry in answer.body["Entries"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Action=s3:GetObject", "54210"),
        ("Action=s3:PutObject", "3"),
        ("Principal=AIDAada", "420"),
        ("Principal=arn:aws:iam::ACCOUNT:user/bob", "531"),
        ("Principal=ada", ""),
        ("Resource=arn:aws:s3:::reports/2", "2"),
        ("Verdict=ALLOW", "210"),
        ("Verdict=IMPLICIT_DENY", "543"),
        ("Verdict=EXPLICIT_DENY", ""),
        ("Since=2027-03-01T15:00:00Z&Until=2027-03-01T16:00:00Z", "43"),
        ("Principal=AIDAbob&Verdict=IMPLICIT_DENY", "53"),
    ],
)
def test_every_filter(decided: Tenant, query: str, found: str) -> None:
    asked = query.replace("ACCOUNT", decided.account_id)
    answer = Rest(decided.app, decided.admin_key).get(f"/access-history?{asked}")
    assert answer.status == 200, answer.content
    assert "".join(resources(answer)) == found


def test_pages(decided: Tenant) -> None:
    rest, marker, seen = Rest(decided.app, decided.admin_key), "", ""
    while True:
        answer = rest.get(f"/access-history?Principal=AIDAada&MaxItems=2{marker}")
        seen += "".join(resources(answer)) + "|"
        if not answer.body["IsTruncated"]:
            break
        marker = f"&Marker={answer.body['Marker']}"
    assert seen == "42|0|"
    for wrong in ("AAAA", "MTIz", "JCQk"):
        assert rest.get(f"/access-history?Marker={wrong}").status == 400


def test_a_page_costs_the_same_however_much_there_is(decided: Tenant) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            decided.run("iamconsole:ListAccessHistory")
        return len(asked)

    decided.run("iamconsole:ListAccessHistory")
    before = cost()
    for number in range(40):
        recorder.decided(decision(f"arn:aws:s3:::reports/x{number}", principal=person(decided, "ada")), "decisions")
    assert recorder.flush()
    assert cost() == before <= 2


def test_no_account_sees_anothers(decided: Tenant, other: Tenant) -> None:
    theirs = Rest(other.app, other.admin_key)
    assert "theirs" in resources(theirs.get("/access-history?Action=s3:GetObject"))
    for query in ("Principal=AIDAbob", "Resource=arn:aws:s3:::reports/2", "Action=s3:PutObject"):
        assert resources(theirs.get(f"/access-history?{query}")) == []
    assert resources(theirs.get("/access-history?Principal=AIDAada")) == ["theirs"]
    marker = Rest(decided.app, decided.admin_key).get("/access-history?Principal=AIDAada&MaxItems=1").body["Marker"]
    assert resources(theirs.get(f"/access-history?Principal=AIDAbob&Marker={marker}")) == []
    summary = theirs.get("/access-history/summary").body
    assert {each["Name"]: each["Count"] for each in summary["Verdicts"]}.get("IMPLICIT_DENY") is None


@pytest.mark.parametrize(
    ("path", "action"),
    [("/access-history", "ListAccessHistory"), ("/access-history/summary", "GetAccessHistorySummary")],
)
def test_it_takes_the_right(decided: Tenant, path: str, action: str) -> None:
    assert Rest(decided.app, decided.user("eve")).get(path).status == 403
    assert Rest(decided.app, decided.user("eva", document(allow(f"iamconsole:{action}")))).get(path).status == 200


def test_the_summary_says_what_is_missing(decided: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "most", 1)
    for _ in range(3):
        recorder.decided(decision(principal=person(decided, "ada")), "decisions")
    assert recorder.flush()
    told = decided.run("iamconsole:GetAccessHistorySummary")
    assert {each.name: each.count for each in told.missing} == {"decision": 2}
    assert {each.name: each.count for each in told.verdicts} == {"ALLOW": 4, "IMPLICIT_DENY": 3}
    assert (told.rows, told.last_time) == (7, START + timedelta(hours=5))
    assert registry.get_sample_value("iam_access_history_missing", {"what": "decision"}) == 2
    assert registry.get_sample_value("iam_access_history_missing", {"what": "row"}) == 0

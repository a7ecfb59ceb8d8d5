"""Policy ARNs in the path: raw or percent-encoded, with paths of their own, before every suffix."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.rest.examples import DOCUMENT
from tests.rest.signed import Rest

SPELLINGS = {"raw": "/:", "one-segment": "", "slashes-kept": "/"}


@pytest.fixture(params=SPELLINGS.values(), ids=SPELLINGS)
def safe(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("path", ["/", "/a/", "/a/b/"])
def test_everything_about_a_policy_is_found(rest: Rest, safe: str, path: str) -> None:
    arn = rest.post("/policies", {"PolicyName": "p", "Path": path, "PolicyDocument": DOCUMENT}).body["Policy"]["Arn"]
    here = f"/policies/{quote(arn, safe=safe)}"
    assert rest.get(here).body["Policy"]["Arn"] == arn
    assert rest.send("POST", f"{here}/tags", {"Tags": [{"Key": "team", "Value": "red"}]}).status == 204
    assert rest.get(f"{here}/tags").body["Tags"] == [{"Key": "team", "Value": "red"}]
    assert rest.post(f"{here}/versions", {"PolicyDocument": DOCUMENT}).status == 201
    assert rest.get(f"{here}/versions/v1").body["PolicyVersion"]["Document"] == DOCUMENT
    assert [v["VersionId"] for v in rest.get(f"{here}/versions").body["Versions"]] == ["v2", "v1"]
    assert rest.send("PUT", f"{here}/default-version", {"VersionId": "v2"}).status == 204
    assert rest.send("DELETE", f"{here}/versions/v1").status == 204
    assert rest.get(f"{here}/entities").body["PolicyUsers"] == []
    assert rest.send("DELETE", here).status == 204


@pytest.mark.parametrize("name", ["tags", "versions", "entities", "default-version"])
def test_a_policy_may_be_named_like_a_suffix(rest: Rest, name: str) -> None:
    arn = rest.post("/policies", {"PolicyName": name, "PolicyDocument": DOCUMENT}).body["Policy"]["Arn"]
    assert rest.get(f"/policies/{arn}").body["Policy"]["PolicyName"] == name
    assert rest.get(f"/policies/{arn}/tags").body["Tags"] == []


def test_attachments_end_in_an_arn(rest: Rest, safe: str) -> None:
    arn = rest.post("/policies", {"PolicyName": "p", "Path": "/a/b/", "PolicyDocument": DOCUMENT}).body["Policy"]["Arn"]
    rest.post("/users", {"UserName": "ada"})
    assert rest.post("/users/ada/attached-policies", {"PolicyArn": arn}).status == 204
    assert rest.send("DELETE", f"/users/ada/attached-policies/{quote(arn, safe=safe)}").status == 204
    assert rest.get("/users/ada/attached-policies").body["AttachedPolicies"] == []


def test_one_segment_that_reads_like_a_suffix_is_refused_rather_than_misread(rest: Rest) -> None:
    arns = [
        rest.post("/policies", {"PolicyName": name, "Path": path, "PolicyDocument": DOCUMENT}).body["Policy"]["Arn"]
        for name, path in (("x", "/"), ("tags", "/x/"))
    ]
    assert rest.get(f"/policies/{quote(arns[1], safe='')}").code == "SignatureDoesNotMatch"


def test_names_may_be_percent_encoded(rest: Rest) -> None:
    rest.post("/users", {"UserName": "ada+b=c,d.e@f"})
    assert rest.get(f"/users/{quote('ada+b=c,d.e@f', safe='')}").status == 200
    assert rest.get("/users/ada+b=c,d.e@f").status == 200

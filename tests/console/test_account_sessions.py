"""Account settings about sessions: the STS preference, and limits with the place where each is changed."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from accounts.models import Account
from tests.console.client import sign_in, with_password
from tests.console.furniture import allowing
from tests.support.tenants import Tenant

ACCOUNT, STS = "/console/account/", "/console/account/sts/"


def test_the_version_of_tokens_is_set(tenant: Tenant, admin: Client) -> None:
    assert re.search(r'value="v1Token"\s+selected', admin.get(ACCOUNT).content.decode())
    assert admin.post(STS, {"global_endpoint_token_version": "v2Token"})["Location"] == ACCOUNT
    assert Account.objects.get(pk=tenant.account_id).token_version == 2
    html = admin.get(ACCOUNT).content.decode()
    assert "The STS preference was saved." in html
    assert re.search(r'value="v2Token"\s+selected', html)
    wrong = admin.post(STS, {"global_endpoint_token_version": "v3Token"})
    assert wrong.status_code == 400
    assert "id_global_endpoint_token_version_error" in wrong.content.decode()
    assert admin.get(STS)["Location"] == ACCOUNT


def test_limits_are_told_with_the_place_where_they_are_changed(admin: Client, settings: Any) -> None:
    settings.IAM_REGIONS = {"eu-1": "", "us-1": ""}
    html = admin.get(ACCOUNT).content.decode()
    for text in ("eu-1", "us-1", "12 hours", "1 hour", "IAM_DECISION_RETENTION", "AWS Organizations"):
        assert text in html


def test_who_may_not_set_it_sees_what_it_is(tenant: Tenant) -> None:
    with_password(tenant, "reader", allowing("iam:ListAccountAliases", "iam:GetAccountSummary"))
    client = sign_in(tenant, "reader")
    html = client.get(ACCOUNT).content.decode()
    assert "Version 1" in html
    assert 'action="/console/account/sts/"' not in html
    assert client.post(STS, {"global_endpoint_token_version": "v2Token"}).status_code == 403
    with_password(tenant, "less", allowing("iam:ListAccountAliases"))
    html = sign_in(tenant, "less").get(ACCOUNT).content.decode()
    assert "not authorized to perform: iam:GetAccountSummary" in html

"""Signing in as people do, for tests of pages."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.support.tenants import PASSWORD, Tenant


def sign_in(tenant: Tenant, name: str, **options: Any) -> Client:
    """A client whose user typed account, name and password into the sign-in form."""
    client = Client(**options)
    form = {"account": tenant.alias, "user_name": name, "password": PASSWORD}
    response = client.post("/console/signin/", form)
    assert response.status_code == 302, response.content.decode()
    return client


def with_password(tenant: Tenant, name: str, *documents: str) -> None:
    """A user who may sign in, with inline policies."""
    tenant.run("iam:CreateUser", user_name=name)
    for index, document in enumerate(documents):
        tenant.run("iam:PutUserPolicy", user_name=name, policy_name=f"p{index}", policy_document=document)
    tenant.run("iam:CreateLoginProfile", user_name=name, password=PASSWORD)


def streamed(response: Any) -> str:
    """The text of a download, once all of it was sent."""
    return b"".join(response.streaming_content).decode()

"""Creating a role: every kind of trusted entity, the policy it makes, its three views, what is missing, and copies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Role
from tests.console.client import sign_in, with_password
from tests.console.furniture import ALLOW, TRUST, allowing, furnish
from tests.support.tenants import Tenant

CREATE, BUILT = "/console/create/role/", "/console/create/role/trust/"
OIDC, SAML = "arn:aws:iam::{account}:oidc-provider/idp.example.com", "arn:aws:iam::{account}:saml-provider/Corp"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
ROOT = "arn:aws:iam::{account}:root"
ASSUME = "sts:AssumeRole"

# What is filled in, and the principal, action and condition of the policy that it makes.
KINDS: dict[str, tuple[dict[str, str], dict[str, str], str, dict[str, Any] | None]] = {
    "this account": ({"trusted": "this-account"}, {"AWS": ROOT}, ASSUME, None),
    "this account with MFA": ({"trusted": "this-account", "require_mfa": "on"}, {"AWS": ROOT}, ASSUME, MFA),
    "a user": (
        {"trusted": "principal", "principal": "user/ada"}, {"AWS": "arn:aws:iam::{account}:user/ada"}, ASSUME, None,
    ),
    "a role by its path": (
        {"trusted": "principal", "principal": "role/deep"}, {"AWS": "arn:aws:iam::{account}:role/x/deep"}, ASSUME, None,
    ),
    "a third party": (
        {"trusted": "other-account", "account_id": "2100-0000-0002", "external_id": "x1", "require_mfa": "on"},
        {"AWS": "arn:aws:iam::210000000002:root"}, ASSUME, {"StringEquals": {"sts:ExternalId": "x1"}, **MFA},
    ),
    "a service": (
        {"trusted": "service", "service": "ec2.amazonaws.com", "require_mfa": "on", "external_id": "of another choice"},
        {"Service": "ec2.amazonaws.com"}, ASSUME, None,
    ),
    "OpenID Connect": (
        {"trusted": "oidc", "oidc_provider": OIDC, "audience": "app", "subject": "repo:acme/*"},
        {"Federated": OIDC}, "sts:AssumeRoleWithWebIdentity",
        {"StringEquals": {"idp.example.com:aud": "app"}, "StringLike": {"idp.example.com:sub": "repo:acme/*"}},
    ),
    "one person of OpenID Connect": (
        {"trusted": "oidc", "oidc_provider": OIDC, "audience": "app", "subject": "ada"},
        {"Federated": OIDC}, "sts:AssumeRoleWithWebIdentity",
        {"StringEquals": {"idp.example.com:aud": "app", "idp.example.com:sub": "ada"}},
    ),
    "SAML": (
        {"trusted": "saml", "saml_provider": SAML}, {"Federated": SAML}, "sts:AssumeRoleWithSAML",
        {"StringEquals": {"SAML:aud": "http://testserver/saml"}},
    ),
}  # fmt: skip


def trust_of(tenant: Tenant, name: str) -> Any:
    return json.loads(Role.objects.get(account_id=tenant.account_id, name=name).trust_policy)


@pytest.mark.parametrize("name", KINDS)
def test_a_role_of_each_kind_is_made_as_it_was_shown(tenant: Tenant, admin: Client, settings: Any, name: str) -> None:
    settings.IAM_PUBLIC_URL = "http://testserver"
    furnish(tenant)
    tenant.run("iam:CreateRole", role_name="deep", path="/x/", assume_role_policy_document=TRUST)
    sent, principal, action, condition = json.loads(json.dumps(KINDS[name]).replace("{account}", tenant.account_id))
    shown = admin.post(BUILT, sent).content.decode()
    assert json.dumps(principal).strip("{}").replace('"', "&quot;") in shown
    assert 'class="plain"' in shown
    assert 'data-severity="error"' not in shown
    made = admin.post(CREATE, {"role_name": "job", **sent})
    assert made.status_code == 302, made.content.decode()
    (statement,) = trust_of(tenant, "job")["Statement"]
    wanted = {"Effect": "Allow", "Principal": principal, "Action": action}
    assert statement == (wanted | {"Condition": condition} if condition else wanted)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"trusted": "principal"}, "principal"),
        ({"trusted": "other-account", "external_id": "x"}, "account_id"),
        ({"trusted": "oidc", "subject": "ada"}, "oidc_provider"),
        ({"trusted": "saml"}, "saml_provider"),
        ({"trusted": "nobody"}, "trusted"),
    ],
)
def test_nothing_typed_is_lost_when_something_is_missing(admin: Client, sent: dict[str, str], field: str) -> None:
    assert "Fill in what the choice needs" in admin.post(BUILT, sent).content.decode()
    form = {"role_name": "job", "description": "kept", "tag_key": ["team"], "tag_value": ["blue"], **sent}
    response = admin.post(CREATE, form)
    html = response.content.decode()
    assert response.status_code == 400
    assert f'id="id_{field}_error"' in html
    for value in ("job", "kept", "team", "blue", *(each for name, each in sent.items() if name != "trusted")):
        assert f'value="{value}"' in html


def test_what_was_built_is_taken_over_into_each_view_and_saved_from_there(tenant: Tenant, admin: Client) -> None:
    arn = furnish(tenant)["policy"]
    form = {"role_name": "job", "trusted": "other-account", "account_id": "210000000002", "policy_arns": [arn]}
    html = admin.post(CREATE, {**form, "view": "json"}).content.decode()
    assert 'id="policy-document"' in html
    assert "&quot;AWS&quot;: &quot;arn:aws:iam::210000000002:root&quot;" in html
    assert f"\n{arn}\n</textarea>" in html
    chosen = admin.post(CREATE, {**form, "trusted": "custom", "before": "other-account", "view": "json"})
    assert "arn:aws:iam::210000000002:root" in chosen.content.decode()
    nothing = admin.post(CREATE, {**form, "trusted": "custom", "before": "nobody", "view": "json"}).content.decode()
    assert "&quot;Statement&quot;: []" in nothing
    written = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "210000000002"}, "Action": "sts:AssumeRole"}
    ]})  # fmt: skip
    custom = {**form, "trusted": "custom", "assume_role_policy_document": written, "shown": "json"}
    assert 'name="s0-principals"' in admin.post(CREATE, {**custom, "view": "visual"}).content.decode()
    assert 'class="sentences"' in admin.post(CREATE, {**custom, "view": "plain"}).content.decode()
    visual = {
        **custom, "shown": "visual", "statement": ["0"], "s0-original": "", "s0-effect": "Allow",
        "s0-principals": "AWS 210000000003", "s0-patterns": "sts:AssumeRole",
    }  # fmt: skip
    assert not Role.objects.filter(account_id=tenant.account_id, name="job").exists()
    assert admin.post(CREATE, visual).status_code == 302
    assert trust_of(tenant, "job")["Statement"][0]["Principal"] == {"AWS": "210000000003"}


def test_what_was_written_waits_while_another_choice_is_tried(tenant: Tenant, admin: Client) -> None:
    form = {"role_name": "", "trusted": "service", "service": "ec2.amazonaws.com", "shown": "visual"}
    broken = {**form, "assume_role_policy_document": TRUST, "statement": ["0"], "s0-original": "", "s0-json": "{"}
    html = admin.post(CREATE, broken).content.decode()
    assert 'id="id_role_name_error"' in html
    assert 'name="assume_role_policy_document" hidden' in html
    assert "document-errors" not in html
    back = admin.post(CREATE, {**broken, "trusted": "custom"})
    assert back.status_code == 400
    assert "document-errors" in back.content.decode()
    assert admin.post(CREATE, {**broken, "role_name": "job"}).status_code == 302
    assert trust_of(tenant, "job")["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}


def test_another_account_on_its_number_alone_is_remarked_on(tenant: Tenant, admin: Client) -> None:
    form = {"trusted": "other-account", "account_id": "210000000002"}
    said = "account 210000000002 is let in on its number alone"
    assert said in admin.post(BUILT, form).content.decode()
    for enough in ({"external_id": "x1"}, {"require_mfa": "on"}):
        assert said not in admin.post(BUILT, form | enough).content.decode()
    own = {"trusted": "other-account", "account_id": tenant.account_id}
    assert "on its number alone" not in admin.post(BUILT, own).content.decode()
    document = TRUST.replace('"Service":"ec2.amazonaws.com"', '"AWS":"arn:aws:iam::210000000002:user/eve"')
    assert said in admin.post("/console/check/trust/", {"policy_document": document}).content.decode()
    assert "number alone" not in admin.post("/console/check/identity/", {"policy_document": document}).content.decode()


def test_a_provider_fills_in_what_it_knows(tenant: Tenant, admin: Client) -> None:
    furnish(tenant)
    html = admin.get(f"{CREATE}?provider={OIDC.format(account=tenant.account_id)}").content.decode()
    assert 'name="audience" value="app"' in html
    assert "idp.example.com:aud&quot;: &quot;app&quot;" in html


def test_a_copy_has_what_the_role_has(tenant: Tenant, admin: Client) -> None:
    arn = furnish(tenant)["policy"]
    tenant.run("iam:PutRolePolicy", role_name="reader", policy_name="own", policy_document=ALLOW)
    tenant.run("iam:TagRole", role_name="reader", tags=[{"key": "team", "value": "blue"}])
    tenant.run("iam:UpdateRole", role_name="reader", max_session_duration=7200)
    html = admin.get("/console/roles/reader/").content.decode()
    assert 'href="/console/create/role/?copy=reader"' in html
    html = admin.get(f"{CREATE}?copy=reader").content.decode()
    for text in ('value="reader-copy"', f"\n{arn}\n</textarea>", 'value="7200"', 'value="team"', "ec2.amazonaws.com"):
        assert text in html
    made = admin.post(f"{CREATE}?copy=reader", {
        "role_name": "second", "trusted": "custom", "assume_role_policy_document": TRUST, "inline_policies": ["own"],
        "policy_arns": [arn], "max_session_duration": "7200",
    })  # fmt: skip
    assert made["Location"] == "/console/roles/second/"
    who = {"role_name": "second"}
    assert tenant.run("iam:GetRolePolicy", **who, policy_name="own").policy_document == ALLOW
    assert [each.policy_arn for each in tenant.run("iam:ListAttachedRolePolicies", **who).attached_policies] == [arn]


def test_a_copy_shows_nothing_to_whoever_may_not_read_the_role(tenant: Tenant) -> None:
    furnish(tenant)
    with_password(tenant, "maker", allowing("iam:CreateRole", "iam:ListRoles"))
    client = sign_in(tenant, "maker")
    assert client.get(CREATE).status_code == 200
    assert client.get(f"{CREATE}?copy=reader").status_code == 403
    posted = client.post(f"{CREATE}?copy=reader", {"role_name": "x", "inline_policies": ["own"]})
    assert posted.status_code == 403
    assert "There is none yet" not in client.get(CREATE).content.decode()

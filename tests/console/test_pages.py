"""Every page: for an administrator it renders, for a user without rights it is denied in AWS's words."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.console.furniture import furnish
from tests.support.tenants import Tenant

PAGES = """
users/  users/?filter=old-keys&sort=-activity&size=50  users/?q=AKIA  users/?q=arn:aws:iam::{account}:user/ada
views/users/  views/users/save/?q=a  users/?filter=no-mfa  users/?filter=inactive  users/?filter=gone
create/user/  import/users/  users/ada/  users/ada/tab/groups/  users/ada/tab/credentials/  users/ada/tab/tags/
users/ada/tab/details/  users/ada/edit/  users/ada/delete/  users/ada/password/  users/ada/password/delete/
users/ada/sessions/  users/ada/tab/access/  users/ada/tab/access/?show=unused-90  users/ada/tab/last-accessed/
users/ada/tab/activity/  users/ada/detach/?policy_arn={policy}
groups/devs/tab/access/  groups/devs/tab/last-accessed/  groups/devs/tab/activity/
users/ada/groups/remove/?group_name=devs  groups/devs/users/remove/?user_name=ada
roles/reader/tab/access/  roles/reader/tab/last-accessed/
roles/reader/tab/activity/
users/ada/deactivate/  users/ada/credentials/ssh-keys/add/  users/ada/credentials/certificates/add/
users/ada/credentials/service-credentials/add/  users/ada/credentials/ssh-keys/{ssh_key}/delete/
users/ada/credentials/certificates/{certificate}/delete/
users/ada/credentials/service-credentials/{credential}/delete/
users/ada/credentials/service-credentials/{credential}/reset/
users/ada/keys/{key}/delete/  users/ada/groups/add/  users/ada/attach/  users/ada/inline/
users/ada/inline/?policy=p0  users/ada/inline/delete/?policy=p0  users/ada/boundary/
users/ada/boundary/?policy_arn={policy}
users/ada/boundary/remove/  account/alias/remove/
groups/  groups/?filter=empty&sort=-users  create/group/  import/groups/  groups/devs/  groups/devs/tab/permissions/
groups/devs/tab/details/  groups/devs/edit/  groups/devs/delete/  groups/devs/users/add/  groups/devs/attach/
groups/devs/inline/
roles/  roles/?filter=never-used&sort=last_used  roles/?filter=foreign
create/role/  roles/reader/  roles/reader/tab/trust/
roles/reader/revoke/  roles/reader/tab/sessions/
roles/reader/tab/tags/  roles/reader/tab/details/  roles/reader/edit/  roles/reader/delete/  roles/reader/trust/
roles/reader/attach/  roles/reader/inline/  roles/reader/boundary/
key-rotation/  key-rotation/?filter=open&sort=-state  key-rotation/keys/  key-rotation/keys/?filter=old&sort=used
key-rotation/schedules/  key-rotation/schedule/  key-rotation/schedule/?user_name=ada
key-rotation/rotations/{rotation}/  users/admin/keys/{admin_key}/rotate/
policies/  policies/?filter=unused&sort=attached  create/policy/
create/policy/?start=own-credentials  policies/{policy}
policies/arn:aws:iam::aws:policy/AdministratorAccess  policies/entities/{policy}
policies/attach/users/{policy}  policies/attach/groups/{policy}  policies/attach/roles/{policy}
policies/versions/{policy}
policies/versions/{policy}?compare=v2&with=v1&layout=unified policies/edit/{policy}?view=visual
policies/edit/{policy}?view=plain  policies/edit/{policy}?version=v2&review=  policies/{policy}?view=plain
policies/version/{policy}?do=default&version_id=v2  policies/version/{policy}?do=delete&version_id=v2
users/ada/detach/?policy_arn={policy}  policies/tags/{policy}  policies/edit/{policy}
policies/delete/{policy}
identity-providers/  identity-providers/?q=none  create/oidc-provider/  create/saml-provider/
identity-providers/{oidc}  identity-providers/trust/{oidc}  identity-providers/sign-in/{oidc}
identity-providers/try/{oidc}  identity-providers/tags/{oidc}  identity-providers/network/{oidc}
identity-providers/delete/{oidc}
identity-providers/{saml}  identity-providers/trust/{saml}  identity-providers/try/{saml}
identity-providers/metadata/{saml}  identity-providers/delete/{saml}
create/role/?provider={saml}
services/  services/?q=orders&filter=registered&sort=-actions  create/service/  create/service/?view=json
services/orders/  services/orders/?q=read&filter=write&sort=level  services/orders/tab/resource-types/
services/orders/tab/condition-keys/  services/orders/tab/integration/  services/orders/tab/access-keys/
services/orders/action/Read/  services/orders/try/  services/orders/edit/  services/orders/edit/?view=json
services/orders/delete/  services/orders/keys/{service_key}/delete/  services/s3/  services/s3/tab/integration/
services/s3/try/?action=s3:GetObject
workloads/  create/workload/  workloads/web-1/  workloads/web-1/delete/
replication/
account/notifications/  account/notifications/edit/
account/unused-credentials/  account/unused-credentials/?days=30  account/unused-credentials/edit/
account/  account/password-policy/  account/property/  account/root/  start/
recommendations/users-mfa/  recommendations/administrators/  recommendations/old-passwords/
mfa/app/  mfa/key/  mfa/recovery-codes/  mfa/recovery-codes/drill/  events/  events/?event_name=CreateUser
simulator/  simulator/?who=user/ada&action=s3:Get*&key=aws:SourceIp&type=ip&value=10.0.0.1  denied/  denied/?q=nobody
map/  map/?action=s3:GetObject  map/?ask=reach  map/?ask=reach&who=user/ada
"""
ADDRESSES = [f"/console/{page}" for page in PAGES.split()]
FOR_EVERYBODY = [f"/console/{page}" for page in ("", "mfa/", "search/?q=ada", "password/", "sessions/", "switch-role/")]
# Where a GET has no page to show: it leads to the page that posts there, is a part of one (test_palette,
# test_picking), or needs a device (tests/mfa), a proof of somebody who has no user (tests/signon), a refusal
# (test_explaining.py) or somebody who was deactivated (test_deactivation.py).
ACTIONS = frozenset(
    """view-edit denial users-bulk groups-bulk roles-bulk policies-bulk
    user-keys tags policy-draft policy-preview policy-completions
    policy-tags-save signout theme credentials-csv policy-check signin signin-breakglass password-profile
    users-csv groups-csv palette choices signin-mfa signin-passkey verify mfa-remove mfa-codes-text user-mfa-remove
    switch-back signin-federation signin-saml signin-oidc signin-oidc-callback
    provider-client-add provider-client-remove events-export events-verify event outbound
    role-trust-built start-dismiss sts-preferences
    password-policy-preview root-key root-key-delete workload-change rotation-do rotation-unschedule
    service-keys service-check replication-regions notifications-test unused-preview credential-change
    user-reactivate events-names events-trail""".split()  # noqa: SIM905
)
OIDC = "arn:aws:iam::{account}:oidc-provider/idp.example.com"
SAML = "arn:aws:iam::{account}:saml-provider/Corp"
ADDRESSES = [address.replace("{oidc}", OIDC).replace("{saml}", SAML) for address in ADDRESSES]
SENTENCE = re.compile(
    r"User: arn:aws:iam::\d{12}:user/weak is not authorized to perform: \w+:\w+ on resource: .+ because no "
    r"identity-based policy allows the \w+:\w+ action"
)


def test_an_administrator_sees_every_page(tenant: Tenant, admin: Client) -> None:
    things = furnish(tenant)
    for page in (*ADDRESSES, *FOR_EVERYBODY):
        response = admin.get(page.format(**things))
        html = response.content.decode()
        assert response.status_code == 200, (page, html)
        assert html.count("<h1") == 1, page
        assert response["x-amzn-RequestId"], page
        assert "no-store" in response["Cache-Control"], page
        directives = set(response["Content-Security-Policy"].split("; "))
        assert {
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
        } <= directives, page


def test_a_user_without_rights_is_denied_every_page(tenant: Tenant, weak: Client) -> None:
    things = furnish(tenant)
    for page in ADDRESSES:
        response = weak.get(page.format(**things))
        html = response.content.decode()
        assert response.status_code == 403, (page, html)
        assert SENTENCE.search(html), (page, html)
        assert "blue" not in html, page


def test_without_rights_the_first_page_says_who_one_is(weak: Client) -> None:
    html = weak.get("/console/").content.decode()
    assert "weak" in html
    assert "/console/users/" not in html
    assert "/console/events/" not in html


def test_without_a_session_every_page_leads_to_sign_in_and_back(client: Client, db: None) -> None:
    things = {
        "account": "123456789012",
        "key": "AKIA",
        "admin_key": "AKIA",
        "rotation": "kr-1",
        "service_key": "AKSV",
        "policy": "arn:aws:iam::123456789012:policy/Reports",
        "ssh_key": "APKA",
        "certificate": "TS",
        "credential": "ACCA",
    }
    for page in (*ADDRESSES, *FOR_EVERYBODY):
        address = page.format(**things)
        response = client.get(address)
        assert response.status_code == 302, page
        assert parse_qs(urlsplit(response["Location"]).query) == {"next": [address]}


def test_every_page_is_tested() -> None:
    """A new page must be added to the lists above."""
    resolver = get_resolver()
    tested = {
        resolver.resolve(
            page.partition("?")[0].format(
                key="AKIA",
                admin_key="AKIA",
                service_key="AKSV",
                rotation="kr-1",
                policy="arn:aws:iam::aws:policy/X",
                account="123456789012",
                ssh_key="APKA",
                certificate="TS",
                credential="ACCA",
            )
        ).url_name
        for page in (*ADDRESSES, *FOR_EVERYBODY)
    }
    _prefix, console = resolver.namespace_dict["console"]
    known = {pattern.name for pattern in console.url_patterns if pattern.name}
    assert known - tested - ACTIONS == set()


@pytest.mark.parametrize(
    "address", ["/console/nothing/", "/console/users/nobody/", "/console/users/admin/tab/nothing/", "/console/check/x/"]
)
def test_what_is_not_there_is_404(admin: Client, address: str) -> None:
    response = admin.get(address)
    assert response.status_code == 404
    assert response["x-amzn-RequestId"] in response.content.decode()

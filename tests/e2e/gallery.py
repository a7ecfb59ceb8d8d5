"""Every page of the console as data: a line a page. Pictures and sweeps visit them all.

A picture's `path` is filled from what `company.furnish()` gives; `who` is one of `entering.PEOPLE`; `prepare` types,
ticks or opens what the picture is of; `route` is named where that leads to another page than `path`. `status` is what
`path` answers with.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch

from django.urls import resolve
from playwright.sync_api import Page

from tests.e2e import preparing as on

Step = Callable[[Page], object]


@dataclass(frozen=True)
class Picture:
    """A page in one state."""

    name: str
    path: str
    prepare: Step | None = None
    who: str = "admin"
    route: str = ""
    status: int = 200

    def address(self, things: dict[str, str]) -> str:
        return f"/console/{self.path.format(**things)}"

    def shows(self, things: dict[str, str]) -> str:
        """The name of the route."""
        return self.route or str(resolve(self.address(things).partition("?")[0]).url_name)


ADA = "users/ada.lovelace"
THREE = ("alan.turing", "carol.shaw", "frances.allen")
WHO_CAN = "map/?action=s3:GetObject&resource=arn:aws:s3:::reports/2026-10.pdf"
SIMULATED = "simulator/?who=user/ada.lovelace&action=s3:GetObject&resource=arn:aws:s3:::reports/2026-10.pdf"
WRITE = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::reports/*"}
ELSEWHERE = {"AWS": "arn:aws:iam::999999999999:role/reports"}
TRUST = {"Effect": "Allow", "Principal": ELSEWHERE, "Action": "sts:AssumeRole"}
SIGNING_IN = (
    Picture("sign-in", "signin/", who=""),
    Picture("sign-in-root", "signin/?as=root", who=""),
    Picture("sign-in-wrong", "signin/", on.wrong_password, who=""),
    Picture("sign-in-mfa", "signin/", on.second_step, who="", route="signin-mfa"),
    Picture("sign-in-passkey", "signin/passkey/", who=""),
    Picture("sign-in-roles", "signin/saml/{saml_ticket}/", who=""),
    Picture("sign-in-refused", "signin/oidc/nobody/", who="", status=400),
    Picture("emergency-sign-in", "signin/breakglass/a-link", who=""),
    Picture("password-forced", "password/", who="newcomer"),
)
MYSELF = (
    Picture("my-password", "password/"),
    Picture("my-sessions", "sessions/"),
    Picture("my-mfa-devices", "mfa/", who="careful"),
    Picture("my-mfa-verify", "verify/", who="careful"),
    Picture("my-mfa-remove", "mfa/", on.follows("Remove"), who="careful", route="mfa-remove"),
    Picture("my-mfa-none", "mfa/"),
    Picture("my-mfa-app", "mfa/app/"),
    Picture("my-mfa-scan", "mfa/app/", on.presses("Next")),
    Picture("my-mfa-key", "mfa/key/"),
    Picture("my-mfa-codes", "mfa/recovery-codes/", who="careful"),
    Picture("my-mfa-codes-once", "mfa/recovery-codes/", on.presses("Make new codes"), who="careful"),
    Picture("my-mfa-drill", "mfa/recovery-codes/drill/", who="careful"),
    Picture("switch-role", "switch-role/?account={alias}&roleName=incident-response"),
    Picture("switched-role", "users/", who="switched"),
)
SHELL = (
    Picture("dashboard", ""),
    Picture("dashboard-stranger", "", who="stranger"),
    Picture("first-steps", "start/"),
    Picture("recommendation", "recommendations/users-mfa/"),
    Picture("palette", "", on.palette("rep")),
    Picture("palette-answer", "", on.palette("can ada.lovelace s3:GetObject reports/2026-10.pdf")),
    Picture("keys", "", on.keys),
    Picture("menu-account", "users/", on.account_menu),
    Picture("menu-theme", "users/", on.theme_menu),
    Picture("search", "search/?q=re"),
    Picture("search-nothing", "search/?q=nothing-like-it"),
    Picture("not-found", "users/nobody/", status=404),
    Picture("refused", "users/", who="stranger", status=403),
)
USERS = (
    Picture("users", "users/", on.ticks("alan.turing", "carol.shaw", "dennis.ritchie")),
    Picture("users-filtered", "users/?filter=old-keys&sort=-activity"),
    Picture("users-nothing", "users/?q=nobody-like-it"),
    Picture("users-bulk", "users/", on.bulk("Rotate keys", *THREE), route="users-bulk"),
    Picture("users-bulk-group", "users/", on.bulk("Add to group", *THREE), route="users-bulk"),
    Picture("users-bulk-deactivate", "users/", on.bulk("Deactivate", *THREE), route="users-bulk"),
    Picture("users-bulk-delete", "users/", on.bulk("Delete users", *THREE), route="users-bulk"),
    Picture("users-import", "import/users/"),
    Picture("users-import-preview", "import/users/", on.import_preview),
    Picture("users-views", "views/users/"),
    Picture("users-view-save", "views/users/save/?filter=no-mfa&sort=-activity"),
    Picture("users-view-edit", "views/users/{view}/edit/"),
    Picture("user-create", "create/user/"),
    Picture("user-create-wrong", "create/user/", on.create_wrong),
    Picture("user-created", "create/user/", on.create_user),
    Picture("user", f"{ADA}/"),
    Picture("user-access", f"{ADA}/tab/access/"),
    Picture("user-last-accessed", f"{ADA}/tab/last-accessed/"),
    Picture("user-activity", f"{ADA}/tab/activity/"),
    Picture("user-groups", f"{ADA}/tab/groups/"),
    Picture("user-credentials", f"{ADA}/tab/credentials/"),
    Picture("user-credentials-mfa", "users/grace.hopper/tab/credentials/"),
    Picture("user-mfa-remove", "users/grace.hopper/tab/credentials/", on.follows("Remove"), route="user-mfa-remove"),
    Picture("user-tags", f"{ADA}/tab/tags/"),
    Picture("user-details", f"{ADA}/tab/details/"),
    Picture("user-edit", f"{ADA}/edit/"),
    Picture("user-delete", f"{ADA}/delete/"),
    Picture("user-deactivate", f"{ADA}/deactivate/"),
    Picture("user-deactivated", "users/tim.berners/"),
    Picture("user-reactivate", "users/tim.berners/reactivate/"),
    Picture("user-password", "users/alan.turing/password/"),
    Picture("user-password-delete", "users/alan.turing/password/delete/"),
    Picture("user-sessions", "users/alan.turing/sessions/"),
    Picture("user-key-delete", f"{ADA}/keys/{{key}}/delete/"),
    Picture("user-key-rotate", "users/alan.turing/keys/{other_key}/rotate/"),
    Picture("user-join", f"{ADA}/groups/add/"),
    Picture("user-leave", f"{ADA}/groups/remove/?group_name=data"),
)
CREDENTIALS = (
    Picture("ssh-key-add", f"{ADA}/credentials/ssh-keys/add/"),
    Picture("ssh-key-delete", f"{ADA}/credentials/ssh-keys/{{ssh_key}}/delete/"),
    Picture("certificate-add", f"{ADA}/credentials/certificates/add/"),
    Picture("certificate-delete", f"{ADA}/credentials/certificates/{{certificate}}/delete/"),
    Picture("service-credential-add", f"{ADA}/credentials/service-credentials/add/"),
    Picture("service-credential-reset", f"{ADA}/credentials/service-credentials/{{git}}/reset/"),
)
PERMISSIONS = (
    Picture("attach", f"{ADA}/attach/"),
    Picture("attach-review", "users/alan.turing/attach/", on.reviews("Attach policies", "IAMFullAccess")),
    Picture("detach", f"{ADA}/detach/?policy_arn={{policy}}"),
    Picture("inline-policy", f"{ADA}/inline/?policy=OwnNotebooks"),
    Picture("inline-policy-review", "roles/report-builder/inline/", on.writes(WRITE, name="WriteReports")),
    Picture("inline-policy-delete", f"{ADA}/inline/delete/?policy=OwnNotebooks"),
    Picture("boundary", f"{ADA}/boundary/"),
    Picture("boundary-review", "users/grace.hopper/boundary/?policy_arn={policy}"),
    Picture("boundary-lockout", "users/admin/boundary/?policy_arn={policy}"),
    Picture("boundary-remove", f"{ADA}/boundary/remove/"),
)
GROUPS = (
    Picture("groups", "groups/"),
    Picture("groups-bulk", "groups/", on.bulk("Delete groups", "data", "support"), route="groups-bulk"),
    Picture("groups-bulk-policy", "groups/", on.bulk("Attach policy", "data", "support"), route="groups-bulk"),
    Picture(
        "groups-bulk-preview",
        "groups/",
        on.previewed("Attach policy", "data", "support", picked=("Policy", "IAMFullAccess")),
        route="groups-bulk",
    ),
    Picture("groups-import", "import/groups/"),
    Picture("group-create", "create/group/"),
    Picture("group-create-picking", "create/group/", on.types("Attach policies", "acc", ("ReportsReader", "ViewOnly"))),
    Picture("group", "groups/developers/"),
    Picture("group-permissions", "groups/developers/tab/permissions/"),
    Picture("group-access", "groups/data/tab/access/"),
    Picture("group-edit", "groups/developers/edit/"),
    Picture("group-delete", "groups/developers/delete/"),
    Picture("group-add", "groups/developers/users/add/"),
    Picture("group-remove", "groups/developers/users/remove/?user_name=ada.lovelace"),
)
ROLES = (
    Picture("roles", "roles/"),
    Picture("roles-bulk", "roles/", on.bulk("Delete roles", "backup", "deploy"), route="roles-bulk"),
    Picture("roles-bulk-length", "roles/", on.bulk("Session length", "backup", "deploy"), route="roles-bulk"),
    Picture("role-create", "create/role/"),
    Picture(
        "role-create-user",
        "create/role/",
        on.trusts("A user or role of this account", "User or role", "user/ada.lovelace"),
    ),
    Picture("role-create-account", "create/role/", on.trusts("Another account", "Account ID", "123456789012")),
    Picture("role-create-service", "create/role/", on.trusts("A service", "Service principal", "ec2.amazonaws.com")),
    Picture("role-create-oidc", "create/role/?provider={oidc}"),
    Picture("role-create-saml", "create/role/?provider={saml}"),
    Picture("role-create-json", "create/role/", on.presses("Edit as JSON")),
    Picture("role-create-visual", "create/role/", on.presses("Edit visually")),
    Picture("role-copy", "create/role/?copy=report-builder"),
    Picture("role", "roles/report-builder/"),
    Picture("role-trust", "roles/report-builder/tab/trust/"),
    Picture("role-sessions", "roles/incident-response/tab/sessions/"),
    Picture("role-edit", "roles/report-builder/edit/"),
    Picture("role-trust-edit", "roles/report-builder/trust/"),
    Picture("role-trust-review", "roles/report-builder/trust/", on.writes(TRUST)),
    Picture("role-revoke", "roles/incident-response/revoke/"),
    Picture("role-delete", "roles/report-builder/delete/"),
)
POLICIES = (
    Picture("policies", "policies/"),
    Picture(
        "policies-bulk",
        "policies/",
        on.bulk("Delete policies", "PipelineReader", "ReportsReader"),
        route="policies-bulk",
    ),
    Picture("policies-bulk-tag", "policies/?filter=customer", on.bulk("Tag", "PipelineReader"), route="policies-bulk"),
    Picture("policy-create", "create/policy/"),
    Picture("policy-create-start", "create/policy/?start=own-credentials"),
    Picture("policy", "policies/{policy}", on.editor),
    Picture("policy-plain", "policies/{policy}?view=plain"),
    Picture("policy-entities", "policies/entities/{policy}"),
    Picture("policy-attach", "policies/attach/users/{policy}"),
    Picture("policy-versions", "policies/versions/{policy}"),
    Picture("policy-compare", "policies/versions/{policy}?compare=v2&with=v1"),
    Picture("policy-version-default", "policies/version/{policy}?do=default&version_id=v2"),
    Picture("policy-version-delete", "policies/version/{policy}?do=delete&version_id=v2"),
    Picture("policy-tags", "policies/tags/{policy}"),
    Picture("policy-edit", "policies/edit/{policy}", on.editor),
    Picture("policy-edit-findings", "policies/edit/{scratch}", on.mistakes),
    Picture("policy-edit-completion", "policies/edit/{scratch}", on.completion),
    Picture("policy-edit-visual", "policies/edit/{policy}?view=visual"),
    Picture("policy-edit-plain", "policies/edit/{policy}?view=plain"),
    Picture("policy-review", "policies/edit/{policy}?version=v2&review="),
    Picture("policy-delete", "policies/delete/{policy}"),
)
PROVIDERS = (
    Picture("providers", "identity-providers/"),
    Picture("provider-create-oidc", "create/oidc-provider/"),
    Picture("provider-create-saml", "create/saml-provider/"),
    Picture("provider-oidc", "identity-providers/{oidc}"),
    Picture("provider-saml", "identity-providers/{saml}"),
    Picture("provider-trust", "identity-providers/trust/{oidc}"),
    Picture("provider-sign-in", "identity-providers/sign-in/{oidc}"),
    Picture("provider-try", "identity-providers/try/{oidc}"),
    Picture("provider-tags", "identity-providers/tags/{oidc}"),
    Picture("provider-metadata", "identity-providers/metadata/{saml}"),
    Picture("provider-network", "identity-providers/network/{oidc}"),
    Picture("provider-delete", "identity-providers/delete/{oidc}"),
    Picture("workloads", "workloads/"),
    Picture("workload-create", "create/workload/"),
    Picture("workload", "workloads/reports-1/"),
    Picture("workload-delete", "workloads/reports-2/delete/"),
)
ORDERS = "services/orders"
SERVICES = (
    Picture("services", "services/"),
    Picture("service", f"{ORDERS}/"),
    Picture("service-built-in", "services/s3/"),
    Picture("service-resources", f"{ORDERS}/tab/resource-types/"),
    Picture("service-conditions", f"{ORDERS}/tab/condition-keys/"),
    Picture("service-integration", f"{ORDERS}/tab/integration/"),
    Picture("service-keys", f"{ORDERS}/tab/access-keys/"),
    Picture("service-key-once", f"{ORDERS}/tab/access-keys/", on.presses("Create access key"), route="service-keys"),
    Picture("service-key-delete", f"{ORDERS}/keys/{{service_key}}/delete/"),
    Picture("service-action", f"{ORDERS}/action/Cancel/"),
    Picture("service-try", f"{ORDERS}/try/?action=orders:Read"),
    Picture("service-try-denied", f"{ORDERS}/try/", on.asks_service),
    Picture("service-create", "create/service/"),
    Picture("service-create-json", "create/service/", on.presses("Paste or edit as JSON")),
    Picture("service-edit", f"{ORDERS}/edit/"),
    Picture("service-delete", f"{ORDERS}/delete/"),
)
UNDERSTANDING = (
    Picture("simulator", "simulator/"),
    Picture("simulator-denied", SIMULATED.replace("GetObject", "DeleteObject")),
    Picture(
        "simulator-several", SIMULATED + "&action=s3:PutObject&key=aws:MultiFactorAuthPresent&type=boolean&value=true"
    ),
    Picture("map", "map/"),
    Picture("map-who-can", WHO_CAN),
    Picture("map-reach", "map/?ask=reach&who=user/ada.lovelace"),
    Picture("denied", "denied/"),
    Picture("denial", "denied/{denial}/"),
)
OPERATING = (
    Picture("events", "events/"),
    Picture("events-filtered", "events/?error_code=AccessDenied"),
    Picture("events-of-somebody", "events/?resource=user/ada"),
    Picture("event", "events/{event}/"),
    Picture("key-rotation", "key-rotation/"),
    Picture("key-rotation-keys", "key-rotation/keys/"),
    Picture("key-rotation-schedules", "key-rotation/schedules/"),
    Picture("key-rotation-schedule", "key-rotation/schedule/?user_name=ken.thompson"),
    Picture("key-rotation-one", "key-rotation/rotations/{rotation}/"),
    Picture("replication", "replication/"),
)
ACCOUNT = (
    Picture("account", "account/"),
    Picture("account-alias-remove", "account/alias/remove/"),
    Picture("account-password-policy", "account/password-policy/"),
    Picture("account-property", "account/property/"),
    Picture("account-root", "account/root/"),
    Picture("notifications", "account/notifications/"),
    Picture("notifications-edit", "account/notifications/edit/"),
    Picture("unused-credentials", "account/unused-credentials/"),
    Picture("unused-credentials-edit", "account/unused-credentials/edit/"),
)
GALLERY = (
    *SIGNING_IN,
    *MYSELF,
    *SHELL,
    *USERS,
    *CREDENTIALS,
    *PERMISSIONS,
    *GROUPS,
    *ROLES,
    *POLICIES,
    *PROVIDERS,
    *SERVICES,
    *UNDERSTANDING,
    *OPERATING,
    *ACCOUNT,
)


def wanted() -> list[Picture]:
    """All of them, or those that PICTURES names: `PICTURES="user-*,dashboard"`."""
    patterns = os.environ.get("PICTURES", "*").split(",")
    return [each for each in GALLERY if any(fnmatch(each.name, pattern) for pattern in patterns)]


POSTED = "a form of another page posts here, and a GET leads back there"
FRAGMENT = "part of a page, asked for by its script"
FILE = "a file"
NO_PAGE = {
    "users-csv": FILE,
    "groups-csv": FILE,
    "credentials-csv": FILE,
    "events-export": FILE,
    "mfa-codes-text": FILE,
    "palette": FRAGMENT,
    "choices": FRAGMENT,
    "policy-check": FRAGMENT,
    "policy-completions": FRAGMENT,
    "policy-draft": FRAGMENT,
    "policy-preview": FRAGMENT,
    "password-policy-preview": FRAGMENT,
    "service-check": FRAGMENT,
    "role-trust-built": FRAGMENT,
    "replication-regions": FRAGMENT,
    "events-names": FRAGMENT,
    "events-trail": FRAGMENT,
    "unused-preview": FRAGMENT,
    "notifications-test": FRAGMENT,
    "start-dismiss": POSTED,
    "credential-change": POSTED,
    "sts-preferences": POSTED,
    "signout": POSTED,
    "theme": POSTED,
    "switch-back": POSTED,
    "tags": POSTED,
    "policy-tags-save": POSTED,
    "user-keys": POSTED,
    "provider-client-add": POSTED,
    "provider-client-remove": POSTED,
    "events-verify": POSTED,
    "outbound": POSTED,
    "password-profile": POSTED,
    "root-key": POSTED,
    "root-key-delete": POSTED,
    "workload-change": POSTED,
    "rotation-do": POSTED,
    "rotation-unschedule": POSTED,
    "signin-federation": "JSON, or a redirect",
    "signin-oidc-callback": "a redirect, or the page of sign-in-roles",
}

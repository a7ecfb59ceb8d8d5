"""Where every page of the console is. Names of entities stand last or between, so no name can shadow a page."""

from __future__ import annotations

from iamconsole.interfaces.console.bulk import bulk_page, list_page
from iamconsole.interfaces.console.pages import (
    account_federation,
    account_sessions,
    console_sessions,
    entities,
    exporting,
    first_steps,
    importing,
    once,
    own_password,
    password_policy,
    root,
    session,
    tagging,
    views,
    workloads,
)
from iamconsole.interfaces.console.pages.access import routes as access
from iamconsole.interfaces.console.pages.account import account_settings, alias_remove
from iamconsole.interfaces.console.pages.choices import choices
from iamconsole.interfaces.console.pages.credentials import change as credential
from iamconsole.interfaces.console.pages.dashboard import dashboard
from iamconsole.interfaces.console.pages.events import routes as events
from iamconsole.interfaces.console.pages.groups import bulk as groups_bulk
from iamconsole.interfaces.console.pages.groups import change as group_change
from iamconsole.interfaces.console.pages.groups import detail as group
from iamconsole.interfaces.console.pages.groups import leaving
from iamconsole.interfaces.console.pages.mfa import routes as mfa
from iamconsole.interfaces.console.pages.notifications import routes as notifications
from iamconsole.interfaces.console.pages.palette import palette
from iamconsole.interfaces.console.pages.policies import bulk as policies_bulk
from iamconsole.interfaces.console.pages.policies import detail as policy
from iamconsole.interfaces.console.pages.policies import editor, versions
from iamconsole.interfaces.console.pages.policies import entities as policy_entities
from iamconsole.interfaces.console.pages.policies.catalogue import completions
from iamconsole.interfaces.console.pages.policies.create import policy_create
from iamconsole.interfaces.console.pages.policies.delete import policy_delete
from iamconsole.interfaces.console.pages.policies.drafts import policy_draft
from iamconsole.interfaces.console.pages.policies.edit import policy_edit
from iamconsole.interfaces.console.pages.policies.previews import policy_preview
from iamconsole.interfaces.console.pages.providers import routes as providers
from iamconsole.interfaces.console.pages.recommendations import page as recommendations
from iamconsole.interfaces.console.pages.replication import page as replication
from iamconsole.interfaces.console.pages.roles import bulk as roles_bulk
from iamconsole.interfaces.console.pages.roles import change as role_change
from iamconsole.interfaces.console.pages.roles import create as role_create
from iamconsole.interfaces.console.pages.roles.detail import role_detail
from iamconsole.interfaces.console.pages.roles.sessions import role_revoke
from iamconsole.interfaces.console.pages.roles.trust import role_trust
from iamconsole.interfaces.console.pages.rotation import routes as rotation
from iamconsole.interfaces.console.pages.search import search
from iamconsole.interfaces.console.pages.services import routes as services
from iamconsole.interfaces.console.pages.signon import federation, oidc, saml, switch_role
from iamconsole.interfaces.console.pages.unused_credentials import routes as unused_credentials
from iamconsole.interfaces.console.pages.users import bulk as users_bulk
from iamconsole.interfaces.console.pages.users import create, credentials, deactivate, delete, detail, edit, groups
from iamconsole.interfaces.console.site import Route

USERS = (
    Route("users/", list_page(users_bulk.BULK), "users"),
    Route("bulk/users/", bulk_page(users_bulk.BULK), "users-bulk"),
    Route("import/users/", importing.import_page(importing.USERS), "users-import"),
    Route("users.csv", exporting.users_csv, "users-csv"),
    Route("create/user/", create.user_create, "user-create"),
    Route("users/<str:name>/", detail.user_detail, "user"),
    Route("users/<str:name>/tab/<slug:tab>/", detail.user_detail, "user-tab"),
    Route("users/<str:name>/edit/", edit.user_edit, "user-edit"),
    Route("users/<str:name>/deactivate/", deactivate.user_deactivate, "user-deactivate"),
    Route("users/<str:name>/reactivate/", deactivate.user_reactivate, "user-reactivate"),
    Route("users/<str:name>/delete/", delete.user_delete, "user-delete"),
    Route("users/<str:name>/password/", credentials.user_password, "user-password"),
    Route("users/<str:name>/password/delete/", credentials.user_password_delete, "user-password-delete"),
    Route("users/<str:name>/keys/", credentials.user_keys, "user-keys"),
    Route("users/<str:name>/keys/<str:key_id>/delete/", credentials.user_key_delete, "user-key-delete"),
    Route("users/<str:name>/groups/add/", groups.user_join, "user-join"),
    Route("users/<str:name>/groups/remove/", leaving.user_leave, "user-leave"),
)
GROUPS = (
    Route("groups/", list_page(groups_bulk.BULK), "groups"),
    Route("bulk/groups/", bulk_page(groups_bulk.BULK), "groups-bulk"),
    Route("import/groups/", importing.import_page(importing.GROUPS), "groups-import"),
    Route("groups.csv", exporting.groups_csv, "groups-csv"),
    Route("create/group/", group_change.group_create, "group-create"),
    Route("groups/<str:name>/", group.group_detail, "group"),
    Route("groups/<str:name>/tab/<slug:tab>/", group.group_detail, "group-tab"),
    Route("groups/<str:name>/edit/", group_change.group_edit, "group-edit"),
    Route("groups/<str:name>/delete/", group_change.group_delete, "group-delete"),
    Route("groups/<str:name>/users/add/", group.group_add, "group-add"),
    Route("groups/<str:name>/users/remove/", leaving.group_remove, "group-remove"),
)
ROLES = (
    Route("roles/", list_page(roles_bulk.BULK), "roles"),
    Route("bulk/roles/", bulk_page(roles_bulk.BULK), "roles-bulk"),
    Route("create/role/", role_create.role_create, "role-create"),
    Route("create/role/trust/", role_create.role_trust_built, "role-trust-built"),
    Route("roles/<str:name>/", role_detail, "role"),
    Route("roles/<str:name>/tab/<slug:tab>/", role_detail, "role-tab"),
    Route("roles/<str:name>/edit/", role_change.role_edit, "role-edit"),
    Route("roles/<str:name>/delete/", role_change.role_delete, "role-delete"),
    Route("roles/<str:name>/revoke/", role_revoke, "role-revoke"),
    Route("roles/<str:name>/trust/", role_trust, "role-trust"),
)
POLICIES = (
    Route("policies/", list_page(policies_bulk.BULK), "policies"),
    Route("bulk/policies/", bulk_page(policies_bulk.BULK), "policies-bulk"),
    Route("create/policy/", policy_create, "policy-create"),
    Route("check/<slug:kind>/", editor.check, "policy-check"),
    Route("policies/<policy_arn:arn>", policy.policy_detail, "policy"),
    Route("policies/entities/<policy_arn:arn>", policy_entities.policy_entities, "policy-entities"),
    Route("policies/attach/<kind:kind>/<policy_arn:arn>", policy_entities.policy_attach, "policy-attach"),
    Route("policies/versions/<policy_arn:arn>", versions.policy_versions, "policy-versions"),
    Route("policies/version/<policy_arn:arn>", versions.policy_version, "policy-version"),
    Route("policies/tags/<policy_arn:arn>", policy.policy_tags, "policy-tags"),
    Route("policies/tags/save/<policy_arn:arn>", tagging.policy_tags_save, "policy-tags-save"),
    Route("policies/edit/<policy_arn:arn>", policy_edit, "policy-edit"),
    Route("policies/draft/<policy_arn:arn>", policy_draft, "policy-draft"),
    Route("policies/preview/<policy_arn:arn>", policy_preview, "policy-preview"),
    Route("completions/", completions, "policy-completions"),
    Route("policies/delete/<policy_arn:arn>", policy_delete, "policy-delete"),
)
ENTITIES = (
    Route("<kind:kind>/<str:name>/attach/", entities.attach, "attach"),
    Route("<kind:kind>/<str:name>/detach/", entities.detach, "detach"),
    Route("<kind:kind>/<str:name>/inline/", entities.inline, "inline"),
    Route("<kind:kind>/<str:name>/inline/delete/", entities.inline_delete, "inline-delete"),
    Route("<kind:kind>/<str:name>/boundary/", entities.boundary, "boundary"),
    Route("<kind:kind>/<str:name>/boundary/remove/", entities.boundary_remove, "boundary-remove"),
    Route("<kind:kind>/<str:name>/tags/", tagging.tags, "tags"),
)
ROUTES = (
    Route("", dashboard, "dashboard"),
    *first_steps.ROUTES,
    *recommendations.ROUTES,
    Route("search/", search, "search"),
    Route("palette/", palette, "palette"),
    Route("choices/<slug:kind>/", choices, "choices"),
    *events.ROUTES,
    Route("account/", account_settings, "account"),
    Route("account/alias/remove/", alias_remove, "alias-remove"),
    *access.ROUTES,
    *password_policy.ROUTES,
    *account_federation.ROUTES,
    *notifications.ROUTES,
    *unused_credentials.ROUTES,
    *account_sessions.ROUTES,
    *root.ROUTES,
    *session.ROUTES,
    *own_password.ROUTES,
    *console_sessions.ROUTES,
    *mfa.ROUTES,
    *rotation.ROUTES,
    *replication.ROUTES,
    *switch_role.ROUTES,
    *federation.ROUTES,
    *oidc.ROUTES,
    *saml.ROUTES,
    Route("credentials.csv", once.credentials_csv, "credentials-csv"),
    *providers.ROUTES,
    *workloads.ROUTES,
    *services.ROUTES,
    *views.ROUTES,
    *credential.ROUTES,
    *USERS,
    *GROUPS,
    *ROLES,
    *POLICIES,
    *ENTITIES,
)

"""Where the pages of identity providers are. The ARN stands last: its slashes would shadow what follows."""

from __future__ import annotations

from iamconsole.interfaces.console.pages.providers import create, detail, edit, trying
from iamconsole.interfaces.console.pages.providers.list import providers_list
from iamconsole.interfaces.console.site import Route

HERE = "identity-providers"
ROUTES = (
    Route(f"{HERE}/", providers_list, "providers"),
    Route("create/oidc-provider/", create.create_oidc, "provider-create-oidc"),
    Route("create/saml-provider/", create.create_saml, "provider-create-saml"),
    Route(f"{HERE}/<provider_arn:arn>", detail.provider_detail, "provider"),
    Route(f"{HERE}/trust/<provider_arn:arn>", detail.provider_trust, "provider-trust"),
    Route(f"{HERE}/sign-in/<provider_arn:arn>", edit.provider_sign_in, "provider-sign-in"),
    Route(f"{HERE}/try/<provider_arn:arn>", trying.provider_try, "provider-try"),
    Route(f"{HERE}/tags/<provider_arn:arn>", detail.provider_tags, "provider-tags"),
    Route(f"{HERE}/metadata/<provider_arn:arn>", edit.provider_metadata, "provider-metadata"),
    Route(f"{HERE}/network/<provider_arn:arn>", edit.provider_network, "provider-network"),
    Route(f"{HERE}/clients/add/<provider_arn:arn>", detail.client_add, "provider-client-add"),
    Route(f"{HERE}/clients/remove/<provider_arn:arn>", detail.client_remove, "provider-client-remove"),
    Route(f"{HERE}/delete/<provider_arn:arn>", detail.provider_delete, "provider-delete"),
)

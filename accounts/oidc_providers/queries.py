"""Reading OpenID Connect providers."""

from __future__ import annotations

import re

from accounts.oidc_providers import shapes
from accounts.oidc_providers.models import OpenIDConnectProvider
from iamconsole.kernel.errors import InvalidInput, NoSuchEntity
from iamconsole.storage import tags

ARN = re.compile(r"arn:aws:iam::(\d{12}):oidc-provider/([!-~]{1,255})", re.ASCII)


def owner_and_name(arn: str) -> tuple[str, str]:
    """`arn:aws:iam::123456789012:oidc-provider/host/path` → account and `host/path`; InvalidInput else."""
    found = ARN.fullmatch(arn)
    if found is None:
        raise InvalidInput(f"ARN {arn} is not valid: write arn:aws:iam::account:oidc-provider/host/path.")
    return found[1], found[2]


def seek(account_id: str, arn: str, *, lock: bool = False) -> OpenIDConnectProvider | None:
    """The account's provider of that ARN, or None; those of other accounts are none."""
    owner, name = owner_and_name(arn)
    if owner != account_id:
        return None
    rows = OpenIDConnectProvider.objects.filter(account_id=account_id, name=name)
    found: OpenIDConnectProvider | None = (rows.select_for_update() if lock else rows).first()
    return found


def find(account_id: str, arn: str, *, lock: bool = False) -> OpenIDConnectProvider:
    """The same, or NoSuchEntity."""
    found = seek(account_id, arn, lock=lock)
    if found is None:
        raise NoSuchEntity(f"OpenIDConnect Provider not found for arn {arn}")
    return found


def of_issuer(account_id: str, issuer: str) -> OpenIDConnectProvider | None:
    """The account's provider whose tokens say `issuer`, to the character."""
    found: OpenIDConnectProvider | None = OpenIDConnectProvider.objects.filter(
        account_id=account_id, url=issuer
    ).first()
    return found


def shown(provider: OpenIDConnectProvider) -> shapes.GetOpenIDConnectProviderResult:
    return shapes.GetOpenIDConnectProviderResult(
        url=provider.name,
        client_id_list=provider.client_ids,
        thumbprint_list=provider.thumbprints,
        create_date=provider.created,
        tags=tags.shown(provider.tags),
    )


def network_of(provider: OpenIDConnectProvider) -> shapes.OpenIDConnectProviderNetworkResult:
    return shapes.OpenIDConnectProviderNetworkResult(
        open_id_connect_provider_arn=provider.arn,
        allowed_networks=provider.allowed_networks,
        ca_certificate=provider.ca_certificate,
    )

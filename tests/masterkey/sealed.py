"""An account with a secret of every kind, and proof that each still opens."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from accounts.master_keys.ring import sealer
from accounts.models import OpenIDConnectSignIn, SAMLPrivateKey, ServerCertificate
from accounts.oidc_providers import sign_ins
from accounts.rotation import schedules
from accounts.rotation.models import RotationSchedule
from accounts.saml_providers import private_keys
from accounts.server_certificates.private_keys import owner
from tests.federation.certificates import certified
from tests.federation.conftest import believed
from tests.federation.saml_idp import metadata
from tests.mfa.devices import Phone
from tests.query.aws import ANYTHING
from tests.service_principals.acting import registered
from tests.sts.sessions import ada_and_app, assume, role, role_arn, trust
from tests.support.keys import issued, private_pem, uploaded
from tests.support.tenants import Tenant
from tests.workloads.asking import fetch, host

CLIENT_SECRET = "canary-client-secret-1d7f"
HOOK_SECRET = "whsec_" + b64encode(b"canary-webhook-secret-of-32-byte").decode()
GIT = "codecommit.amazonaws.com"


@dataclass
class Sealed:
    """Everything that needs a master key; `canaries` are the secrets in plain text."""

    tenant: Tenant
    phone: Phone
    service_key: dict[str, str]
    password: Any
    host_key: str
    session: dict[str, str]
    canaries: tuple[str, ...]

    @classmethod
    def made(cls, tenant: Tenant) -> Sealed:
        session = assume(ada_and_app(tenant), tenant)
        host_key = host(tenant, ANYTHING).host_key
        service_key = registered(tenant)
        tenant.run("iam:UploadServerCertificate", **uploaded(issued()))
        certificate = certified("idp.example.com")
        tenant.run("iam:CreateSAMLProvider", name="Corp", saml_metadata_document=metadata(certificate))
        arn = f"arn:aws:iam::{tenant.account_id}:saml-provider/Corp"
        tenant.run("iam:UpdateSAMLProvider", saml_provider_arn=arn, add_private_key=private_pem())
        provider = believed(tenant, "https://idp.example.com", "console")
        role(tenant, "Dev", trust({"Federated": provider.arn}, "sts:AssumeRoleWithWebIdentity"), ANYTHING)
        tenant.run(
            "iamconsole:UpdateOpenIDConnectProviderSignIn",
            open_id_connect_provider_arn=provider.arn,
            client_id="console",
            client_secret=CLIENT_SECRET,
            role_arn=role_arn(tenant, "Dev"),
            label="Corp",
        )
        tenant.run("iam:EnableOutboundWebIdentityFederation")
        made = tenant.run("iam:CreateServiceSpecificCredential", user_name="ada", service_name=GIT)
        password = made.service_specific_credential
        hook = {"Url": "https://hooks.example.com/keys", "Secret": HOOK_SECRET}
        tenant.run("iamconsole:PutRotationSchedule", max_age_days=90, delivery_kind="webhook", delivery_settings=hook)
        phone = Phone.enabled(tenant, "ada")
        long_term = (tenant.admin_key["SecretAccessKey"], service_key["SecretAccessKey"])
        canaries = (*long_term, phone.seed, password.service_password, host_key, session["SecretAccessKey"])
        return cls(
            tenant,
            phone,
            service_key,
            password,
            host_key,
            session,
            (*canaries, CLIENT_SECRET, HOOK_SECRET, "PRIVATE KEY"),
        )

    def check(self) -> None:
        """Every secret is what it was."""
        self._check_keys()
        self._check_private_keys()
        (sign_in,) = OpenIDConnectSignIn.objects.filter(account_id=self.tenant.account_id).select_related("provider")
        assert sign_ins.client_secret(sign_in) == CLIENT_SECRET
        (schedule,) = RotationSchedule.objects.filter(account_id=self.tenant.account_id)
        assert schedules.secret_settings(schedule) == {"Secret": HOOK_SECRET}
        assert fetch(self.tenant, self.host_key).status == 200
        assert (
            self.tenant.run(
                "iamconsole:VerifyServiceSpecificCredential",
                service_name=GIT,
                service_user_name=self.password.service_user_name,
                service_password=self.password.service_password,
            ).user_name
            == "ada"
        )

    def _check_keys(self) -> None:
        for key in (self.tenant.admin_key, self.service_key):
            assert self.tenant.client("sts", key).get_caller_identity()["Arn"]
        token = self.tenant.run("sts:GetWebIdentityToken", audience=["a"], signing_algorithm="ES384")
        assert token.web_identity_token

    def _check_private_keys(self) -> None:
        (key,) = SAMLPrivateKey.objects.filter(account_id=self.tenant.account_id)
        assert private_keys.opened(key).key_size == 2048
        (row,) = ServerCertificate.objects.filter(account_id=self.tenant.account_id)
        opened = sealer().open(row.sealed_private_key, bound_to=owner(row.account_id, row.unique_id))
        assert opened.decode() == issued().private_key

    def check_session(self) -> None:
        """Temporary credentials that were issued before still sign."""
        assert self.tenant.client("sts", self.session).get_caller_identity()["Arn"]


def everything_stored(*, but: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """Every text of every table, with where it is; JSON as it is stored."""
    from django.apps import apps

    found = []
    for model in apps.get_models():
        for row in model._base_manager.values():
            for column, value in row.items():
                where = f"{model._meta.label}.{column}"
                if where not in but and isinstance(value, str | dict | list):
                    found.append((where, value if isinstance(value, str) else json.dumps(value)))
    return found
